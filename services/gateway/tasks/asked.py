"""What was asked of others on a case, and what came of it, for the case's members.

Promise: a refusal is told by its code and never with its reason, which stays with whoever refused; advice is told with
its words, because it is the members' own organisation's.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from services.contract.cases import Asker
from services.contract.vocabulary import entry
from services.gateway.cases.states import load
from services.gateway.parts import Parts, moment, stamp
from services.gateway.tasks.decisions import HOURS, case_hash
from services.gateway.tasks.inbox import Task, opened
from services.gateway.tasks.owners import APPROVED
from services.gateway.tasks.tables import AskedRow, TaskRow

HAND_OVER = "case-hand-over"
_STATES = {"approved": "APPROVED", "refused": "REFUSED", "detriment": "RESTRICTED", "harm": "RESTRICTED"}
_CODES = {"REFUSED": "OWNER_APPROVAL", "RESTRICTED": "RESTRICTED"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, its task, and how it stands: WAITING | LAPSED | APPROVED | ENDED | REFUSED | RESTRICTED | ANSWERED."""

    row: AskedRow = field(repr=False)
    task: Task = field(repr=False)
    what: str
    source: str
    state: str
    until: str
    """Until when an approval holds; empty where there is none."""
    answer: str
    """The answer's title, of advice only."""
    words: str = field(repr=False)
    """The adviser's words."""

    def for_whom(self, asker: Asker) -> bool:
        """Whether a member of the case is shown it: a call to hand a case over is that worker's alone."""
        return self.task.row.kind != HAND_OVER or self.row.asked_by == asker.user


def keep_asked(parts: Parts, user: str, case: str, task: str, event_id: str, told: dict[str, str]) -> str:
    """Remember what was asked, so that its asker can follow it; once for each entry. The id."""
    id = parts.keys.mac("tasks").of("asked", event_id, task)[:12].hex()
    row = AskedRow(
        id=id,
        case_hash=case_hash(parts, case),
        task=task,
        asked_by=user,
        asked_at=stamp(parts.now()),
        event_id=event_id,
        sealed=parts.store.seal(told, f"asked:{id}"),
    )
    with parts.store.begin() as session:
        session.merge(row)
    return id


def asked_on(parts: Parts, case: str) -> list[Asked]:
    """Everything that was asked on a case, newest first."""
    query = select(AskedRow, TaskRow).where(
        AskedRow.case_hash == case_hash(parts, case), AskedRow.task == TaskRow.id
    )
    with parts.store.begin() as session:
        pairs = session.exec(query.order_by(col(AskedRow.asked_at).desc(), AskedRow.id)).all()
    return [_asked(parts, row, task) for row, task in pairs]


def find_asked(parts: Parts, case: str, id: str) -> Asked | None:
    """One of them, or None: another case's, and none at all."""
    return next((one for one in asked_on(parts, case) if one.row.id == id), None)


def list_asked(parts: Parts, asker: Asker, case: str) -> list[dict[str, Any]]:
    """What `GET /cases/{id}/asked` gives, for a member. Raises `NotFound`."""
    load(parts, asker, case)
    return [_told(asker, one) for one in asked_on(parts, case) if one.for_whom(asker)]


def sentence_of(one: Asked) -> str:
    """What a refusal is told with; empty where nothing was refused."""
    code = _CODES.get(one.state, "")
    if not code:
        return ""
    reason = entry("reasons", code)
    return str(reason.get("refused_sentence", reason["sentence"]))


def _asked(parts: Parts, row: AskedRow, task: TaskRow) -> Asked:
    told = parts.store.open(row.sealed, f"asked:{row.id}")
    decision = str(entry("task-answers", task.answer)["decision"]) if task.answer else ""
    until = stamp(moment(task.decided_at) + timedelta(hours=HOURS)) if decision == APPROVED else ""
    advice = bool(task.answer) and bool(entry("task-kinds", task.kind).get("words_told"))
    words = (
        parts.store.open(task.reason, f"task-reason:{task.id}")["reason"] if advice and task.reason else ""
    )
    return Asked(
        row=row,
        task=opened(parts, task),
        what=told["what"],
        source=told["source"],
        state=_state(parts, task, decision, until),
        until=until,
        answer=str(entry("task-answers", task.answer)["title"]) if advice else "",
        words=words,
    )


def _state(parts: Parts, task: TaskRow, decision: str, until: str) -> str:
    now = stamp(parts.now())
    if not task.answer:
        return "LAPSED" if task.due and task.due < now else "WAITING"
    if until and until <= now:
        return "ENDED"
    return _STATES.get(decision, "ANSWERED")


def _told(asker: Asker, one: Asked) -> dict[str, Any]:
    told = {
        "id": one.row.id,
        "task": one.task.row.kind,
        "what": one.what,
        "source": one.source,
        "asked_at": one.row.asked_at,
        "asked_by_me": one.row.asked_by == asker.user,
        "state": one.state,
    }
    more = {"until": one.until, "code": _CODES.get(one.state, ""), "sentence": sentence_of(one)}
    more |= {"answer": one.answer, "words": one.words}
    return told | {name: value for name, value in more.items() if value}
