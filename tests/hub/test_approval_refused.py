"""Owner approval that does not fit: another's token, another owner, too late, a closed case, one's own family."""

from dataclasses import replace

import pytest

from services.contract.cases import AskOwner, CloseCase
from services.contract.problems import BadInput, Conflict, NotAllowed, NotFound
from services.contract.views import Refused
from services.gateway.cases.close import close_case
from services.gateway.tasks.asking import ask_owner
from services.gateway.tasks.opening import open_task
from tests.hub.approval import CLINIC, HAVEN, approve, asked, at, decide, opened, row_of, task_of
from tests.hub.world import MANAGER, MIA, WORKER, World, a_person


def test_a_token_of_another_asker_another_case_and_none_are_refused_alike(world: World, case: str) -> None:
    token = str(row_of(world.view(case), "Haven", "Restricted narrative").ask)
    other = world.s47()
    told = []
    for by, where, ask_ in ((MANAGER, case, token), (WORKER, other, token), (WORKER, case, "nonsense")):
        with pytest.raises(BadInput) as caught:
            ask_owner(world.parts, by, where, AskOwner(ask=ask_, reason="needed"))
        told.append((caught.value.detail, caught.value.places, caught.value.step))
    assert len(set(told)) == 1
    late = at(world.parts, hours=12.1)
    with pytest.raises(BadInput):
        ask_owner(late, WORKER, case, AskOwner(ask=token, reason="needed"))
    stranger = a_person("SW-CHILD", "eastshire-csc", user="rhys")
    with pytest.raises(NotFound):
        ask_owner(world.parts, replace(stranger, teams=()), case, AskOwner(ask=token, reason="needed"))


def test_only_an_owner_of_the_holder_meets_the_task(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    for other in (
        CLINIC,
        replace(HAVEN, role="SMS-KEYWORKER"),
        replace(HAVEN, organisation="northshire-nhs"),
    ):
        with pytest.raises(NotFound):
            open_task(world.parts, other, id)
        with pytest.raises(NotFound):
            decide(world, id, "refuse", by=other)
    with pytest.raises(NotAllowed):
        decide(world, id, "refuse", by=replace(HAVEN, user=WORKER.user))


def test_a_task_is_decided_once(world: World, case: str) -> None:
    id = approve(world, case)
    with pytest.raises(Conflict):
        decide(world, id, "refuse")


def test_approving_a_question_of_more_than_72_hours_ago_is_refused(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    late = World(replace(world.running, parts=at(world.parts, hours=72.1)), world.home)
    with pytest.raises(Conflict):
        decide(late, id, "approve", item["item"])
    assert decide(late, id, "refuse")["answer"] == "refuse"


def test_nothing_is_approved_for_a_case_that_is_closed(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    close_case(world.parts, MANAGER, case, CloseCase(changed="yes", outcome="went-further"))
    with pytest.raises(Conflict):
        decide(world, id, "approve", item["item"])
    token = str(row_of(world.view(world.s47()), "Haven", "Restricted narrative").ask)
    with pytest.raises(Conflict):
        ask_owner(world.parts, WORKER, case, AskOwner(ask=token, reason="needed"))


def test_the_token_of_another_tasks_record_approves_nothing(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    other = world.s47()
    asked(world, other)
    second = task_of(world, other)
    for wrong in (item["item"], "nonsense"):
        with pytest.raises(BadInput):
            decide(world, second, "approve", wrong)


def test_an_owner_connected_to_the_person_is_refused(world: World, case: str) -> None:
    asked(world, case)
    cousin = replace(HAVEN, user="cousin", own=(MIA,))
    told = open_task(world.parts, cousin, task_of(world, case))
    assert isinstance(told, Refused) and told.code == "CONFLICT_OF_INTEREST"
