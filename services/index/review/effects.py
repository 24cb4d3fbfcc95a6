"""What a decision does to links and exclusions, and what undoing it does.

Promise: a decision adds edges or exclusions and never changes one; undoing withdraws the link, so that the index answers as one
that never made it. Nothing of a person is written in either.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from services.contract.problems import BadInput, Conflict
from services.contract.reviews import Joined
from services.index.links import edges, exclusions, joining, undone
from services.index.people import People
from services.index.schema import IDENTITY, LINK


@dataclass(frozen=True, slots=True)
class Word:
    """On whose word something is done, why, and when."""

    by: str
    """Opaque id in the staff register."""
    reason: str = field(repr=False)
    at: str
    scope: str = exclusions.ALL
    """As whom: `adoption` for whoever keeps the identities of adoptions."""


def check(people: People, item: str, other: str, *, lifts: str = "") -> None:
    """Whether `join` may be done. Raises `Conflict`, in the same words whatever stands in the way: which of them it is would
    tell of records that the reviewer was not shown.
    """
    known = people.of_items([item, other])
    mine, theirs = known[item].person, known[other].person
    if mine == theirs:
        return
    lifted = [row["id"] for row in _lifted(people, item, other, lifts)]
    try:
        joining.check(people, mine, theirs, joining.edges_between(people, item, other), lifted)
    except (BadInput, Conflict):
        raise Conflict(
            "not all that the hub holds of the two can be of one person",
            next_step="Say that you cannot tell, or that they are not the same; the sources must settle it first.",
        ) from None


def join(people: People, item: str, other: str, word: Word, *, lifts: bool = False) -> str:
    """The person of `item` is the person of `other`: every record of the first one moves. By what comes back it is undone.

    `lifts`: what was held apart before is asked again, so exclusions of these two records are lifted first. Raises as `check`.
    """
    scope = word.scope if lifts else ""
    check(people, item, other, lifts=scope)
    known = people.of_items([item, other])
    if known[item].person == known[other].person:
        return ""
    for row in _lifted(people, item, other, scope):
        _lift(people, row["id"], word)
    agreeing = joining.edges_between(people, item, other)
    joining.join(people, item, other, agreeing, word.at, by=word.by, reason=word.reason)
    return str(people.event)


def _lifted(people: People, item: str, other: str, scope: str) -> list[dict[str, Any]]:
    """The exclusions of one of these two records from being of the other's person, which somebody of `scope` may lift."""
    if not scope:
        return []
    known = people.of_items([item, other])
    mine, theirs = (people.items([known[one].person]) for one in (item, other))
    return [
        row
        for row in exclusions.between(people.connection, mine, theirs)
        if {row["item"], row["other"]} & {item, other} and scope in (row["scope"], exclusions.ADOPTION)
    ]


def joined(people: People, effect: str, other: str) -> Joined | None:
    """What `part` would take apart; None where nothing that `join` joined stands any more."""
    moved = _standing(people, effect, other)
    if not moved:
        return None
    person, _, since = undone.joined(people, moved[0], [other])
    return Joined(person, since, len(people.items([person])))


def part(people: People, effect: str, other: str, word: Word) -> None:
    """What `join` joined is taken apart: decided again, as if it never had been."""
    # As things stand each time: undoing one may have taken the next along.
    while moved := _standing(people, effect, other):
        undone.withdraw(people, moved[0], [other], word.at, by=word.by, reason=word.reason, scope=word.scope)
        people = People(people.connection, people.store, people.book, people.on)


def _standing(people: People, effect: str, other: str) -> list[str]:
    """The records that the event `effect` moved and that are of one person with `other` still."""
    if not effect:
        return []
    wanted = select(LINK.c.item).where(LINK.c.event == int(effect), LINK.c.status == edges.MANUAL)
    moved = sorted(set(people.connection.execute(wanted).scalars()) - {other})
    person = _person(people, other)
    return [item for item in moved if person and _person(people, item) == person]


def together(people: People, item: str, others: Collection[str]) -> set[str]:
    """Which of `others` count as of one person with `item` now."""
    person = _person(people, item)
    return {other for other in others if person and _person(people, other) == person}


def parted(people: People, item: str, others: Collection[str]) -> Joined | None:
    """What `apart` would take apart; None where none of `others` is joined with `item`."""
    if not (found := together(people, item, others)):
        return None
    person, _, since = undone.joined(people, item, found)
    return Joined(person, since, len(people.items([person])))


def apart(people: People, item: str, others: Collection[str], word: Word) -> None:
    """None of `others` is of one person with `item`: those that are joined with it are taken away, all are held apart."""
    if found := together(people, item, others):
        undone.withdraw(people, item, found, word.at, by=word.by, reason=word.reason, scope=word.scope)
    for other in sorted(set(others) - found):
        exclusions.exclude(
            people.store,
            people.connection,
            (item, other),
            word.at,
            by=word.by,
            reason=word.reason,
            scope=word.scope,
        )


def lift(people: People, item: str, others: Collection[str], word: Word) -> None:
    """The exclusions of these pairs hold no more."""
    for row in exclusions.of_items(people.connection, [item]):
        if not row["lifted"] and {row["item"], row["other"]} - {item} <= set(others):
            _lift(people, row["id"], word)


def _lift(people: People, exclusion: str, word: Word) -> None:
    exclusions.lift(
        people.store, people.connection, exclusion, word.at, by=word.by, reason=word.reason, scope=word.scope
    )


def _person(people: People, item: str) -> str:
    found = people.connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item == item))
    return str(found.scalar() or "")
