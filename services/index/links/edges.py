"""Edges: this record speaks of this person. Added, never changed; the latest edge of a record holds.

Promise: an edge keeps all that it rests on (rule, weight, the model's digest, evidence, who and why), and what could tell of
a person or of who decided is sealed for that one edge.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select

from services.index.matching.verdict import Evidence, Scored, Verdict
from services.index.people import People, in_parts
from services.index.schema import LINK
from services.index.store import Store

AUTOMATIC, MANUAL, WITHDRAWN = "automatic", "manual", "withdrawn"
HUB = "hub"


@dataclass(frozen=True, slots=True, repr=False)
class Basis:
    """What an edge rests on, beside its rule."""

    verdict: Verdict | None = None
    model: str = ""
    """Digest of the model that weighed it."""
    other: str = ""
    """The record with which it was joined."""
    by: str = ""
    """Who decided; empty for the hub itself."""
    reason: str = ""


def add(
    people: People,
    item: str,
    person: str,
    rule: str,
    at: str,
    *,
    status: str = AUTOMATIC,
    basis: Basis | None = None,
    event: int | None = None,
    again: int = 0,
) -> None:
    """Write one edge; `event` is that of the transaction unless it is told."""
    basis = basis or Basis()
    store, scored = people.store, basis.verdict.scored if basis.verdict else None
    event = people.event if event is None else event
    place = _place(item, person, event, again, status)
    said = {"by": basis.by, "reason": basis.reason} if basis.by or basis.reason else None
    row = {
        "item": item,
        "person": person,
        "rule": rule,
        "actor": actor_of(store, basis.by),
        "at": at,
        "status": status,
        "event": event,
        "again": again,
        "other": basis.other,
        "weight": scored.weight if scored else None,
        "model": basis.model,
        "evidence": store.seal(_plain(scored), place) if scored else None,
        "reason": store.seal(said, place) if said else None,
    }
    people.connection.execute(insert(LINK).values(**row))


def actor_of(store: Store, by: str) -> str:
    """How whoever decided is known to a reader without the key: `hub`, or a keyed hash."""
    return f"{store.mac.number('actor', by):x}" if by else HUB


def manual(people: People, items: Collection[str]) -> frozenset[str]:
    """Those of these records that a person linked: their edge stands until a person withdraws it."""
    found: set[str] = set()
    for some in in_parts(sorted(set(items))):
        latest = select(func.max(LINK.c.id)).where(LINK.c.item.in_(some)).group_by(LINK.c.item)
        wanted = select(LINK.c.item).where(LINK.c.id.in_(latest), LINK.c.status == MANUAL)
        found |= set(people.connection.execute(wanted).scalars())
    return frozenset(found)


def of(people: People, items: Collection[str]) -> dict[str, list[Any]]:
    """Every edge of each record, oldest first."""
    found: dict[str, list[Any]] = {item: [] for item in items}
    for some in in_parts(sorted(found)):
        for row in people.connection.execute(select(LINK).where(LINK.c.item.in_(some)).order_by(LINK.c.id)):
            found[row.item].append(row)
    return found


def evidence_of(store: Store, row: Any) -> Scored | None:
    """The evidence of an edge, as it was weighed; None for one that was not weighed."""
    if row.evidence is None:
        return None
    plain: Mapping[str, Any] = store.unseal(row.evidence, _place_of(row))
    evidence = (Evidence(one[0], one[1], float(one[2]), float(one[3]), one[4]) for one in plain["evidence"])
    return Scored(row.weight, float(plain["prior"]), tuple(evidence))


def reason_of(store: Store, row: Any) -> tuple[str, str]:
    """Who made an edge, and why in their words; both empty for the hub itself."""
    if row.reason is None:
        return "", ""
    said: Mapping[str, str] = store.unseal(row.reason, _place_of(row))
    return said["by"], said["reason"]


def _plain(scored: Scored) -> dict[str, Any]:
    # Numbers as text: what is read back is the same to the last bit.
    rows = [
        [one.comparison, one.level, repr(one.bits), repr(one.frequency), one.place] for one in scored.evidence
    ]
    return {"prior": repr(scored.prior), "evidence": rows}


def _place(item: str, person: str, event: int, again: int, status: str) -> str:
    return f"link:{item}:{person}:{event}:{again}:{status}"


def _place_of(row: Any) -> str:
    return _place(row.item, row.person, row.event, row.again, row.status)
