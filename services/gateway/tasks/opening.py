"""Opening a task: whoever reads its inbox is shown what it is about, and that is a release like any other.

Promise: the entry is durable before anything of the task is shown; somebody connected to the person is refused in
neutral words, as at every release.
"""

from collections.abc import Mapping
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
from services.gateway.tasks.own_records import Own, own_records, token_of

CONFLICT = "CONFLICT_OF_INTEREST"


def open_task(parts: Parts, asker: Asker, id: str) -> dict[str, Any] | Refused:
    """What `GET /tasks/{id}` gives: `{…line, answers, purpose?, facts, about?, items, receipt}`.

    `items`: the records that it is about, of the reader's own organisation, each `{item, resource}`; `about`: who it is,
    by the organisation's own record. Raises `NotFound`, `NotAllowed`, `Unavailable`.
    """
    task = find_task(parts, asker, id)
    if task.person and connected(parts, asker, task.person):
        return refuse(parts.ledger, asker, CONFLICT, _purpose(parts, task))
    own = own_records(parts, asker, task)
    return _release(parts, asker, task, _shown(parts, task, own), own)


def _shown(parts: Parts, task: Task, own: Own) -> dict[str, Any]:
    answers = [
        {name: str(entry("task-answers", code)[name]) for name in ("code", "title", "sentence")}
        for code in task.answers
    ]
    facts = {name: value for name, value in task.facts.items() if not name.startswith("_")}
    items = [{"item": token_of(parts, task, one.record), "resource": dict(one.resource)} for one in own.items]
    about = {
        name: own.patient[name]
        for name in ("name", "birthDate")
        if own.patient is not None and name in own.patient
    }
    more = {"purpose": _purpose(parts, task), "about": about}
    told = line(parts, task.row) | {"answers": answers, "facts": facts, "items": items}
    return told | {name: value for name, value in more.items() if value}


def _release(parts: Parts, asker: Asker, task: Task, told: Mapping[str, Any], own: Own) -> dict[str, Any]:
    """Append the entry of what is shown; the same with its receipt. Raises `LedgerUnavailable`."""
    resources = [one.resource for one in own.items]
    prepared = parts.ledger.prepare([SubjectCount(task.person, len(resources))] if task.person else [])
    commitment = commit(prepared, {task.person: resources}, told)
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
            opening_parts=commitment.opening_parts,
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
