"""Keys that a record had once and has no more: by them it is known whose decision may have depended on whose.

Promise: no question is ever answered by them; a key of place of somebody protected is among them, like their home, and is
read by nobody but who decides links again.
"""

from collections.abc import Collection

from sqlalchemy import insert, select

from services.index.people import People, in_parts
from services.index.schema import HOME, LOOK_UP, PAST_KEY


def keep(people: People, item: str, wanted: Collection[int]) -> None:
    """Keep what the record's keys are now and are not among `wanted`. Called before they are replaced."""
    had: set[int] = set()
    for table in (LOOK_UP, HOME):
        had |= set(people.connection.execute(select(table.c.key).where(table.c.item == item)).scalars())
    gone = had - set(wanted)
    if gone:
        there = select(PAST_KEY.c.key).where(PAST_KEY.c.item == item)
        fresh = sorted(gone - set(people.connection.execute(there).scalars()))
        if fresh:
            people.connection.execute(insert(PAST_KEY), [{"key": key, "item": item} for key in fresh])


def sharing(people: People, wanted: Collection[int]) -> set[str]:
    """Every record that has, or ever had, one of these keys."""
    found: set[str] = set()
    for some in in_parts(sorted(set(wanted))):
        for table in (LOOK_UP, HOME, PAST_KEY):
            found |= set(
                people.connection.execute(
                    select(table.c.item).where(table.c.key.in_(some)).distinct()
                ).scalars()
            )
    return found
