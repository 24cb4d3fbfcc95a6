"""Moves one record to a person: the edge, where the record stands now, and the look-up keys of whoever that touches.

Promise: nothing of a person is written; who may move a record, and whether it may be moved there, is settled before.
"""

from sqlalchemy import update

from services.index import protect
from services.index.links import edges
from services.index.people import People
from services.index.schema import IDENTITY


def attach(
    people: People, item: str, person: str, rule: str, at: str, status: str, basis: edges.Basis
) -> None:
    """Write the edge and bring what follows from it up to date."""
    edges.add(people, item, person, rule, at, status=status, basis=basis)
    before = people.of_items([item])
    left = set(people.items([known.person for known in before.values()])) - {item}
    people.connection.execute(update(IDENTITY).where(IDENTITY.c.item == item).values(person=person))
    # Who shares a home, and so a protection, may be others now: on both sides.
    fresh = People(people.connection, people.store, people.book, people.on)
    fresh.event = people.event
    protect.refresh_keys(fresh, {item} | left)
