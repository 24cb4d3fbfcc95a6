"""Silence is total: with a silent record and without it, the answer, its receipt and its entry are the same."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from services.cli.demo.families import northshire
from services.contract.cases import Asker
from services.contract.people import About
from services.contract.views import FamilyView
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.tables import ReleaseNoteRow
from services.gateway.tasks.working_off import work_off
from tests.hub.world import MIA, WORKER, World, a_world, released, shape

SEAN = About(nhs_number="9991000054", given="Sean", family="Cole", birth_date="1988-09-23")
TYLER = About(nhs_number="9992000015", given="Tyler", family="Lomax", birth_date="2018-08-16")
DANA = About(nhs_number="9991000046", given="Dana", family="Reid", birth_date="1990-02-11")


def ids_labelled(*labels: str) -> set[str]:
    """Ids of the families' records that carry one of the labels."""
    found = set()
    for bundle in northshire(datetime.now(UTC).date()).bundles.values():
        for entry in bundle["entry"]:
            security = {label.get("code") for label in entry["resource"].get("meta", {}).get("security", [])}
            if security & set(labels):
                found.add(entry["resource"]["id"])
    return found


def ids_of(source: str) -> set[str]:
    """Ids of everything that a source publishes."""
    return {
        entry["resource"]["id"] for entry in northshire(datetime.now(UTC).date()).bundles[source]["entry"]
    }


def s47(world: World) -> FamilyView:
    return world.view(world.s47())


def seans_household(world: World) -> FamilyView:
    view = world.view(world.s47((TYLER, "child"), (SEAN, "adult")), SEAN)
    assert any(one["resourceType"] == "RiskAssessment" for one in released(view))
    return view


def overview(world: World, *agreed: About) -> FamilyView:
    case = world.open("FAM-OVERVIEW", "family-agreed", (MIA, "child"))
    for about in (MIA, *agreed):
        world.evidence(case, kind="agreement", about=about, alone=True, text="asked at home")
    return world.view(case, by=WORKER)


def overview_dana_agreed(world: World) -> FamilyView:
    view = overview(world, DANA)
    # Her agreement reaches her records: the comparison is not made over an empty answer.
    assert any(one["resourceType"] == "EpisodeOfCare" for one in released(view))
    return view


def measured(world: World, ask: Callable[[World], FamilyView]) -> tuple[Any, int, list[int], list[int]]:
    """The answer without its fresh ids, its length, the lengths of the entries that it made, and those of the notes of
    what it leaves to be done. The entries are counted once all of that is done.
    """
    before, noted = len(world.leaves("northshire-csc")), set(_notes(world))
    view = ask(world)
    told, length = shape(view)
    left = [length for id, length in _notes(world).items() if id not in noted]
    work_off(world.parts)
    return told, length, [len(leaf) for leaf in world.leaves("northshire-csc")[before:]], left


def _notes(world: World) -> dict[str, int]:
    with world.parts.store.begin() as session:
        return {row.id: len(row.sealed) for row in session.exec(select(ReleaseNoteRow)).all()}


@pytest.mark.parametrize(
    ("ask", "left_out"),
    [
        pytest.param(
            s47, ids_labelled("HIV", "L:TOP"), id="an adult's HIV and termination, child protection enquiry"
        ),
        pytest.param(seans_household, ids_labelled("L:INTEL"), id="very restricted intelligence, her worker"),
        pytest.param(s47, ids_of("clearwater-shc"), id="all that the sexual health clinic holds"),
        pytest.param(
            overview_dana_agreed,
            ids_of("clearwater-shc"),
            id="the clinic behind the constant line, family overview",
        ),
        pytest.param(
            overview,
            ids_of("haven-sms"),
            id="substance misuse behind the constant line, no agreement of hers",
        ),
    ],
)
def test_without_the_silent_records_and_with(
    ask: Callable[[World], FamilyView], left_out: set[str], tmp_path: Path
) -> None:
    assert left_out
    without, with_ = _twice(tmp_path, ask, left_out)
    assert json.dumps(without[0], sort_keys=True) == json.dumps(with_[0], sort_keys=True)
    assert without[1:] == with_[1:]


def test_a_shown_record_does_change_the_answer(tmp_path: Path) -> None:
    """The comparison above can fail: what is shown is seen."""
    without, with_ = _twice(tmp_path, s47, ids_of("northshire-nhs"))
    assert without != with_


def test_the_owners_task_is_there_with_the_record_and_nowhere_without(tmp_path: Path) -> None:
    """The other half: the same answer, and yet the owner is told."""
    left_out = ids_labelled("HIV")
    owner = Asker("northshire-nhs", "NHS-ACUTE", "CALDICOTT", "guardian")
    world = a_world(tmp_path, leave_out=left_out)
    s47(world)
    work_off(world.parts)
    assert list(waiting(world.parts, owner)) == []
    for source, bundle in northshire(datetime.now(UTC).date()).bundles.items():
        late = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["id"] in left_out]
        if late:
            world.publish(source, *late)
    s47(world)
    work_off(world.parts)
    assert [row.kind for row in waiting(world.parts, owner)] == ["owner-consider"]
    world.close()


def _twice(folder: Path, ask: Callable[[World], FamilyView], left_out: set[str]) -> tuple[Any, Any]:
    """The same question in one hub, before the records were ever published and after."""
    world = a_world(folder, leave_out=left_out)
    without = measured(world, ask)
    for source, bundle in northshire(datetime.now(UTC).date()).bundles.items():
        late = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["id"] in left_out]
        if late:
            world.publish(source, *late)
    with_ = measured(world, ask)
    world.close()
    return without, with_
