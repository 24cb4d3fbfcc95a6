"""Sources that stay out: a red child protection enquiry that lacks one for four hours becomes the duty manager's task.

Promise: the time runs from the first answer that lacked the source until an answer that has it; a case that has closed
raises nothing.
"""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select

from services.gateway.cases.states import S47, still_open
from services.gateway.parts import Parts, moment, stamp
from services.gateway.store.tables import CaseRow
from services.gateway.tasks.note import Note
from services.gateway.tasks.post import Post, post
from services.gateway.tasks.tables import SourceOutRow

HOURS = 4
KIND, URGENT = "source-still-out", "RED"


def note_sources(parts: Parts, note: Note, at: int) -> None:
    """Remember which sources an answer lacked, since when, and forget those that answered."""
    with parts.store.begin() as session:
        case = session.get(CaseRow, note.case)
        if case is None or (case.purpose, case.rag) != (S47, URGENT):
            return
        for source in note.sources_in:
            row = session.get(SourceOutRow, _id(parts, note.case, source))
            if row is not None:
                session.delete(row)
        for source in note.sources_out:
            id = _id(parts, note.case, source)
            if session.get(SourceOutRow, id) is None:
                told = {"case": note.case, "source": source}
                since = stamp(datetime.fromtimestamp(at, UTC))
                session.add(SourceOutRow(id=id, since=since, sealed=parts.store.seal(told, f"out:{id}")))


def raise_overdue(parts: Parts) -> int:
    """Raise the task of every source that has been out for too long; how many. For a timer."""
    now = parts.now()
    long_ago = stamp(now - timedelta(hours=HOURS))
    with parts.store.begin() as session:
        rows = session.exec(select(SourceOutRow).where(col(SourceOutRow.since) <= long_ago)).all()
    for row in rows:
        told = parts.store.open(row.sealed, f"out:{row.id}")
        with parts.store.begin() as session:
            case = session.get(CaseRow, told["case"])
        if case is not None and still_open(case, now):
            facts = {"source": told["source"], "out_since": row.since}
            key = f"{case.id}/{told['source']}"
            due = moment(row.since) + timedelta(hours=HOURS)
            post(parts, Post(KIND, case.organisation, case=case.id, facts=facts, due=due, key=key))
        # Raised, or for nobody: the next answer that lacks it begins a new time.
        with parts.store.begin() as session:
            session.delete(session.get_one(SourceOutRow, row.id))
    return len(rows)


def _id(parts: Parts, case: str, source: str) -> str:
    return parts.keys.mac("tasks").of("out", case, source)[:12].hex()
