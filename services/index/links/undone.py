"""A link withdrawn: the index as one that received the same records in the same order and never made it.

Promise: one transaction, all of it or nothing; nothing is deleted; an id whose records are no longer together is retired, and
each part has an id of its own, so that what was said of the two together is not taken for either's alone.

Steps, in this order: 1 what is withdrawn, and from whom; 2 the exclusion, as if it always held; 3 everybody whom it may sway is
decided again, until nobody further is swayed; 4 ids; 5 edges; 6 where each record stands, its look-up keys and doubts;
7 the tasks of whoever reviews identities.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from services.contract.problems import BadInput, NotFound
from services.index import link
from services.index.links import doubtful, edges, events, exclusions, history, past_keys
from services.index.links.again import Again, Replayed
from services.index.links.near import Near
from services.index.matching.verdict import LINK, Verdict
from services.index.people import People, in_parts
from services.index.review import keep
from services.index.schema import IDENTITY, LOOK_UP, PERSON
from services.index.store import opaque

WITHDRAWN_BY_HAND = "withdrawn-by-hand"


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it."""

    event: int
    exclusions: tuple[str, ...]
    since: str
    """When the two were joined, as far as the edges tell."""
    retired: Mapping[str, tuple[str, ...]]
    """Old id -> the ids of its parts."""
    moved: int
    """Records that are of another person now, ids aside."""


def withdraw(
    people: People,
    item: str,
    apart_from: Collection[str],
    at: str,
    *,
    by: str,
    reason: str,
    scope: str = exclusions.ALL,
) -> Undone:
    """Take `item` away from the records `apart_from`, or from all with which it was joined. `people`: of a write transaction;
    `scope`: who may lift the exclusions that it writes.

    Raises `NotFound` where there is no such record, `BadInput` where the two are not one person's.
    """
    person, others, since = joined(people, item, apart_from)  # 1
    ids = [
        exclusions.exclude(
            people.store,
            people.connection,
            (item, other),
            at,
            by=by,
            reason=reason,
            scope=scope,
            from_the_first=True,
        )
        for other in sorted(others)
    ]  # 2
    people.event = events.happened(people.connection, events.WITHDRAWN, item, at)
    basis = edges.Basis(by=by, reason=reason)
    edges.add(people, item, person, WITHDRAWN_BY_HAND, at, status=edges.WITHDRAWN, basis=basis)
    replayed = decided_again(people, history.together(people, {item, *others}))  # 3
    retired, moved = apply(people, replayed, at)
    keep.after(people, set(replayed.histories), at, set(replayed.histories))  # 7
    return Undone(people.event, tuple(ids), since, retired, moved)


def joined(people: People, item: str, apart_from: Collection[str]) -> tuple[str, set[str], str]:
    """(person, the records from which it is taken, since when). Of nobody named: those that were there when it came."""
    person = link.held(people, item)
    if not person:
        raise NotFound("no such record introduces anybody")
    there = people.connection.execute(select(IDENTITY.c.item).where(IDENTITY.c.person == person)).scalars()
    together = set(there) - {item}
    if not together or not set(apart_from) <= together:
        raise BadInput("these records are not one person's: nothing joins them")
    came = {one: _since(rows, person) for one, rows in history.of(people, together | {item}).items()}
    mine = came[item]
    others = set(apart_from) or {one for one in together if came[one] <= mine} or together
    return person, others, max(mine, *(came[one] for one in others))[1]


def _since(rows: Collection[Any], person: str) -> tuple[int, str]:
    """From when on a record has been of the person without a break."""
    since = (0, "")
    before = ""
    for row in rows:
        if row.person == person and before != person:
            since = (row.event, row.at)
        before = row.person
    return since


def decided_again(people: People, first: Collection[str]) -> Replayed:
    """Decide `first` again, and then whoever that may sway, until nobody further is swayed."""
    near = Near(people)
    decided = set(first)
    while True:
        replayed = Again(people, decided, near.weighed(decided), near.seen(decided)).run()
        further = near.swayed(_touched(people, replayed)) - decided
        if not further:
            return replayed
        decided |= further


