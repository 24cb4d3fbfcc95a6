"""2d: once section 16LA is in force a listed holder is asked for its own decision; nothing is fetched before it, and the
decision, with its author, opens or closes what it holds about that person for that case.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.contract.cases import Asker, DecideTask
from services.contract.people import About
from services.contract.views import Refused
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import Task, opened, waiting
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.working_off import work_off
from tests.hub.world import MIA, World, a_world, released

DANA = About(nhs_number="9991000046", given="Dana", family="Reid", birth_date="1990-02-11")
POLICE = Asker("northshire-police", "POLICE", "PRIVACY-OFFICER", "police-owner", token="t")
SOURCE = "Police"


@pytest.fixture
def in_force(tmp_path: Path) -> Iterator[World]:
    """A hub in which the section came into force on the first of this year."""
    world = a_world(tmp_path)
    file = world.parts.shelf.folder / "gateways" / "ca04-16la.yaml"
    text = file.read_text(encoding="utf-8")
    day = datetime.now(UTC).date().replace(month=1, day=1)
    file.write_text(text.replace("effective_from: null", f"effective_from: {day}"), encoding="utf-8")
    world.parts.shelf.reload()
    assert not world.parts.shelf.trouble()
    yield world
    world.close()


def screening(world: World) -> str:
    """A screening about Mia without any recorded risk; Dana refused."""
    case = world.open("C-SCREEN", "contact-received", (MIA, "child"))
    world.evidence(case, kind="refusal", about=DANA, alone=True, text="said no")
    return case


def to_decide(world: World, case: str) -> list[Task]:
    """The police's open decisions for a case."""
    work_off(world.parts)
    found = [
        opened(world.parts, row) for row in waiting(world.parts, POLICE) if row.kind == "holder-decides-16la"
    ]
    return [one for one in found if one.case == case]


def test_nothing_is_fetched_before_the_holder_decides(in_force: World) -> None:
    case = screening(in_force)
    view = in_force.view(case)
    assert "OWNER_APPROVAL" in {row.code for row in view.withheld if row.source == SOURCE}
    states = {one.state for line in view.sources if line.source == SOURCE for one in line.people}
    assert states == {"NOT_ASKED"}
    assert to_decide(in_force, case)
    for task in to_decide(in_force, case):
        assert (task.records, task.source) == ((), "northshire-police")


def test_before_its_day_nobody_is_asked(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    case = screening(world)
    view = world.view(case)
    assert {row.code for row in view.withheld if row.source == SOURCE} == {"CONSENT_REQUIRED"}
    assert to_decide(world, case) == []
    world.close()


@pytest.mark.parametrize("answer", ["share", "not-relevant", "detriment"])
def test_the_decision_holds_for_that_person_and_case_with_its_author(in_force: World, answer: str) -> None:
    case, other = screening(in_force), screening(in_force)
    in_force.view(case)
    tasks = to_decide(in_force, case)
    for task in tasks:
        told = open_task(in_force.parts, POLICE, task.row.id)
        assert not isinstance(told, Refused)
        assert told["items"], "the holder sees what it holds"
        decide_task(
            in_force.parts, POLICE, task.row.id, DecideTask(answer=answer, reason="weighed by the inspector")
        )
    entered = [one for one in in_force.entries("northshire-police") if one["kind"] == "task.decided"]
    assert len(entered) == len(tasks)
    assert {(one["facts"]["answer"], one["asker"]["role"]) for one in entered} == {
        (answer, "PRIVACY-OFFICER")
    }
    view = in_force.view(case)
    codes = {row.code for row in view.withheld if row.source == SOURCE}
    states = {one.state for line in view.sources if line.source == SOURCE for one in line.people}
    if answer == "share":
        assert "HELD" in states
        # It opens nothing that a label hides: the call-outs are under one.
        assert "call-out" not in str(released(view))
        assert "NORDSCLCD" in view.obligations
    else:
        assert states == {"NOT_ASKED"}
        assert {"not-relevant": "OWNER_APPROVAL", "detriment": "RESTRICTED"}[answer] in codes
    # Another case has a decision of its own to wait for, and this one is not put to them again.
    assert to_decide(in_force, case) == []
    in_force.view(other)
    assert to_decide(in_force, other)
