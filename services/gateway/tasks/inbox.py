"""Reading an inbox: what waits for one member of staff, in their own organisation and role.

Promise: another organisation's task, a task of an inbox that the role does not read, and none at all look the same; a
list names kinds and times only, never a person, a record or a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from services.contract.cases import Asker
from services.contract.problems import NotAllowed, NotFound
from services.contract.vocabulary import entry
from services.gateway.parts import Parts, stamp
from services.gateway.protected.designated import inboxes_of
from services.gateway.tasks.tables import TaskRow

LISTED = 200
"""At most so many are listed, the longest waiting first."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task with what stood sealed in it."""

    row: TaskRow = field(repr=False)
    case: str
    person: str = field(repr=False)
    source: str
    records: tuple[str, ...] = field(repr=False)
    facts: dict[str, Any] = field(repr=False)

    @property
    def open(self) -> bool:
        return not self.row.decided_at

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(entry("task-kinds", self.row.kind)["answers"])


def waiting(parts: Parts, asker: Asker, *, decided: bool = False) -> Sequence[TaskRow]:
    """The rows of the asker's inboxes that are open, oldest first; or those decided, newest first."""
    query = select(TaskRow).where(
        TaskRow.organisation == asker.organisation,
        col(TaskRow.inbox).in_(inboxes_of(parts.store, asker)),
        (TaskRow.decided_at != "") if decided else (TaskRow.decided_at == ""),
    )
    order = col(TaskRow.decided_at).desc() if decided else col(TaskRow.raised_at)
    with parts.store.begin() as session:
        return session.exec(query.order_by(order, TaskRow.id).limit(LISTED)).all()


def list_tasks(parts: Parts, asker: Asker) -> list[dict[str, Any]]:
    """What `GET /tasks` gives: each open task's line."""
    return [line(parts, row) for row in waiting(parts, asker)]


def line(parts: Parts, row: TaskRow) -> dict[str, Any]:
    """A task as a list shows it: codes, sentences and times."""
    kind = entry("task-kinds", row.kind)
    told = {
        "id": row.id,
        "kind": row.kind,
        "inbox": row.inbox,
        "state": "DECIDED" if row.decided_at else "OPEN",
    }
    told |= {name: str(kind[name]) for name in ("title", "sentence", "next_step")}
    told |= {"raised_at": row.raised_at}
    more = {"due": row.due, "answer": row.answer, "decided_at": row.decided_at}
    overdue = bool(row.due) and not row.decided_at and row.due < stamp(parts.now())
    return told | {name: value for name, value in more.items() if value} | {"overdue": overdue}


def find_task(parts: Parts, asker: Asker, id: str) -> Task:
    """The task, for somebody who reads its inbox. Raises `NotFound`, alike for another's and for none,
    and `NotAllowed` for one's own question.
    """
    with parts.store.begin() as session:
        row = session.get(TaskRow, id)
    if (
        row is None
        or row.organisation != asker.organisation
        or row.inbox not in inboxes_of(parts.store, asker)
    ):
        raise NotFound("no task with this id is in an inbox of yours")
    task = opened(parts, row)
    if asker.user in (task.facts.get("_asked_by"), task.facts.get("_refused_by")):
        raise NotAllowed(
            "nobody decides what they asked for, or looks again at what they refused",
            next_step="Leave it to a colleague who reads the same inbox.",
        )
    return task


def opened(parts: Parts, row: TaskRow) -> Task:
    """The row with what stands sealed in it."""
    told = parts.store.open(row.sealed, f"task:{row.id}")
    return Task(
        row, told["case"], told["person"], told["source"], tuple(told["records"]), dict(told["facts"])
    )
