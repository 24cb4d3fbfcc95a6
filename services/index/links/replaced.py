"""What became of a person's id: who answers for it now.

Promise: worked out of the edges alone, so it is right after any number of links and un-links; an id that nobody holds any
more and whose records are of several people answers with all of them, and never with one of them.
"""

from collections.abc import Collection

from sqlalchemy import select

from services.index.links import edges, history
from services.index.people import People, in_parts
from services.index.schema import IDENTITY


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


def _persons(people: People, items: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in in_parts(sorted(items)):
        wanted = select(IDENTITY.c.person).where(IDENTITY.c.item.in_(some))
        found |= set(people.connection.execute(wanted).scalars())
    return found
