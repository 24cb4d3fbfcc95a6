"""10c: what goes on under the law without an ISA in force is told to the IG leads of both, once a day, and names nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.contract.cases import Asker, DecideTask
from services.contract.people import About
from services.contract.vocabulary import entry
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import Task, opened, waiting
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.working_off import work_off
from tests.hub.world import MIA, World, a_world

KIND = "isa-lapsed-went-on"
CSC, HOUSING, HOSPITAL, CLINIC = "northshire-csc", "northshire-housing", "northshire-nhs", "clearwater-shc"


def told(world: World, organisation: str) -> list[Task]:
    """What waits for an organisation's IG lead, of this kind."""
    work_off(world.parts)
    lead = Asker(organisation, "", "IG-LEAD", f"lead@{organisation}")
    found = [opened(world.parts, row) for row in waiting(world.parts, lead) if row.kind == KIND]
    return sorted(found, key=lambda task: str(task.facts))


@pytest.fixture
def housing_lapsed(tmp_path: Path) -> Iterator[World]:
    """Housing's own ISA has ended; every other is in force."""
    world = a_world(tmp_path)
    yield world
    world.close()


def test_both_ig_leads_are_told_once_for_each_day(housing_lapsed: World) -> None:
    world = housing_lapsed
    for _ in range(3):
        view = world.view(world.s47())
        assert "AGREEMENT_LAPSED" in view.warnings
        work_off(world.parts)
    today = datetime.now(UTC)
    for organisation in (CSC, HOUSING):
        (task,) = told(world, organisation)
        assert (task.case, task.person, task.records, task.source) == ("", "", (), "")
        assert set(task.facts) <= {
            "day",
            "asking_organisation",
            "holding_organisation",
            "paper_defect",
            "isa",
        }
        assert task.facts["asking_organisation"] == CSC
        assert task.facts["holding_organisation"] == HOUSING
    assert told(world, HOSPITAL) == [], "its ISA is in force"
    case = world.s47()
    world.at(today + timedelta(days=1))
    world.view(case)
    assert len({task.facts["day"] for task in told(world, HOUSING)}) == 2


def test_noted_it_is_not_told_again_on_that_day(housing_lapsed: World) -> None:
    world = housing_lapsed
    world.view(world.s47())
    (task,) = told(world, HOUSING)
    lead = Asker(HOUSING, "LA-HOUSING", "IG-LEAD", "lead")
    shown = open_task(world.parts, lead, task.row.id)
    assert isinstance(shown, dict)
    assert "about" not in shown and "purpose" not in shown and shown["items"] == []
    decide_task(world.parts, lead, task.row.id, DecideTask(answer="noted", reason="renewal is under way"))
    world.view(world.s47())
    assert told(world, HOUSING) == []


def test_the_warning_says_no_more_than_what_is_done(housing_lapsed: World) -> None:
    """A partner without an ISA may give nothing: nobody is told then, and the words of the warning hold all the same."""
    world = housing_lapsed
    said = str(entry("reasons", "AGREEMENT_LAPSED")["sentence"])
    nobody_of_housing = About(nhs_number="9991000070", given="Mya", family="Reid", birth_date="2019-07-05")
    view = world.view(world.s47((nobody_of_housing, "child")), nobody_of_housing, scope="person")
    assert "AGREEMENT_LAPSED" in view.warnings
    assert told(world, CSC) == told(world, HOUSING) == []
    assert "have been told" not in said and "are told of what was shared, where that is safe" in said
    # Whenever something of it was shared, they are: both of them, and by the time that the note is worked off.
    world.view(world.s47())
    assert len(told(world, CSC)) == len(told(world, HOUSING)) == 1


def test_what_needs_an_isa_did_not_go_on(housing_lapsed: World) -> None:
    world = housing_lapsed
    case = world.open("FAM-OVERVIEW", "family-agreed", (MIA, "child"))
    world.evidence(case, kind="agreement", about=MIA, alone=True, text="asked at home")
    world.view(case)
    assert told(world, CSC) == told(world, HOUSING) == []


def test_a_holder_all_of_whose_records_are_silent_is_no_part_of_it(tmp_path: Path) -> None:
    """Every ISA for enquiries has ended; the asker's IG lead must not learn that the clinic holds something."""
    world = a_world(tmp_path, edit=_end_enquiries)
    world.view(world.s47())
    holders = {task.facts["holding_organisation"] for task in told(world, CSC)}
    assert {HOSPITAL, HOUSING} <= holders
    assert CLINIC not in holders
    assert told(world, CLINIC) == []
    assert [task.facts["isa"] for task in told(world, HOSPITAL)] == ["safeguarding-children"]
    world.close()


def _end_enquiries(folder: Path) -> None:
    file = folder / "isa/safeguarding-children.yaml"
    ended = (datetime.now(UTC) - timedelta(days=2)).date()
    lines = file.read_text(encoding="utf-8").splitlines()
    told = [f"last_day: {ended}" if line.startswith("last_day:") else line for line in lines]
    file.write_text("\n".join(told) + "\n", encoding="utf-8")
