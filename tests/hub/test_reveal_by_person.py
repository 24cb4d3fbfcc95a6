"""Who could have known, person by person: what of an answer was whose, and what is said of somebody who was erased."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.cli.ledger import entered_first
from tests.hub.audited import run
from tests.hub.test_erasure import ANY_DAY, LEO, asked, decided, person
from tests.hub.world import MIA, World, a_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """That each reading is entered first is looked at in test_who_could_have_known.py."""
    monkeypatch.setattr(entered_first, "enter_reading", lambda *_: None)
    found = a_world(tmp_path, retention=ANY_DAY)
    yield found
    found.close()


def told(world: World, id: str, *more: str, code: int = 0) -> dict[str, Any]:
    ran = run("reveal", str(world.home), "--person", id, "--json", *more)
    assert ran.exit_code == code, ran.output
    return dict(json.loads(ran.stdout))


def view_of(found: dict[str, Any]) -> dict[str, Any]:
    (way,) = [one for one in found["ways"] if one["kind"] == "release.intent"]
    return dict(way)


def test_of_one_answer_each_person_has_what_stood_in_their_own_records(world: World) -> None:
    world.view(world.s47())
    one, other = (view_of(told(world, person(world, about))) for about in (MIA, LEO))
    assert one["event"] == other["event"] and one["classes"] == other["classes"]
    for way in (one, other):
        assert way["of_person"] and way["of_person"].keys() <= way["classes"].keys()
    assert one["of_person"] != other["of_person"]
    alone = view_of(told(world, person(world, MIA), "--class", "DM1"))
    assert set(alone["of_person"]) == {"DM1"} == set(alone["classes"])


def test_somebody_erased_is_counted_and_never_told_as_nobody_knew(world: World) -> None:
    world.view(world.s47())
    mia, leo = person(world, MIA), person(world, LEO)
    before = told(world, mia)
    assert before["ways"] and before["erased"] == {"people": 0, "parts": 0}
    whole = view_of(told(world, leo))["classes"]
    decided(world, asked(world))
    after = told(world, mia, code=5)
    assert (after["ways"], after["may_be_erased"]) == ([], True)
    assert after["erased"]["people"] == 1 <= after["erased"]["parts"]
    words = run("reveal", str(world.home), "--person", mia)
    assert (
        "ERASED  1 person, with" in words.stdout
        and "NOT RULED OUT  The key of this person was destroyed on" in words.stdout
    )
    # What was hers went with her: of the answer another of her classes cannot be ruled out any more.
    left = told(world, leo, code=5)
    assert (left["may_be_erased"], view_of(left)["certain"]) == (False, False)
    assert set(view_of(left)["of_person"]) <= set(whole)
