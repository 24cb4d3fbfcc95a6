"""Doubts for tests: what matching would leave to people, laid before the index without matching."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import delete, insert, select

from services.contract.people import AskerIdentity
from services.contract.reviews import Foreseen, ReviewAnswer, Reviewer, ReviewLine
from services.gateway.parts import moment, stamp
from services.index.index import Index
from services.index.matching.decide import OWN
from services.index.matching.verdict import NEW, Decision
from services.index.people import People
from services.index.review import keep
from services.index.schema import DOUBT, IDENTITY
from tests.unit.index.northshire import ON

AT = "2026-11-20T09:00:00Z"
ADMIN = Reviewer(AskerIdentity("northshire", "anna"), "MASH-ADMIN")
SECOND = Reviewer(AskerIdentity("northshire", "bryn"), "MASH-ADMIN")
OFFICER = Reviewer(AskerIdentity("northshire", "cora"), "PRIVACY-OFFICER")
OTHER_OFFICER = Reviewer(AskerIdentity("harbour-gp", "dewi"), "PRIVACY-OFFICER")
STRANGER = Reviewer(AskerIdentity("northshire-police", "eve"), "PRIVACY-OFFICER")
ADOPTION = Reviewer(AskerIdentity("northshire", "fay"), "ADOPTION-WORKER")


@contextmanager
def no_matching() -> Iterator[None]:
    """Every record that is published is a person of its own: nothing is in doubt but what a test lays."""
    with patch("services.index.link.decide", lambda *_, **__: Decision(NEW, OWN)):
        yield


@pytest.fixture
def unmatched() -> Iterator[None]:
    """`no_matching`, for a test."""
    with no_matching():
        yield


def item(index: Index, source: str, id: str, type: str = "Patient") -> str:
    """The item of a record."""
    return index._store.item(source, type, id)


def person(index: Index, item: str) -> str:
    """Whose record it is now."""
    with index._store.read() as connection:
        return str(connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item == item)).scalar_one())


def doubt(index: Index, one: str, *others: str, level: str = "close", at: str = AT) -> None:
    """The newest version of `one` may be the person of each of `others`; of nobody where none is named."""
    store = index._store
    with store.write() as connection:
        connection.execute(delete(DOUBT).where(DOUBT.c.item == one))
        known = People(connection, store, index._shelf.current(), at[:10]).of_items(others)
        for other in others:
            whom = known[other].person
            evidence = [["given", level, "4.5", "0.0"], ["place", "postcode", "6.5", "0.0"]]
            told = {"weight": "4.5", "prior": "-10.0", "evidence": evidence}
            sealed = store.seal(told, f"doubt:{one}:{whom}")
            row = {
                "item": one,
                "person": whom,
                "other": other,
                "rule": "likeness-in-doubt",
                "restricted": False,
            }
            connection.execute(insert(DOUBT).values(**row, at=at, evidence=sealed))
        keep.after(People(connection, store, index._shelf.current(), at[:10]), {one}, at, {one})


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


def later(at: str, days: int) -> str:
    """The moment so many days after another."""
    return stamp(moment(at) + timedelta(days=days))
