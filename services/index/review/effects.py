"""What a decision does to links and exclusions, and what undoing it does.

Promise: a decision adds an edge or an exclusion and never changes one; undoing adds another, and lifts. Nothing of a person
is written in either.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import insert, select, update

from services.index import protect
from services.index.links import edges, events, exclusions
from services.index.people import People
from services.index.review.pairs import Pair
from services.index.schema import EVENT, IDENTITY, LINK, PERSON
from services.index.store import opaque

JOINED, PARTED = "reviewed-same", "reviewed-undone"


@dataclass(frozen=True, slots=True)
class Word:
    """On whose word something is done, why, and when."""

    by: str
    """Opaque id in the staff register."""
    reason: str = field(repr=False)
    at: str


def join(people: People, item: str, pair: Pair, word: Word) -> str:
    """The person of `item` is the person of the other record: every record of the first one moves. The event's ref."""
    known = people.of_items([item, pair.other])
    effect = opaque()
    moved = sorted(people.items([known[item].person]))
    if known[item].person != known[pair.other].person:
        basis = edges.Basis(pair.verdict, other=pair.other, by=word.by, reason=word.reason)
        _move(people, moved, known[pair.other].person, (JOINED, events.LINKED, effect), basis, word)
    return effect


def part(people: People, effect: str, item: str, other: str, word: Word) -> None:
    """The records that `effect` moved are a person of their own again, and stay apart from the other one."""
    joined = select(EVENT.c.seq).where(EVENT.c.ref == effect, EVENT.c.kind == events.LINKED)
    wanted = select(LINK.c.item).where(LINK.c.event.in_(joined), LINK.c.rule == JOINED)
    moved = sorted(set(people.connection.execute(wanted).scalars()))
    if moved:
        person = opaque()
        people.connection.execute(insert(PERSON).values(id=person, since=word.at))
        basis = edges.Basis(other=other, by=word.by, reason=word.reason)
        _move(people, moved, person, (PARTED, events.WITHDRAWN, effect), basis, word)
    exclude(people, item, [other], word)


def exclude(people: People, item: str, others: Collection[str], word: Word) -> None:
    """None of `others` is of one person with `item`."""
    for other in sorted(others):
        exclusions.exclude(
            people.store, people.connection, (item, other), word.at, by=word.by, reason=word.reason
        )


def lift(people: People, item: str, others: Collection[str], word: Word) -> None:
    """The exclusions of these pairs hold no more."""
    for row in exclusions.of_items(people.connection, [item]):
        if not row.lifted and {row.item, row.other} - {item} <= set(others):
            exclusions.lift(people.store, people.connection, row.id, word.at, by=word.by, reason=word.reason)


def _move(
    people: People,
    items: Collection[str],
    person: str,
    what: tuple[str, str, str],
    basis: edges.Basis,
    word: Word,
) -> None:
    rule, kind, ref = what
    event = events.happened(people.connection, kind, ref, word.at)
    status = edges.MANUAL if rule == JOINED else edges.WITHDRAWN
    for item in items:
        edges.add(people, item, person, rule, word.at, status=status, basis=basis, event=event)
        people.connection.execute(update(IDENTITY).where(IDENTITY.c.item == item).values(person=person))
    fresh = People(people.connection, people.store, people.book, people.on)
    protect.refresh_keys(fresh, set(items))
