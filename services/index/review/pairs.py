"""A doubt between two records: what it rests on, sealed, and a digest by which the same doubt is known again.

Promise: a digest is keyed and changes exactly when what speaks for or against changes, not when a record is published
again; no value of a person stands in a readable column.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import or_, select

from services.contract.canonical import b64u, emit
from services.index.matching.verdict import Doubt, Evidence, Scored, Verdict
from services.index.people import Known, People
from services.index.schema import CONFLICT
from services.index.store import Store

LIKENESS, NUMBER = "likeness", "number-birth-date"
"""Kinds of review-kinds.json: too alike to be left, and one number under two dates of birth."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The record in doubt and another one, whose item is `other`."""

    other: str
    kind: str
    digest: str
    verdict: Verdict | None = None
    """None for a number under two dates of birth: that is all there is to say."""


def of_doubts(store: Store, doubts: Iterable[Doubt]) -> dict[str, Pair]:
    """The pairs of a decision that leaves it to people."""
    return {one.item: Pair(one.item, LIKENESS, _digest(store, one.verdict), one.verdict) for one in doubts}


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


def sealed(store: Store, pair: Pair, place: str) -> bytes:
    """What a pair rests on, for the store."""
    return store.seal(asdict(pair.verdict) if pair.verdict else {}, place)


def opened(store: Store, row: Any, place: str) -> Pair:
    """The pair of a row of `index_review_pair`."""
    told = store.unseal(row.evidence, place)
    return Pair(row.other, row.kind, row.digest, _verdict(told) if told else None)


def _verdict(told: Mapping[str, Any]) -> Verdict:
    scored = told["scored"]
    evidence = tuple(
        Evidence(one["comparison"], one["level"], float(one["bits"]), float(one["frequency"]), one["place"])
        for one in scored["evidence"]
    )
    return Verdict(
        told["outcome"], told["rule"], Scored(float(scored["weight"]), float(scored["prior"]), evidence)
    )


def _digest(store: Store, verdict: Verdict) -> str:
    levels = sorted([one.comparison, one.level] for one in verdict.scored.evidence)
    return b64u(store.mac.of("review-doubt", emit([verdict.rule, levels]).decode())[:16])


def _conflict_digest(store: Store, one: Known, other: Known) -> str:
    dates = sorted((one.summary.birth_date, other.summary.birth_date))
    return b64u(store.mac.of("review-conflict", one.summary.verified, *dates)[:16])
