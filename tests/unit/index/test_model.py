"""A model file is believed only whole: each way of spoiling one is refused, by place and with the remedy."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.contract.people import Weigh
from services.contract.problems import BadSetting
from services.index.matching import levels, model
from services.index.open import open_index
from services.index.schema import IDENTITY
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.unit.index.northshire import MIA, ON, FakeShelf, home, patient, publish


def _shipped() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(model.FILE.read_text(encoding="utf-8"))
    return document


def _level(document: dict[str, Any], comparison: str, level: str) -> dict[str, Any]:
    found: dict[str, Any] = document["comparisons"][comparison]["levels"][level]
    return found


def _weigh(document: dict[str, Any], comparison: str, level: str, m: float, u: float) -> None:
    _level(document, comparison, level).update(m=m, u=u, weight=math.log2(m / u))


def test_the_model_that_ships_is_whole_and_says_what_it_was_trained_on() -> None:
    shipped = model.shipped()
    assert {name: tuple(found) for name, found in shipped.levels.items()} == levels.LEVELS
    assert set(shipped.frequencies) == levels.FREQUENT
    assert "invented" in shipped.made["note"]


def _no_weight(document: dict[str, Any]) -> None:
    _level(document, "given", "close")["weight"] = None


def _no_share(document: dict[str, Any]) -> None:
    _level(document, "given", "close")["m"] = None


def _upside_down(document: dict[str, Any]) -> None:
    _weigh(document, "born", "year", 0.9, 1e-9)


def _level_short(document: dict[str, Any]) -> None:
    del document["comparisons"]["place"]["levels"]["street"]


def _out_of_order(document: dict[str, Any]) -> None:
    listed = document["comparisons"]["sex"]["levels"]
    document["comparisons"]["sex"]["levels"] = dict(reversed(listed.items()))


def _another_weight(document: dict[str, Any]) -> None:
    _level(document, "sex", "same")["weight"] += 0.01


def _no_odds(document: dict[str, Any]) -> None:
    _level(document, "phone", "same")["u"] = 0


def _truth_for_a_share(document: dict[str, Any]) -> None:
    _level(document, "phone", "same")["u"] = True


def _comparison_short(document: dict[str, Any]) -> None:
    del document["comparisons"]["phone"]


def _comparison_more(document: dict[str, Any]) -> None:
    document["comparisons"]["faith"] = document["comparisons"]["sex"]


def _no_frequencies(document: dict[str, Any]) -> None:
    del document["comparisons"]["family"]["frequencies"]


def _share_above_one(document: dict[str, Any]) -> None:
    document["comparisons"]["family"]["frequencies"]["shares"]["zzyzx"] = 1.5


def _next_version(document: dict[str, Any]) -> None:
    document["version"] = 2


def _no_prior(document: dict[str, Any]) -> None:
    document["prior"] = None


@pytest.mark.parametrize(
    ("spoil", "place", "words"),
    [
        (_no_weight, "comparisons.given.levels.close.weight", "never seen in training"),
        (_no_share, "comparisons.given.levels.close.m", "never seen in training"),
        (_upside_down, "comparisons.born.levels.year", "weighs more than parts"),
        (_level_short, "comparisons.place.levels", "home, postcode, close, street, different"),
        (_out_of_order, "comparisons.sex.levels", "same, different"),
        (_another_weight, "comparisons.sex.levels.same.weight", "log2(m/u)"),
        (_no_odds, "comparisons.phone.levels.same", "shares above 0"),
        (_truth_for_a_share, "comparisons.phone.levels.same.u", "no number"),
        (_comparison_short, "comparisons", "phone"),
        (_comparison_more, "comparisons", "faith"),
        (_no_frequencies, "comparisons.family.frequencies", "missing"),
        (_share_above_one, "comparisons.family.frequencies.shares", "up to 1"),
        (_next_version, "version", "reads version 1"),
        (_no_prior, "prior", "never seen"),
    ],
)
def test_a_spoilt_model_is_refused_by_place_even_under_a_right_digest(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], place: str, words: str
) -> None:
    document = _shipped()
    spoil(document)
    file = tmp_path / "own.json"
    file.write_text(model.seal(document), encoding="utf-8")
    with pytest.raises(BadSetting) as refused:
        model.load(file)
    assert place in refused.value.places
    assert words in refused.value.detail and "own.json" in refused.value.detail
    assert "mash index train" in refused.value.step
    assert "zzyzx" not in refused.value.detail


@pytest.mark.parametrize("name", ["prior", "made"])
def test_a_model_changed_after_training_is_refused(tmp_path: Path, name: str) -> None:
    document = _shipped()
    document[name] = -1.5 if name == "prior" else {"note": "another"}
    file = tmp_path / "own.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BadSetting, match="digest: does not fit"):
        model.load(file)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"version": NaN}'])
def test_what_is_no_model_at_all_is_refused_and_not_an_exception_of_another_kind(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "own.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadSetting, match=r"own\.json"):
        model.load(file)
    with pytest.raises(BadSetting, match="cannot be read"):
        model.load(tmp_path / "absent.json")


def test_the_index_compares_by_the_model_of_the_setting_and_a_spoilt_one_stops_the_start(
    tmp_path: Path,
) -> None:
    """Two records that link under the weights that ship do not under a prior of almost nobody."""
    document = _shipped()
    document["prior"] = -200.0
    file = tmp_path / "own.json"
    file.write_text(model.seal(document), encoding="utf-8")
    homes: dict[str, Any] = {"address": [home("1 Elm Street", "ZZ98 1AA")]}
    persons, weights = [], []
    for name, own in (("shipped", None), ("own", file)):
        settings = Settings(mode="demo", home=tmp_path / name / "home", index_model=own)
        index = open_index(settings, KeyFolder(tmp_path / name / "keys"), FakeShelf())
        publish(index, "csc", patient("m", "Mia Featherstone", "2019-05-07", MIA, **homes))
        publish(index, "police", patient("p", "Mia Featherstone", "2019-05-07", "", **homes))
        with index._store.read() as connection:
            persons.append(len(set(connection.execute(select(IDENTITY.c.person)).scalars())))
        with index._store.read() as connection:
            who = str(connection.execute(select(IDENTITY.c.person).limit(1)).scalar_one())
        asked = patient("asked", "Mia Featherstone", "2019-05-07", "")
        weights.append(index.weigh(Weigh((who,), asked, ON))[who].weight)
    assert persons == [1, 2]
    # Whoever is searched for is weighed by the same model as whoever is published.
    assert weights[0] - weights[1] == pytest.approx(200.0 + model.shipped().prior)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(BadSetting, match=r"own\.json"):
        open_index(settings, KeyFolder(tmp_path / "own" / "keys"), FakeShelf())
