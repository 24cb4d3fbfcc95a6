"""Of whom a record spoke, and from which event on.

Promise: what was decided again takes the place of what was decided before it, and nothing that was ever decided is lost.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from services.index.links import edges
from services.index.people import People, in_parts
from services.index.schema import LINK


def effective(rows: Sequence[Any]) -> list[Any]:
    """Of all the edges of one record, oldest first, those that hold: of the newest deciding again, and of what came since."""
    last = max((row.again for row in rows), default=0)
    held = [row for row in rows if row.again == last or (not row.again and row.event > last)]
    return [row for row in held if row.status != edges.WITHDRAWN]


def of(people: People, items: Collection[str]) -> dict[str, list[Any]]:
    """The effective history of each record."""
    return {item: effective(rows) for item, rows in edges.of(people, items).items()}


def together(people: People, items: Collection[str]) -> set[str]:
    """Every record that ever spoke of a person of whom one of these ever spoke, these included."""
    persons = {row.person for rows in edges.of(people, items).values() for row in rows}
    return set(items) | ever(people, persons)


def ever(people: People, persons: Iterable[str]) -> set[str]:
    """Every record that ever spoke of one of these people."""
    found: set[str] = set()
    for some in in_parts(sorted(set(persons))):
        wanted = select(LINK.c.item).where(LINK.c.person.in_(some)).distinct()
        found |= set(people.connection.execute(wanted).scalars())
    return found
