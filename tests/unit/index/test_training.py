"""Training on a folder, from the records to a model file and the report, on a few hundred invented people."""

import json
import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.contract.problems import BadInput
from services.index.matching import levels, model
from services.index.matching.verdict import APART, LINK
from services.index.read import Name, Summary
from services.index.training import difference, export, folder
from services.index.training.learn import Learned

NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
GIVEN = [
    "amelia",
    "oscar",
    "noah",
    "isla",
    "george",
    "fatima",
    "yusuf",
    "grace",
    "harriet",
    "ibrahim",
    "zofia",
    "leo",
]
FAMILY = [
    "shaw",
    "reid",
    "okafor",
    "kowalski",
    "patel",
    "evans",
    "murphy",
    "khan",
    "walsh",
    "begum",
    "turner",
    "novak",
]
PEOPLE = 240


def _number(place: int) -> str:
    """A number of the test range 999 with its check digit; empty where there is none."""
    digits = f"999{place:06d}"
    check = 11 - sum(int(digit) * (10 - n) for n, digit in enumerate(digits)) % 11
    return "" if check == 10 else digits + str(check % 11)


def _patient(draw: random.Random, place: int, slips: bool) -> dict[str, Any]:
    own = random.Random(place)
    given, family = own.choice(GIVEN), own.choice(FAMILY)
    born = f"{own.randint(1960, 2024)}-{own.randint(1, 12):02d}-{own.randint(1, 28):02d}"
    sex, house, phone = (
        own.choice(["male", "female"]),
        own.randint(1, 90),
        f"07700{own.randint(100000, 999999)}",
    )
    if slips and draw.random() < 0.15:
        given = given[:-1]
    if slips and draw.random() < 0.1:
        family = draw.choice(FAMILY)
    if slips and draw.random() < 0.1:
        born = born[:-1] + str(draw.randint(1, 8))
    if slips and draw.random() < 0.2:
        house = draw.randint(1, 90)
    found: dict[str, Any] = {
        "resourceType": "Patient",
        "name": [{"family": family, "given": [given]}],
        "gender": sex,
    }
    found |= {"birthDate": born, "telecom": [{"system": "phone", "value": phone}]}
    found["address"] = [
        {"line": [f"{house} {FAMILY[place % 12]} Street"], "postalCode": f"ZZ98 {place % 10}AA"}
    ]
    number = _number(place)
    if number:
        found["identifier"] = [{"system": NUMBER, "value": number}]
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two agencies' records of the same people: one as NDJSON, one as a Bundle."""
    place, draw = tmp_path_factory.mktemp("data"), random.Random(3)
    first = [json.dumps(_patient(draw, n, slips=False)) for n in range(PEOPLE)]
    (place / "health.ndjson").write_text("\n".join(first) + "\n\n", encoding="utf-8")
    second = [{"resource": _patient(draw, n, slips=True)} for n in range(PEOPLE)]
    other = [{"resource": {"resourceType": "Organization"}}, "no entry"]
    (place / "council.json").write_text(
        json.dumps({"resourceType": "Bundle", "entry": second + other}), encoding="utf-8"
    )
    (place / "notes.txt").write_text("no records", encoding="utf-8")
    return place


