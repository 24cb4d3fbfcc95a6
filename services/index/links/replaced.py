"""What became of a person's id: who answers for it now, and under which ids things were said of a person before.

Promise: worked out of the edges alone, so it is right after any number of links and un-links; an id that nobody holds any
more and whose records are of several people answers with all of them, and never with one of them.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from services.index.links import edges, history
from services.index.people import People, in_parts
from services.index.schema import IDENTITY


@dataclass(frozen=True, slots=True)
class Earlier:
    """The ids of before of one person."""

    own: frozenset[str]
    """Every record that was ever of it is this person's now: what was said of it was said of this person."""
    shared: frozenset[str]
    """Some of its records are somebody else's now: what was said of it was said of both."""


def replaced(people: People, person: str) -> tuple[str, ...]:
    """Whoever answers for `person` now: themselves while a record is theirs, else who has its last records; () for nobody."""
    standing = select(IDENTITY.c.item).where(IDENTITY.c.person == person).limit(1)
    if people.connection.execute(standing).first() is not None:
        return (person,)
    left: dict[str, int] = {}
    for item, rows in edges.of(people, history.ever(people, [person])).items():
        last = max(number for number, row in enumerate(rows) if row.person == person)
        after = [row.again or row.event for row in rows[last + 1 :]]
        left[item] = after[0] if after else 0
    latest = {item for item, event in left.items() if event == max(left.values())}
    return tuple(sorted(_persons(people, latest)))


def now(people: People, person: str) -> str:
    """The one who answers for `person`, or `person` itself where that is nobody or several: then nobody is found by it."""
    found = replaced(people, person)
    return found[0] if len(found) == 1 else person


def earlier(people: People, person: str) -> Earlier:
    """The ids under which this person's records stood before."""
    items = set(
        people.connection.execute(select(IDENTITY.c.item).where(IDENTITY.c.person == person)).scalars()
    )
    ids = {row.person for rows in edges.of(people, items).values() for row in rows} - {person}
    own = {id for id in ids if _persons(people, history.ever(people, [id])) <= {person}}
    return Earlier(frozenset(own), frozenset(ids - own))


def _persons(people: People, items: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in in_parts(sorted(items)):
        wanted = select(IDENTITY.c.person).where(IDENTITY.c.item.in_(some))
        found |= set(people.connection.execute(wanted).scalars())
    return found
