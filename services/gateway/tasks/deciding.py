"""Deciding a task: an answer by code with a reason, by somebody who reads its inbox, once.

Promise: the answer is an entry before it holds; of two who answer at once one is told that it is decided already; the
reason stands sealed and is in no entry.
"""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, update

from services.contract.cases import Asker, DecideTask
from services.contract.problems import BadInput, Conflict
from services.contract.releases import Draft, Receipt
from services.contract.views import Refused
from services.contract.vocabulary import entry
from services.gateway.cases.entries import asking, refuse
from services.gateway.parts import Parts, stamp
from services.gateway.tasks.inbox import Task, find_task
from services.gateway.tasks.opening import CONFLICT, connected
from services.gateway.tasks.tables import TaskRow


def decide_task(parts: Parts, asker: Asker, id: str, body: DecideTask) -> dict[str, Any] | Refused:
    """Close the task: `{id, state, answer, decided_at, receipt}`.

    Raises `NotFound`, `Conflict` (decided already), `BadInput` (no answer of this kind), `Unavailable`.
    """
    task = find_task(parts, asker, id)
    if body.answer not in task.answers:
        raise BadInput("some places do not fit", places=("answer: not an answer of this kind of task",))
    if not task.open:
        raise Conflict("the task is decided already", next_step="Open it to see how.")
    if task.person and connected(parts, asker, task.person):
        return refuse(parts.ledger, asker, CONFLICT, "")
    receipt = close(parts, asker, task, body.answer, body.reason, {})
    return {
        "id": id,
        "state": "DECIDED",
        "answer": body.answer,
        "decided_at": stamp(parts.now()),
        "receipt": receipt.id,
    }


def close(
    parts: Parts, asker: Asker, task: Task, answer: str, reason: str, facts: Mapping[str, Any]
) -> Receipt:
    """Take the row, enter, and let go of it: all or nothing. Raises `Conflict`, `LedgerUnavailable`."""
    id = task.row.id
    taken = (
        update(TaskRow)
        .where(col(TaskRow.id) == id, col(TaskRow.decided_at) == "")
        .values(
            decided_at=stamp(parts.now()),
            answer=answer,
            decided_by=asker.user,
            decided_as=asker.role,
            open_key=None if entry("task-kinds", task.row.kind)["again"] else TaskRow.open_key,
            reason=parts.store.seal({"reason": reason}, f"task-reason:{id}"),
        )
    )
    with parts.store.begin() as session:
        if session.exec(taken).rowcount != 1:
            raise Conflict("the task is decided already", next_step="Open it to see how.")
        # Inside the transaction: without the entry the row is as it was.
        return parts.ledger.append(_draft(asker, task, answer, facts))


def _draft(asker: Asker, task: Task, answer: str, facts: Mapping[str, Any]) -> Draft:
    silent = bool(entry("task-kinds", task.row.kind)["silent"])
    return Draft(
        log=asker.organisation,
        kind="task.decided",
        asking=asking(asker),
        case="" if silent else task.case,
        facts={"task": task.row.kind, "answer": answer, **facts},
    )