def _train(*arguments: object) -> tuple[int, str]:
    from services.cli.main import app

    result = CliRunner().invoke(app, ["index", "train", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.mark.filterwarnings("default")
def test_training_writes_a_model_that_loads_and_says_what_would_change(data: Path, tmp_path: Path) -> None:
    shipped = model.FILE.read_bytes()
    out = tmp_path / "own.json"
    code, said = _train(data, "--out", out, "--pairs", 20000, "--every", 4, "--people", 1000)
    assert code == 0, said
    trained = model.load(out)
    assert f"Read {2 * PEOPLE} records of people" in said
    assert trained.made["note"] == "Trained on a deployment's own records."
    assert trained.prior == pytest.approx(math.log2(1 / 999))
    assert trained.levels["number"]["same"].bits > 5
    assert trained.levels["family"]["different"].bits < 0
    assert (
        model.shipped().digest[:12] in said and "MASH_INDEX_MODEL" in said and "Nothing has changed" in said
    )
    for name, listed in levels.LEVELS.items():
        for level in listed:
            assert any(line.split()[:2] == [name, level] for line in said.splitlines()), (name, level)
    assert "pairs, of which" in said
    assert model.FILE.read_bytes() == shipped
    for note in trained.made["notes"]:
        assert note in said
    # Names that few bear stay out of a file made from a deployment's own records.
    known = trained.frequencies["given"]
    assert known.shares and known.unlisted == known.floor
    assert set(known.shares) <= set(GIVEN)


def test_a_model_is_never_written_over_and_a_folder_without_records_is_refused(
    data: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there.json"
    there.write_text("mine", encoding="utf-8")
    code, said = _train(data, "--out", there)
    assert code == 2 and "is there already" in said and there.read_text(encoding="utf-8") == "mine"
    code, said = _train(tmp_path / "absent")
    assert code == 2 and "names no folder" in said


def test_a_line_that_is_no_json_is_named_and_nothing_of_it_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"resourceType":"Patient"}\n{"name": Amelia}\n', encoding="utf-8")
    with pytest.raises(BadInput, match=r"a\.ndjson, line 2") as refused:
        folder.read(tmp_path)
    assert "Amelia" not in refused.value.detail


def _learned(**over: dict[str, tuple[float | None, float | None]]) -> Learned:
    shares: dict[str, dict[str, tuple[float | None, float | None]]] = {
        name: {level: (found.m, found.u) for level, found in listed.items()}
        for name, listed in model.shipped().levels.items()
    }
    for name, some in over.items():
        shares[name].update(some)
    return Learned(1000, 1e-6, shares, {"given": {"grace": 30, "zofia": 3}, "family": {"shaw": 40}})


def _exported(learned: Learned, invented: bool = False) -> tuple[model.Model, list[str]]:
    document, notes = export.document(learned, model.shipped(), {"note": "of a test"}, invented)
    return model.parse(model.seal(document), "test"), notes


def test_a_level_never_seen_weighs_as_the_next_below_and_is_said() -> None:
    found, notes = _exported(_learned(born={"year": (None, 0.01)}))
    assert found.levels["born"]["year"].bits == found.levels["born"]["different"].bits
    assert any(note.startswith("born: year was never seen") for note in notes)


def test_no_level_weighs_more_than_so_many_records_can_tell_and_that_is_said() -> None:
    """A thousand records cannot show what happens to one person in a million million: one wrong sex decides nothing alone."""
    found, notes = _exported(_learned(sex={"different": (1e-46, 0.5)}))
    assert found.levels["sex"]["different"].bits == pytest.approx(math.log2(0.001 / 0.5))
    assert any(note.startswith("sex: different was hardly seen") and "1,000" in note for note in notes)
    assert not [note for note in _exported(_learned(sex={"different": (0.001, 0.5)}))[1] if "sex" in note]


@pytest.mark.parametrize("level", ["same", "different"])
def test_a_comparison_seen_too_seldom_is_taken_over_from_the_model_in_force_and_is_said(level: str) -> None:
    found, notes = _exported(_learned(phone={level: (None, None)}))
    assert found.levels["phone"] == model.shipped().levels["phone"]
    assert any(note.startswith("phone: seen too seldom") for note in notes)


def test_levels_out_of_order_weigh_alike_and_are_said() -> None:
    found, notes = _exported(_learned(place={"postcode": (0.01, 0.01), "close": (0.3, 0.001)}))
    place = found.levels["place"]
    assert (
        place["postcode"].bits == pytest.approx(place["close"].bits) == pytest.approx(math.log2(0.31 / 0.011))
    )
    assert any("postcode, close came out in another order" in note for note in notes)


def test_rare_names_are_listed_only_where_the_people_are_invented() -> None:
    own, _ = _exported(_learned())
    assert set(own.frequencies["given"].shares) == {"grace"}
    assert own.frequencies["given"].unlisted == own.frequencies["given"].floor
    made_up, _ = _exported(_learned(), invented=True)
    assert set(made_up.frequencies["given"].shares) == {"grace", "zofia"}
    assert made_up.frequencies["given"].unlisted is None
    few = Learned(9, 1e-6, _learned().shares, {"given": {}, "family": {"shaw": 9}})
    borrowed, notes = _exported(few)
    assert borrowed.frequencies["family"].shares == model.shipped().frequencies["family"].shares
    assert any("no name is borne by 10 people" in note for note in notes)


def test_a_change_of_decisions_is_counted() -> None:
    records = [Summary((), (Name("shaw", "grace", ""),), "", "", "", (), False)] * 3
    stricter = model.parse(model.FILE.read_bytes(), "same")
    found = difference.decisions(
        model.shipped(),
        stricter,
        records,
        [(0, 1), (0, 2)],
        lambda _, one, other, scored: LINK if scored.weight > 0 else APART,
    )
    assert (found.pairs, found.changed, found.counts) == (2, 0, {(APART, APART): 2})
    prior = model.Model(stricter.digest, 0.0, stricter.made, stricter.levels, stricter.frequencies)
    found = difference.decisions(
        model.shipped(),
        prior,
        records,
        [(0, 1)],
        lambda _, one, other, scored: LINK if scored.weight > 0 else APART,
    )
    assert (found.changed, found.counts) == (1, {(APART, LINK): 1})
    assert {(one.comparison, one.level) for one in difference.weights(stricter, prior)} == {
        (name, level) for name, listed in levels.LEVELS.items() for level in listed
    }


def test_the_hub_runs_without_splink() -> None:
    """Everything that runs is read in where neither Splink nor what it brings can be imported."""
    program = (
        "import sys\n"
        "for name in ('splink', 'duckdb', 'pyarrow', 'sqlglot'): sys.modules[name] = None\n"
        "import services.index.open, services.index.matching.score, services.cli.index\n"
        "from services.index.matching import model\n"
        "print(len(model.shipped().levels), any(name.startswith('services.index.training') for name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.split() == [str(len(levels.LEVELS)), "False"], done.stderr
