"""Asking an owner and deciding, as the tests of owner approval do it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from services.contract.cases import Asker, AskOwner, DecideTask
from services.contract.views import FamilyView, Refused, Withheld
from services.gateway.parts import Parts
from services.gateway.tasks.asking import ask_owner
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import opened as unsealed
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.opening import open_task
from tests.hub.world import WORKER, World, released

HAVEN = Asker("haven-sms", "SMS", "PRIVACY-OFFICER", "haven-owner", token="t")
GUARDIAN = Asker("haven-sms", "SMS", "CALDICOTT", "haven-guardian", token="t")
CLINIC = Asker("clearwater-shc", "NHS-COMM", "CALDICOTT", "clinic-guardian", token="t")
THERAPY = "Therapy session notes"


def row_of(view: FamilyView, source: str, title: str) -> Withheld:
    """The row of a source about a class, that its owner decides on."""
    return next(one for one in view.withheld if one.source == source and one.class_ == title and one.ask)


def asked(world: World, case: str, by: Asker = WORKER, title: str = "Restricted narrative") -> str:
    """The worker asks Haven for its narrative about Dana; the id of what was asked."""
    row = row_of(world.view(case, by=by), "Haven", title)
    (id,) = ask_owner(
        world.parts, by, case, AskOwner(ask=str(row.ask), reason="needed to plan for the child")
    )
    return id


def task_of(world: World, case: str, owner: Asker = HAVEN, kind: str = "owner-approval") -> str:
    """The open task of a kind about a case in the owner's inbox."""
    rows = [row for row in waiting(world.parts, owner) if row.kind == kind]
    (found,) = [row.id for row in rows if unsealed(world.parts, row).case == case]
    return found


def opened(world: World, id: str, by: Asker = HAVEN) -> dict[str, Any]:
    told = open_task(world.parts, by, id)
    assert not isinstance(told, Refused)
    return told


def decide(world: World, id: str, answer: str, item: str | None = None, by: Asker = HAVEN) -> dict[str, Any]:
    body = DecideTask(answer=answer, reason="weighed with the team", item=item)
    told = decide_task(world.parts, by, id, body)
    assert not isinstance(told, Refused)
    return told


def approve(world: World, case: str) -> str:
    """Ask, and have the one record approved; the task's id."""
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    decide(world, id, "approve", item["item"])
    return id


def narratives(view: FamilyView) -> list[str]:
    """The descriptions of the documents whose content is in the view."""
    found = released(view, "DocumentReference")
    return [one.get("description", one.get("type", {}).get("text", "")) for one in found if "content" in one and
            any("data" in part.get("attachment", {}) for part in one["content"])]  # fmt: skip


def at(parts: Parts, **later: float) -> Parts:
    return replace(parts, clock=lambda: datetime.now(UTC) + timedelta(**later))
