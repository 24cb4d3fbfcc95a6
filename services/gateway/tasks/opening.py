"""Opening a task: whoever reads its inbox is shown what it is about, and that is a release like any other.

Promise: the entry is durable before anything of the task is shown; somebody connected to the person is refused in
neutral words, as at every release.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.contract.cases import Asker
from services.contract.people import AskerIdentity, Relate
from services.contract.releases import Draft, SubjectCount
from services.contract.views import Refused
from services.contract.vocabulary import entry
from services.gateway.cases.entries import asking, refuse
from services.gateway.commit import commit
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.receipts import opening_for
from services.gateway.record import receipt_entry
from services.gateway.store.tables import CaseRow
from services.gateway.tasks.inbox import Task, find_task, line

CONFLICT = "CONFLICT_OF_INTEREST"


def open_task(parts: Parts, asker: Asker, id: str) -> dict[str, Any] | Refused:
    """What `GET /tasks/{id}` gives: `{…line, answers, purpose?, facts, receipt}`. Raises `NotFound`, `Unavailable`."""
    task = find_task(parts, asker, id)
    if task.person and connected(parts, asker, task.person):
        return refuse(parts.ledger, asker, CONFLICT, _purpose(parts, task))
    return release(parts, asker, task, shown(parts, task), ())


def shown(parts: Parts, task: Task) -> dict[str, Any]:
    """The task without anything of a record: codes, times, and what was written to whoever decides."""
    answers = [
        {name: str(entry("task-answers", code)[name]) for name in ("code", "title", "sentence")}
        for code in task.answers
    ]
    purpose = _purpose(parts, task)
    told = line(parts, task.row) | {"answers": answers, "facts": task.facts}
    return told | ({"purpose": purpose} if purpose else {})


def release(
    parts: Parts, asker: Asker, task: Task, told: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Append the entry of what is shown of a task; the same with its receipt. Raises `LedgerUnavailable`."""
    people = [SubjectCount(task.person, len(resources))] if task.person else []
    prepared = parts.ledger.prepare(people)
    commitment = commit(prepared, {task.person: list(resources)}, told)
    silent = bool(entry("task-kinds", task.row.kind)["silent"])
    receipt = parts.ledger.append(
        Draft(
            log=asker.organisation,
            kind="task.opened",
            asking=asking(asker),
            event_id=prepared.event_id,
            # Nobody outside the inbox may learn of a silent task: its entries name no case.
            case="" if silent else task.case,
            subjects=commitment.subjects,
            body_bucket=commitment.body_bucket,
            body_digest=commitment.body_digest,
            opening=opening_for(asker.token, commitment.opening),
            facts={"task": task.row.kind},
        )
    )
    return dict(told) | {"receipt": receipt_entry(receipt).model_dump()}


def connected(parts: Parts, asker: Asker, person: str) -> bool:
    """Whether the person is the asker's own, of their household or family, or a declared conflict."""
    identity = AskerIdentity(asker.organisation, asker.user, asker.teams, asker.own)
    found = parts.index.relate(Relate(person, "person", day(parts.now()), (), asker=identity))
    return any(one.conflict for one in found.people if one.person == person)


def _purpose(parts: Parts, task: Task) -> str:
    if not task.case:
        return ""
    with parts.store.begin() as session:
        row = session.get(CaseRow, task.case)
    return row.purpose if row else ""
