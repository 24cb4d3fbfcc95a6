"""Deciding a task: an answer by code with a reason, by somebody who reads its inbox, once.

Promise: the answer is an entry before it holds; of two who answer at once one is told that it is decided already; the
reason stands sealed and is in no entry; nobody decides what they asked for or refused themselves.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, update

from services.contract.cases import Asker, DecideTask
from services.contract.problems import BadInput, Conflict
from services.contract.releases import Draft, Receipt
from services.contract.views import Refused
from services.contract.vocabulary import entry
from services.gateway.cases.entries import asking, refuse
from services.gateway.parts import Parts, stamp
from services.gateway.rights.erasure import carry_out
from services.gateway.tasks.decisions import laid_down
from services.gateway.tasks.inbox import Task, find_task
from services.gateway.tasks.opening import CONFLICT, connected
from services.gateway.tasks.tables import OwnerDecisionRow, TaskRow


def decide_task(parts: Parts, asker: Asker, id: str, body: DecideTask) -> dict[str, Any] | Refused:
    """Close the task: `{id, state, answer, decided_at, receipt, until?}`.

    Raises `NotFound`, `NotAllowed` (one's own question), `Conflict` (decided already, too late, case closed),
    `BadInput` (no answer of this kind, or which record?), `Unavailable`.
    """
    task = find_task(parts, asker, id)
    if body.answer not in task.answers:
        raise BadInput("some places do not fit", places=("answer: not an answer of this kind of task",))
    if not task.open:
        raise Conflict("the task is decided already", next_step="Open it to see how.")
    if task.person and connected(parts, asker, task.person):
        return refuse(parts.ledger, asker, CONFLICT, "")
    if refused := carry_out(parts, asker, task, body.answer):
        return refused
    owner = bool(entry("task-kinds", task.row.kind)["owner"])
    rows = laid_down(parts, asker, task, body.answer, body.item) if owner else []
    receipt = _close(parts, asker, task, body, rows)
    until = next((row.until for row in rows), "")
    told = {"id": id, "state": "DECIDED", "answer": body.answer, "decided_at": stamp(parts.now())}
    return told | ({"until": until} if until else {}) | {"receipt": receipt.id}


def _close(
    parts: Parts, asker: Asker, task: Task, body: DecideTask, rows: Sequence[OwnerDecisionRow]
) -> Receipt:
    """Take the row, lay down what it decides, enter, and let go: all or nothing. Raises `Conflict`, `Unavailable`."""
    id, now = task.row.id, stamp(parts.now())
    taken = (
        update(TaskRow)
        .where(col(TaskRow.id) == id, col(TaskRow.decided_at) == "")
        .values(
            decided_at=now,
            answer=body.answer,
            decided_by=asker.user,
            decided_as=asker.role,
            open_key=TaskRow.open_key if not entry("task-kinds", task.row.kind)["again"] else None,
            reason=parts.store.seal({"reason": body.reason}, f"task-reason:{id}"),
        )
    )
    with parts.store.begin() as session:
        if session.exec(taken).rowcount != 1:
            raise Conflict("the task is decided already", next_step="Open it to see how.")
        session.add_all(rows)
        session.flush()
        # Inside the transaction: without the entry everything is as it was.
        return parts.ledger.append(_draft(asker, task, body.answer, rows))


def _draft(asker: Asker, task: Task, answer: str, rows: Sequence[OwnerDecisionRow]) -> Draft:
    silent = bool(entry("task-kinds", task.row.kind)["silent"])
    facts: dict[str, Any] = {"task": task.row.kind, "answer": answer}
    if rows:
        facts |= {"records": len(rows)} | ({"until": rows[0].until} if rows[0].until else {})
    asked = task.facts.get("_entry")
    return Draft(
        log=asker.organisation,
        kind="task.decided",
        asking=asking(asker),
        case="" if silent else task.case,
        ref=(asked[0], asked[1]) if asked else None,
        facts=facts,
    )
