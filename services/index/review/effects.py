"""What a decision does to links and exclusions, and what undoing it does.

Promise: a decision adds edges or exclusions and never changes one; undoing withdraws the link, so that the index answers as one
that never made it. Nothing of a person is written in either.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select

from services.contract.problems import Conflict
from services.index.links import edges, events, exclusions, undone
from services.index.links.acts import BY_HAND
from services.index.links.attach import attach
from services.index.people import People
from services.index.schema import IDENTITY, LINK


@dataclass(frozen=True, slots=True)
class Word:
    """On whose word something is done, why, and when."""

    by: str
    """Opaque id in the staff register."""
    reason: str = field(repr=False)
    at: str


def join(people: People, item: str, other: str, word: Word) -> str:
    """The person of `item` is the person of `other`: every record of the first one moves. By what comes back it is undone.

    Raises `Conflict` where a person's decision holds one of them apart.
    """
    known = people.of_items([item, other])
    mine, theirs = known[item].person, known[other].person
    if mine == theirs:
        return ""
    moved = sorted(people.items([mine]))
    if any(exclusions.barred(people.connection, one, [theirs]) for one in moved):
        raise Conflict("a person's decision holds these records apart; undo it first")
    people.event = events.happened(people.connection, events.LINKED, item, word.at)
    basis = edges.Basis(other=other, by=word.by, reason=word.reason)
    for one in moved:
        attach(people, one, theirs, BY_HAND, word.at, edges.MANUAL, basis)
    return str(people.event)


def part(people: People, effect: str, other: str, word: Word) -> None:
    """What `join` joined is taken apart: decided again, as if it never had been."""
    wanted = select(LINK.c.item).where(LINK.c.event == int(effect or 0), LINK.c.rule == BY_HAND)
    moved = set(people.connection.execute(wanted).scalars())
    for item in sorted(moved):
        # As things stand now: undoing one may have taken the next along.
        if _person(people, item) == _person(people, other):
            undone.withdraw(people, item, [other], word.at, by=word.by, reason=word.reason)


def exclude(people: People, item: str, others: Collection[str], word: Word) -> None:
    """None of `others` is of one person with `item`."""
    for other in sorted(others):
        exclusions.exclude(
            people.store, people.connection, (item, other), word.at, by=word.by, reason=word.reason
        )


def lift(people: People, item: str, others: Collection[str], word: Word) -> None:
    """The exclusions of these pairs hold no more."""
    for row in exclusions.of_items(people.connection, [item]):
        if not row["lifted"] and {row["item"], row["other"]} - {item} <= set(others):
            exclusions.lift(
                people.store, people.connection, row["id"], word.at, by=word.by, reason=word.reason
            )


def _person(people: People, item: str) -> str:
    found = people.connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item == item))
    return str(found.scalar() or "")
