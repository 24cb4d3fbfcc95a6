"""What is in doubt after deciding again: doubts and conflicts of those who were decided, as they would be.

Promise: a doubt is about whoever stands in that person's place now; what was said by records that were not decided again stays.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert

from services.index.links.again import Replayed
from services.index.people import People, in_parts
from services.index.schema import CONFLICT, DOUBT


def follow(people: People, replayed: Replayed, named: Mapping[str, str]) -> None:
    """`named`: id of the second index -> id here, where they differ."""
    items = sorted(replayed.histories)
    for some in in_parts(items):
        people.connection.execute(delete(DOUBT).where(DOUBT.c.item.in_(some)))
        # One conflict at a time names two: it goes where both were decided.
        for others in in_parts(items):
            both = (CONFLICT.c.item.in_(some), CONFLICT.c.other.in_(others))
            people.connection.execute(delete(CONFLICT).where(*both))
    rows = [_renamed(people, row, named) for row in replayed.doubts]
    if rows:
        people.connection.execute(insert(DOUBT), rows)
    if replayed.conflicts:
        people.connection.execute(insert(CONFLICT), replayed.conflicts)


def _renamed(people: People, row: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    person = named.get(row["person"], row["person"])
    if person == row["person"]:
        return dict(row)
    plain = people.store.unseal(row["evidence"], f"doubt:{row['item']}:{row['person']}")
    sealed = people.store.seal(plain, f"doubt:{row['item']}:{person}")
    return {**row, "person": person, "evidence": sealed}
