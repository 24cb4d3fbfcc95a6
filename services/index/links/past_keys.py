"""Keys that a record had once and has no more: by them it is known whose decision may have depended on whose.

Promise: no question is ever answered by them; a key of place of somebody protected is among them, like their home, and is
read by nobody but who decides links again.
"""

from collections.abc import Collection

from sqlalchemy import bindparam, insert, select, union_all

from services.index.people import People, in_parts
from services.index.prepared import Prepared
from services.index.schema import HOME, LOOK_UP, PAST_KEY

_HAS = Prepared(
    union_all(*(select(table.c.key).where(table.c.item == bindparam("of")) for table in (LOOK_UP, HOME)))
)
_HAD = Prepared(select(PAST_KEY.c.key).where(PAST_KEY.c.item == bindparam("of")))


def keep(people: People, item: str, wanted: Collection[int]) -> None:
    """Keep what the record's keys are now and are not among `wanted`. Called before they are replaced."""
    gone = {row.key for row in _HAS.rows(people.connection, {"of": item})} - set(wanted)
    if gone:
        fresh = sorted(gone - {row.key for row in _HAD.rows(people.connection, {"of": item})})
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
