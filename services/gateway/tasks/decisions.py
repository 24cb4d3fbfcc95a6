"""Owners' decisions as the main line reads them: for one case, about one record, or about all that a source holds of one
person (section 16LA of the Children Act 2004).

Promise: an approval holds for one record of one case and for 72 hours; what is not decided is `none`; the newest word
about a record counts.
"""

from datetime import datetime, timedelta

from sqlmodel import col, select

from services.contract.cases import Asker
from services.contract.problems import BadInput, Conflict
from services.contract.vocabulary import entry
from services.gateway.cases.states import still_open
from services.gateway.parts import Parts, fresh_id, stamp
from services.gateway.store.tables import CaseRow
from services.gateway.tasks.inbox import Task
from services.gateway.tasks.own_records import record_of
from services.gateway.tasks.owners import APPROVED, DISCLOSE, NONE, Decisions
from services.gateway.tasks.tables import OwnerDecisionRow

HOURS = 72
"""For which an approval holds, and within which a question may be approved."""


def standing(parts: Parts, case: str, now: datetime) -> Decisions:
    """The decisions for a case."""
    query = select(OwnerDecisionRow).where(OwnerDecisionRow.case_hash == case_hash(parts, case))
    with parts.store.begin() as session:
        rows = session.exec(query.order_by(col(OwnerDecisionRow.decided_at), OwnerDecisionRow.id)).all()
    records: dict[str, str] = {}
    holdings: dict[tuple[str, str], str] = {}
    for row in rows:
        told = parts.store.open(row.sealed, f"decision:{row.id}")
        outcome = NONE if row.until and row.until <= stamp(now) else row.outcome
        if told["record"]:
            records[told["record"]] = outcome
        else:
            holdings[told["source"], told["person"]] = outcome
    return Decisions(records, holdings)


def case_hash(parts: Parts, case: str) -> bytes:
    """The keyed hash under which decisions and questions of a case are found."""
    return parts.keys.mac("tasks").of("case", case)


def laid_down(
    parts: Parts, asker: Asker, task: Task, answer: str, item: str | None
) -> list[OwnerDecisionRow]:
    """The rows that an owner's answer makes. Raises `BadInput` (which record?), `Conflict` (too late, case closed)."""
    outcome = str(entry("task-answers", answer)["decision"])
    now = parts.now()
    if outcome in (APPROVED, DISCLOSE):
        _still_open(parts, task, now)
    chosen = record_of(parts, task, item) if item else None
    if item and chosen is None:
        raise BadInput("some places do not fit", places=("item: not a record of this task",))
    records = (chosen,) if chosen else task.records
    if outcome == APPROVED and task.records and len(records) != 1:
        raise BadInput("some places do not fit", places=("item: say which one record is approved",))
    until = stamp(now + timedelta(hours=HOURS)) if outcome == APPROVED else ""
    return [_row(parts, asker, task, outcome, record, until) for record in records or ("",)]


def _still_open(parts: Parts, task: Task, now: datetime) -> None:
    if task.row.due and task.row.due < stamp(now):
        raise Conflict(
            f"the question is more than {HOURS} hours old",
            next_step="The worker has to ask again; refuse this one.",
        )
    with parts.store.begin() as session:
        case = session.get(CaseRow, task.case)
    if case is None or not still_open(case, now):
        raise Conflict("the case is no longer open", next_step="Nothing can be approved for it any more.")


def _row(parts: Parts, asker: Asker, task: Task, outcome: str, record: str, until: str) -> OwnerDecisionRow:
    # In the order of their making, within one second too: the newest word counts.
    id = f"{int(parts.now().timestamp() * 1_000_000):016x}{fresh_id()}"
    told = {"record": record, "source": task.source, "person": task.person, "task": task.row.id}
    return OwnerDecisionRow(
        id=id,
        case_hash=case_hash(parts, task.case),
        organisation=asker.organisation,
        outcome=outcome,
        decided_by=asker.user,
        decided_at=stamp(parts.now()),
        until=until,
        sealed=parts.store.seal(told, f"decision:{id}"),
    )
