"""One record after another put to the matcher, just as a publish does it, and what came of each.

What is timed is what a publish does to know whom a record is about: read the resource into its summary, find candidates by
their keyed hashes, open their sealed rows, score them, decide (`link.choose`). Nobody is linked by it, so each answers to the
same people. Each transaction begins as a publish's does, alone among writers, before the clock does, and ends as a publish's
does, with a commit: at a rollback the driver of PostgreSQL forgets what it has
prepared, and every statement of the next question would be planned anew.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from benchmarks.matching.load import RECEIVED, record_row
from benchmarks.matching.place import Place
from services.index import labels, link
from services.index.matching import candidates, first_look
from services.index.matching.decide import OWN
from services.index.matching.verdict import LINK, REVIEW, Decision
from services.index.people import People
from services.index.read import Summary, summarise
from services.index.schema import CURRENT, IDENTITY, OUTBOX, RECORD
from services.index.store import opaque

AUTO_RIGHT, AUTO_WRONG, ASKED_RIGHT, ASKED_OTHER, NOBODY = (
    "auto",
    "WRONG",
    "review",
    "review of others",
    "nobody",
)
"""What a query comes to: linked to its person, to another, to be reviewed with its person among them or not, a new person."""


@dataclass(frozen=True, slots=True)
class Question:
    """A record to be matched, and the FHIR id of the record of the same person (empty: nobody is)."""

    resource: Mapping[str, Any]
    source: str
    expected: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a question. `candidate`: whether its person was among the candidates; None where nobody was expected."""

    outcome: str
    rule: str
    candidate: bool | None
    seconds: float
    processor: float
    truncated: bool
    holds_number: bool
    """It says an NHS number that is verified."""


def stage(place: Place, questions: Sequence[Question]) -> None:
    """Store the records asked about, as the first transaction of their publish does, and make them the version in force."""
    outbox = opaque()
    said = {"client": "", "stored": [], "findings": []}
    row = {"id": outbox, "event_id": opaque(), "source": "council", "received": RECEIVED, "digest": "", "done": True,
           "note": place.store.seal(said, f"outbox:{outbox}")}  # fmt: skip
    rows = [record_row(place, one.source, one.resource, outbox, CURRENT) for one in questions]
    with place.store.read() as connection:
        there: set[str] = set()
        for start in range(0, len(rows), 500):
            items = [row["item"] for row in rows[start : start + 500]]
            there |= set(connection.execute(select(RECORD.c.item).where(RECORD.c.item.in_(items))).scalars())
    rows = [one for one in rows if one["item"] not in there]
    with place.store.write() as connection:
        connection.execute(insert(OUTBOX).values(**row))
        for start in range(0, len(rows), 1_000):
            connection.execute(insert(RECORD), rows[start : start + 1_000])


def ask(place: Place, question: Question) -> Result:
    """One question, timed."""
    store, book = place.store, place.book
    item = store.item(question.source, "Patient", question.resource["id"])
    with store.write() as connection:
        began, used = time.perf_counter(), time.thread_time()
        source = book.sources[question.source]
        people = People(connection, store, book, RECEIVED[:10])
        summary = summarise(
            question.resource, source.traces_nhs_numbers, labels.confidentiality(question.resource)
        )
        edge = link.choose(people, item, summary)
        seconds, processor = time.perf_counter() - began, time.thread_time() - used
        decision = edge.decision or Decision(OWN, OWN)
        expected = _person(people, place, question.expected)
        outcome = _outcome(decision, expected)
        candidate = _among(people, item, summary, decision, expected) if expected else None
        return Result(
            outcome, decision.rule, candidate, seconds, processor, decision.truncated, bool(summary.verified)
        )


def ask_all(place: Place, questions: Sequence[Question], warm: int = 100) -> Iterator[Result]:
    """Every question in order, after some that are not counted."""
    for question in questions[:warm]:
        ask(place, question)
    for question in questions:
        yield ask(place, question)


def _person(people: People, place: Place, expected: str) -> str:
    if not expected:
        return ""
    item = place.store.item("nhs", "Patient", expected)
    found = people.connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item == item)).scalar()
    if found is None:
        raise SystemExit(
            "a person asked about is not in this index: the folder and the index do not belong together"
        )
    return str(found)


def _outcome(decision: Decision, expected: str) -> str:
    if decision.outcome == LINK:
        return AUTO_RIGHT if expected and decision.person == expected else AUTO_WRONG
    if decision.outcome == REVIEW:
        return ASKED_RIGHT if expected in {doubt.person for doubt in decision.doubts} else ASKED_OTHER
    return NOBODY


def _among(people: People, item: str, summary: Summary, decision: Decision, expected: str) -> bool:
    if expected == decision.person or expected in {doubt.person for doubt in decision.doubts}:
        return True
    spoken = candidates.plain(summary, people.on)
    return expected in candidates.find(people, item, spoken, first_look.look(people, item, spoken)).people
