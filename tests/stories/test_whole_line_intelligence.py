"""Row 15 on the whole line: the police keep intelligence about Sean, and publish a sentence that may be shared."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.contract.cases import Asker, DecideTask
from services.contract.views import FamilyView
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import opened as unsealed
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.working_off import work_off
from tests.hub.world import MANAGER, MIA, SEAN, WORKER, World, a_world, released

OWNER = Asker("northshire-police", "POLICE", "PRIVACY-OFFICER", "victor", token="t")
LOG = "Intelligence log"
SENTENCE = "Told officers that he would find her"


@pytest.fixture
def world(tmp_path: Any) -> Iterator[World]:
    made = a_world(tmp_path)
    yield made
    made.close()


def enquiry(world: World) -> str:
    return world.s47((MIA, "child"), (SEAN, "adult"))


def police(view: FamilyView) -> str:
    return str([one for one in released(view) if one["meta"].get("source", "").endswith(":northshire-police")])  # fmt: skip


@pytest.mark.parametrize("by", [MANAGER, WORKER], ids=lambda one: one.role)
def test_15_the_sentence_is_given_and_of_the_intelligence_nothing_and_the_police_hear_of_it(
    world: World, by: Asker
) -> None:
    case = enquiry(world)
    view = world.view(case, SEAN, by=by)
    assert SENTENCE in police(view)
    assert "NORDSCLCD" in view.obligations
    assert LOG not in str(view) and "school run" not in str(view)
    # Not even that there is something that the police could approve: that would say what they hold.
    assert "OWNER_APPROVAL" not in {row.code for row in view.withheld if row.source == "Police"}
    work_off(world.parts)
    (task,) = [one for one in waiting(world.parts, OWNER) if one.kind == "owner-consider"]
    assert unsealed(world.parts, task).case == case


def test_15c_the_police_approve_one_record_and_that_one_is_given_on_this_case_alone(world: World) -> None:
    case, other = enquiry(world), enquiry(world)
    before = world.view(case, SEAN, by=MANAGER)
    work_off(world.parts)
    (task,) = [one for one in waiting(world.parts, OWNER) if one.kind == "owner-consider"]
    told = open_task(world.parts, OWNER, task.id)
    assert isinstance(told, dict)
    (item,) = told["items"]
    assert LOG in str(item["resource"])
    decide_task(
        world.parts, OWNER, task.id, DecideTask(answer="approve", reason="weighed", item=item["item"])
    )
    after = world.view(case, SEAN, by=MANAGER)
    new = [one for one in released(after, "DocumentReference") if LOG in str(one)]
    assert len(new) == 1 and "data" in new[0]["content"][0]["attachment"]
    assert len(released(after)) == len(released(before)) + 1
    assert "NORDSCLCD" in after.obligations
    assert LOG not in str(world.view(other, SEAN, by=MANAGER))
    decided = [one for one in world.entries("northshire-police") if one["kind"] == "task.decided"][-1]
    assert decided["facts"]["answer"] == "approve" and decided["asker"]["role"] == "PRIVACY-OFFICER"
