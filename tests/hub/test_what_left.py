"""What left by an answer, as its decision record has it, held against the answer itself: nothing shown is left out."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from services.cli.ledger.facts import class_of
from services.cli.ledger.left import Left, NotTold, left_by
from services.contract.people import About
from services.contract.views import FamilyView
from services.ledger.reading import Reading
from tests.hub.world import MIA, World, a_world, released


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    hub = a_world(tmp_path_factory.mktemp("left"))
    yield hub
    hub.close()


def left(world: World, log: str = "northshire-csc") -> tuple[str, Left]:
    """The kind of the newest answer in a log, and what left by it."""
    entry = next(one for one in reversed(world.entries(log)) if "decision_digest" in one)
    with Reading(world.parts.settings, world.parts.keys) as reading:
        record = reading.decision(entry["event_id"])
    assert record is not None
    return entry["kind"], left_by(entry["kind"], record)


def shown(world: World, view: FamilyView) -> set[str]:
    """The classes of all elements that stand in an answer, by the catalogue."""
    fields: Mapping[str, Any] = world.parts.shelf.current().fields["fields"]
    paths = {
        f"{resource['resourceType']}.{element}"
        for resource in released(view)
        for element in resource
        if element not in ("resourceType", "id", "meta", "extension")
    }
    return {found for path in paths if (found := class_of(fields, path))}


def test_every_class_in_an_answer_is_among_those_that_left(world: World) -> None:
    view = world.view(world.s47(), MIA)
    kind, found = left(world)
    assert (kind, found.channel) == ("release.intent", "view")
    classes = shown(world, view)
    assert {"DM1", "DM2"} <= classes
    assert classes <= set(found.classes)


def test_a_search_gives_stubs_and_never_what_the_question_itself_could_reach(world: World) -> None:
    view = world.view(world.s47(), About(given="Mia", family="Reid", birth_date="2019-07-05"))
    assert view.match == "POTENTIAL"
    kind, found = left(world)
    assert kind == "search.potential"
    assert set(found.classes) == {"DM1"}
    assert found.classes["DM1"].words().startswith("coarser (identity: stub)")


def test_a_record_of_another_form_is_not_guessed_at() -> None:
    with pytest.raises(NotTold):
        left_by("release.intent", b'{"calls":[]}')


def test_a_field_has_the_class_of_its_longest_path() -> None:
    fields = {"Patient.address": {"class": "DM2"}, "Patient.address.extension(urn:x)": {"class": "DM9"}}
    assert class_of(fields, "Patient.address.line") == "DM2"
    assert class_of(fields, "Patient.address.extension(urn:x).value[x]") == "DM9"
    assert class_of(fields, "Patient.addressed") == ""
