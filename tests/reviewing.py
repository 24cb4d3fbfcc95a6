"""Doubts for tests: what matching would leave to people, laid before the index without matching."""

from datetime import timedelta

from sqlalchemy import select

from services.contract.people import AskerIdentity
from services.contract.reviews import Foreseen, ReviewAnswer, Reviewer, ReviewLine
from services.gateway.parts import moment, stamp
from services.index.index import Index
from services.index.matching.verdict import NEW, REVIEW, Decision, Doubt, Evidence, Scored, Verdict
from services.index.people import People
from services.index.review import keep
from services.index.schema import IDENTITY, RECORD
from tests.unit.index.northshire import ON

AT = "2026-11-20T09:00:00Z"
ADMIN = Reviewer(AskerIdentity("northshire", "anna"), "MASH-ADMIN")
SECOND = Reviewer(AskerIdentity("northshire", "bryn"), "MASH-ADMIN")
OFFICER = Reviewer(AskerIdentity("northshire", "cora"), "PRIVACY-OFFICER")
OTHER_OFFICER = Reviewer(AskerIdentity("harbour-gp", "dewi"), "PRIVACY-OFFICER")
STRANGER = Reviewer(AskerIdentity("northshire-police", "eve"), "PRIVACY-OFFICER")
ADOPTION = Reviewer(AskerIdentity("northshire", "fay"), "ADOPTION-WORKER")


def item(index: Index, source: str, id: str, type: str = "Patient") -> str:
    """The item of a record."""
    return index._store.item(source, type, id)


def person(index: Index, item: str) -> str:
    """Whose record it is now."""
    with index._store.read() as connection:
        return str(connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item == item)).scalar_one())


def doubt(
    index: Index, one: str, *others: str, level: str = "alike", at: str = AT, truncated: bool = False
) -> None:
    """The newest version of `one` was compared, and may be the person of each of `others`; of nobody where none is named."""
    verdict = Verdict(REVIEW, "likeness", Scored(4.5, -10.0, (Evidence("given", level, 4.5),)))
    doubts = tuple(Doubt(person(index, other), other, verdict) for other in others)
    decision = Decision(REVIEW if doubts else NEW, "likeness", doubts=doubts, truncated=truncated)
    with index._store.write() as connection:
        people = People(connection, index._store, index._shelf.current(), at[:10])
        keep.after(people, {one}, at, {one: decision})


def waiting(index: Index, reviewer: Reviewer = ADMIN, *, decided: bool = False) -> tuple[ReviewLine, ...]:
    """The reviewer's tasks."""
    return index.reviews.listed(reviewer, ON, decided=decided, most=100)


def answer(
    index: Index,
    task: str,
    said: str,
    reviewer: Reviewer = ADMIN,
    *,
    chosen: int = 1,
    reason: str = "Same school.",
    at: str = AT,
) -> Foreseen:
    """Foresee and give an answer; `chosen` counts the records of the task."""
    ref = index.reviews.open(reviewer, task, ON).records[chosen].ref if said == "same" else ""
    given = ReviewAnswer(task, said, ref, reason)
    foreseen = index.reviews.foresee(reviewer, given, ON)
    index.reviews.give(reviewer, given, foreseen, at)
    return foreseen


def versions(index: Index) -> int:
    """How many versions of records there are: none is ever changed by a review."""
    with index._store.read() as connection:
        return len(connection.execute(select(RECORD.c.id)).all())


def later(at: str, days: int) -> str:
    """The moment so many days after another."""
    return stamp(moment(at) + timedelta(days=days))
