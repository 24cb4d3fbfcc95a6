"""Asking a conscious patient now: their permission stands in for a caseload for four hours, for them alone and this case."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.contract.cases import RecordEvidence
from services.contract.people import About
from services.contract.problems import BadInput
from services.gateway.answer import NO_RELATION
from services.gateway.cases.evidence import record_evidence
from tests.hub.world import MIA, World, a_person, a_world, released

ARTHUR = About(nhs_number="9991000062", given="Arthur", family="Penrose")
JOAN = About(nhs_number="9991000100", given="Joan", family="Pike")
NURSE = a_person("CLINIC-NURSE", "northshire-nhs", user="a-nurse-on-nobodys-team")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = a_world(tmp_path_factory.mktemp("permission"))
    yield found
    found.close()


@pytest.fixture
def world(hub: World) -> Iterator[World]:
    usual = hub.running
    yield hub
    hub.running = usual


def care(world: World, about: About = ARTHUR) -> str:
    return world.open("TREAT", "in-my-care", (about, "adult"), by=NURSE)


def asked(world: World, case: str, kind: str = "permission-to-view", about: About = ARTHUR) -> None:
    world.evidence(case, by=NURSE, kind=kind, about=about, alone=True, text="asked at the bedside")


def partners(world: World, case: str, about: About = ARTHUR) -> list[dict[str, Any]]:
    view = world.view(case, about, by=NURSE, scope="person")
    assert (NO_RELATION in view.notes) == ("NO_RELATIONSHIP" in {row.code for row in view.withheld})
    return released(view)


def test_it_stands_in_for_a_caseload_for_four_hours(world: World) -> None:
    case = care(world)
    begun = datetime.now(UTC)
    assert not partners(world, case)
    asked(world, case)
    assert {"Patient", "MedicationStatement", "Flag"} <= {
        one["resourceType"] for one in partners(world, case)
    }
    entry = [one for one in world.entries("hub") if one["kind"] == "case.evidence"][-1]
    assert entry["facts"]["evidence"] == "permission-to-view" and entry["facts"]["alone"] is True
    world.at(begun + timedelta(hours=3, minutes=59))
    assert partners(world, case)
    world.at(begun + timedelta(hours=4, minutes=1))
    assert not partners(world, case)


def test_a_longer_time_than_four_hours_is_not_taken(world: World) -> None:
    case = care(world)
    until = datetime.now(UTC) + timedelta(days=30)
    world.evidence(case, by=NURSE, kind="permission-to-view", about=ARTHUR, until=until)
    world.at(datetime.now(UTC) + timedelta(hours=5))
    assert not partners(world, case)


def test_it_is_the_patients_alone_and_this_cases(world: World) -> None:
    case, other = care(world), care(world)
    asked(world, case)
    assert partners(world, case)
    assert not partners(world, other)
    assert not partners(world, case, JOAN)


def test_a_refusal_ends_it_however_the_patient_is_described(world: World) -> None:
    case = care(world)
    asked(world, case)
    # Of the same second, and by another description.
    asked(world, case, "permission-refused", About(nhs_number="9991000062", birth_date="1941-03-14"))
    assert not partners(world, case)
    world.at(datetime.now(UTC) + timedelta(minutes=1))
    asked(world, case)
    assert partners(world, case)
    world.at(datetime.now(UTC) + timedelta(minutes=2))
    # So vaguely that nobody can tell whose it is.
    asked(world, case, "permission-refused", About(family="Penrose"))
    assert not partners(world, case)


def test_it_does_not_reach_past_what_is_shared_with_whoever_treats(world: World) -> None:
    """Joan objected to sharing: her permission gives a relationship, and takes no objection back."""
    case = care(world, JOAN)
    asked(world, case, about=JOAN)
    view = world.view(case, JOAN, by=NURSE, scope="person")
    assert "OBJECTION" in {row.code for row in view.withheld}


@pytest.mark.parametrize("purpose", [("C-SCREEN", "contact-received"), ("ETREAT", "emergency-call")])
def test_nobody_is_asked_for_other_purposes(world: World, purpose: tuple[str, str]) -> None:
    by = a_person("SW-CHILD") if purpose[0] == "C-SCREEN" else a_person("PARAMEDIC", "northshire-amb")
    case = world.open(*purpose, (MIA, "child"), by=by)
    told = RecordEvidence(kind="permission-to-view", about=MIA)
    with pytest.raises(BadInput):
        record_evidence(world.parts, by, case, told)
