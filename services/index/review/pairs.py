"""A doubt between two records: what it rests on, sealed, and a digest by which the same doubt is known again.

Promise: a digest is keyed and changes exactly when what speaks for or against changes, not when a record is published
again; no value of a person stands in a readable column.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from services.contract.canonical import b64u, emit
from services.index.matching import score, traits
from services.index.matching.candidates import plain
from services.index.people import Known, People
from services.index.schema import CONFLICT, DOUBT
from services.index.store import Store

LIKENESS, NUMBER, ASKED = "likeness", "number-birth-date", "asked-by-hand"
"""Kinds of review-kinds.json: too alike to be left, one number under two dates of birth, and put by a person."""
Levels = tuple[tuple[str, str], ...]
"""(comparison, level) of each thing that speaks for or against."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The record in doubt and another one, whose item is `other`."""

    other: str
    kind: str
    digest: str
    rule: str = ""
    """Why it was left to people, a code of link-rules.json; empty for a number under two dates of birth."""
    levels: Levels = ()


def of_doubts(people: People, item: str) -> dict[str, Pair]:
    """What matching left in doubt of the newest version of a record; nothing that the other's newer version settled."""
    rows = people.connection.execute(select(DOUBT).where(DOUBT.c.item == item)).all()
    known = people.of_items({item, *(row.other for row in rows)}) if rows else {}
    found = {}
    for row in rows:
        if item in known and row.other in known and not _settled(people, known[item], known[row.other], row):
            told = people.store.unseal(row.evidence, f"doubt:{item}:{row.person}")
            levels = tuple((str(one[0]), str(one[1])) for one in told["evidence"])
            digest = _digest(people.store, row.rule, levels)
            found[str(row.other)] = Pair(row.other, LIKENESS, digest, row.rule, levels)
    return found


def _settled(people: People, mine: Known, other: Known, row: Any) -> bool:
    """The other record came later, was compared then, and is in doubt of this person no more."""
    if other.received <= row.at:
        return False
    back = select(DOUBT.c.item).where(DOUBT.c.item == other.item, DOUBT.c.person == mine.person)
    return people.connection.execute(back).first() is None


def of_conflicts(people: People, item: str) -> dict[str, Pair]:
    """The pairs of a record whose number stands under another date of birth elsewhere, as both records are now."""
    wanted = select(CONFLICT).where(or_(CONFLICT.c.item == item, CONFLICT.c.other == item))
    rows = people.connection.execute(wanted).all()
    others = {row.other if row.item == item else row.item for row in rows}
    known = people.of_items({item, *others}) if others else {}
    found = {}
    for other in sorted(others & known.keys()):
        if item in known and conflict_stands(known[item], known[other]):
            found[other] = Pair(other, NUMBER, _conflict_digest(people.store, known[item], known[other]))
    return found


def conflict_stands(one: Known, other: Known) -> bool:
    """Whether two records still claim one verified number for two dates of birth."""
    number = one.summary.verified
    dates = {one.summary.birth_date, other.summary.birth_date} - {""}
    return bool(number) and number == other.summary.verified and len(dates) == 2


def put_by_hand(people: People, item: str, other: str) -> Pair:
    """Two records of which somebody asks whether they are one person's, with what speaks for and against as they are now."""
    known = people.of_items([item, other])
    trained = people.store.trained
    one, two = (traits.of(plain(known[each].summary, people.on)) for each in (item, other))
    levels = tuple((part.comparison, part.level) for part in score.weigh(trained, one, two).evidence)
    return Pair(other, ASKED, _digest(people.store, ASKED, levels), "", levels)


def sealed(store: Store, pair: Pair, place: str) -> bytes:
    """What a pair rests on, for the store."""
    return store.seal({"rule": pair.rule, "levels": pair.levels}, place)


def opened(store: Store, row: Any, place: str) -> Pair:
    """The pair of a row of `index_review_pair`."""
    told = store.unseal(row.evidence, place)
    return Pair(
        row.other, row.kind, row.digest, told["rule"], tuple((one[0], one[1]) for one in told["levels"])
    )


def _digest(store: Store, rule: str, levels: Collection[tuple[str, str]]) -> str:
    return b64u(store.mac.of("review-doubt", emit([rule, sorted(map(list, levels))]).decode())[:16])


def _conflict_digest(store: Store, one: Known, other: Known) -> str:
    dates = sorted((one.summary.birth_date, other.summary.birth_date))
    return b64u(store.mac.of("review-conflict", one.summary.verified, *dates)[:16])
