"""What an answer leaves to the duty manager: searches by address, connections, both sides of harm, a source still out."""

from dataclasses import replace

import pytest

from services.cli.demo.families.people import SAFE
from services.contract.cases import Asker, CloseCase, Member
from services.contract.people import About
from services.gateway.cases.close import close_case
from services.gateway.tasks.note import Note
from services.gateway.tasks.still_out import note_sources, raise_overdue
from services.gateway.tasks.working_off import work_off
from tests.hub.inboxes import SEAN, TYLER, clock, tasks
from tests.hub.world import MANAGER, MIA, WORKER, World, released


@pytest.mark.parametrize("postcode", [SAFE.postcode, "ZZ99 9ZZ"])
def test_every_search_by_address_is_the_duty_managers_to_check(world: World, postcode: str) -> None:
    about = About(family="Reid", given="Dana", birth_date="1990-02-11", postcode=postcode)
    case = world.s47()
    world.view(case, about)
    (task,) = tasks(world, "northshire-csc", "duty-manager", case)
    assert task.row.kind == "protected-household-check"
    told = {**task.facts, "postcode": ""}
    assert told == {"postcode": "", "name": "Dana Reid", "born": "1990-02-11", "asking_role": "SW-CHILD"}
    assert task.person == ""


def test_a_worker_on_both_sides_of_a_harm_link(world: World) -> None:
    """4d: told to the manager, with an entry; a worker on his case alone is not."""
    his = world.s47((TYLER, "child"), (SEAN, "adult"))
    hers = world.s47()
    world.view(his, SEAN)
    (task,) = tasks(world, "northshire-csc", "duty-manager", his)
    assert (task.row.kind, task.facts["worker"]) == ("case-hand-over", WORKER.user)
    alerts = [one for one in world.entries("northshire-csc") if one["kind"] == "conflict.alert"]
    assert alerts[-1]["facts"] == {"task": "case-hand-over"}
    world.view(hers)
    assert tasks(world, "northshire-csc", "duty-manager", hers) == []


def test_a_worker_on_his_case_alone_has_nothing_to_hand_over(world: World) -> None:
    elsewhere = Asker("northshire-csc", "LA-CSC", "SW-CHILD", "elsewhere", ("other-team",))
    member = Member(organisation="northshire-csc", team="other-team")
    his = world.s47((TYLER, "child"), (SEAN, "adult"), members=(member,))
    world.s47()
    view = world.view(his, SEAN, by=elsewhere)
    assert "RESTRICTED" in {row.code for row in view.withheld}
    assert tasks(world, "northshire-csc", "duty-manager", his) == []


def test_one_connected_to_the_family_is_refused_and_the_work_passed_on(world: World) -> None:
    cousin = Asker("northshire-csc", "LA-CSC", "SW-CHILD", "cousin", ("mash",), own=(MIA,))
    case = world.s47()
    view = world.view(case, by=cousin)
    assert released(view) == []
    assert {row.code for row in view.withheld} == {"CONFLICT_OF_INTEREST"}
    (task,) = tasks(world, "northshire-csc", "duty-manager", case)
    assert (task.row.kind, task.facts["worker"]) == ("conflict-route", "cousin")
    alert = next(one for one in reversed(world.entries("northshire-csc")) if one["kind"] == "conflict.alert")
    assert alert["ref"]["event_id"] == view.receipt.id if view.receipt else False


def test_one_connected_to_a_possible_person_is_told_in_neutral_words(world: World) -> None:
    cousin = Asker("northshire-csc", "LA-CSC", "SW-CHILD", "cousin", ("mash",), own=(MIA,))
    case = world.s47()
    view = world.view(case, About(given="Mia", family="Reid", birth_date="2019-05-07"), by=cousin)
    assert "This request has to be handled by a colleague. Pass it to the duty manager." in view.notes
    assert "Mia Reid" not in {stub.name for stub in view.candidates}
    assert [one.row.kind for one in tasks(world, "northshire-csc", "duty-manager", case)] == [
        "conflict-route"
    ]


def test_a_red_enquiry_that_lacks_a_source_for_four_hours_is_the_duty_managers(world: World) -> None:
    """X1: the live practice of this hub is at a port where nobody listens."""
    red, amber = (world.s47(rag=rag) for rag in ("RED", "AMBER"))
    for case in (red, amber):
        assert not world.view(case).complete
    work_off(world.parts)
    soon, late = (replace(world.parts, clock=clock(hours)) for hours in (3.9, 4.1))
    raise_overdue(soon)
    assert tasks(world, "northshire-csc", "duty-manager", red) == []
    raise_overdue(late)
    raise_overdue(late)
    (task,) = tasks(world, "northshire-csc", "duty-manager", red)
    assert (task.row.kind, task.facts["source"]) == ("source-still-out", "northshire-gp-live")
    assert tasks(world, "northshire-csc", "duty-manager", amber) == []


def test_a_source_that_answered_meanwhile_or_a_case_that_closed_raises_nothing(world: World) -> None:
    answered, closed = world.s47(rag="RED"), world.s47(rag="RED")
    for case in (answered, closed):
        world.view(case)
    work_off(world.parts)
    close_case(world.parts, MANAGER, closed, CloseCase(changed="yes", outcome="went-further"))
    back = Note(asker=WORKER, case=answered, sources_in=("northshire-gp-live",))
    note_sources(world.parts, back, 0)
    raise_overdue(replace(world.parts, clock=clock(4.1)))
    for case in (answered, closed):
        assert tasks(world, "northshire-csc", "duty-manager", case) == []