def _touched(people: People, replayed: Replayed) -> set[str]:
    """All records of every person of whom some record now speaks otherwise than it did, at any time."""
    recorded = history.of(people, replayed.histories)
    persons: set[str] = set()
    touched: set[str] = set()
    for item, rows in replayed.histories.items():
        before = [(row.event, row.person) for row in recorded[item]]
        if before != [(row.event, row.person) for row in rows]:
            touched.add(item)
            persons |= {row.person for row in (*recorded[item], *rows)}
    found = {item for item, rows in replayed.histories.items() if persons & {row.person for row in rows}}
    return touched | found | {
        item for item, person in replayed.persons.items() if person in persons
    } | history.ever(people, persons)  # fmt: skip


def apply(people: People, replayed: Replayed, at: str) -> tuple[dict[str, tuple[str, ...]], int]:
    """Make what was decided again the index's own; (old id -> the ids of its parts, how many records moved)."""
    before = _standing(people, replayed.histories)
    after = {item: replayed.persons[item] for item in before}
    parts: dict[str, set[str]] = {}
    for item, person in before.items():
        parts.setdefault(person, set()).add(after[item])
    fresh = {person: opaque() for person, of in parts.items() if len(of) > 1}  # 4
    named = {fresh.get(person, person) for rows in replayed.histories.values() for person in _persons(rows)}
    known = set(_known(people, named))
    new = [{"id": person, "since": at} for person in sorted(named - known)]
    if new:
        people.connection.execute(insert(PERSON), new)
    for item, rows in sorted(replayed.histories.items()):
        _write(people, item, rows, fresh)  # 5
    for item, person in after.items():  # 6
        now = fresh.get(person, person)
        if now != before[item]:
            people.connection.execute(update(IDENTITY).where(IDENTITY.c.item == item).values(person=now))
    _keys(people, replayed)
    doubtful.follow(people, replayed, fresh)
    retired = {
        person: tuple(sorted(fresh.get(part, part) for part in parts[person])) for person in sorted(fresh)
    }
    return retired, sum(before[item] != after[item] for item in before)


def _standing(people: People, items: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in in_parts(sorted(items)):
        rows = people.connection.execute(
            select(IDENTITY.c.item, IDENTITY.c.person).where(IDENTITY.c.item.in_(some))
        )
        found |= {row.item: row.person for row in rows}
    return found


def _known(people: People, persons: Collection[str]) -> list[str]:
    found: list[str] = []
    for some in in_parts(sorted(persons)):
        found += people.connection.execute(select(PERSON.c.id).where(PERSON.c.id.in_(some))).scalars()
    return found


def _persons(rows: Collection[Any]) -> set[str]:
    return {row.person for row in rows}


def _write(people: People, item: str, rows: Collection[Any], fresh: Mapping[str, str]) -> None:
    """The whole history of a record as it was decided again, where it is not as it stands."""
    stands = [(row.event, row.person, row.status) for row in history.of(people, [item])[item]]
    if stands == [(row.event, fresh.get(row.person, row.person), row.status) for row in rows]:
        return
    for row in rows:
        by, reason = edges.reason_of(people.store, row)
        scored = edges.evidence_of(people.store, row)
        verdict = Verdict(LINK, row.rule, scored) if scored else None
        edges.add(
            people,
            item,
            fresh.get(row.person, row.person),
            row.rule,
            row.at,
            status=row.status,
            basis=edges.Basis(verdict, row.model, row.other, by, reason),
            event=row.event,
            again=people.event,
        )


def _keys(people: People, replayed: Replayed) -> None:
    """Look-up keys as they would be; a person's protection may be another's no more."""
    for item, wanted in sorted(replayed.keys.items()):
        stands = select(LOOK_UP.c.key).where(LOOK_UP.c.item == item)
        had = set(people.connection.execute(stands).scalars())
        if had != wanted:
            past_keys.keep(people, item, wanted)
            people.connection.execute(delete(LOOK_UP).where(LOOK_UP.c.item == item))
            rows = [{"key": key, "item": item} for key in sorted(wanted)]
            if rows:
                people.connection.execute(insert(LOOK_UP), rows)
