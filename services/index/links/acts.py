"""What people do to links: link, hold apart, withdraw. Each is one transaction.

Promise: nobody's record is joined against an exclusion; an act is all done or not at all, and never twice; why it was done
stands sealed with it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from services.contract.problems import BadInput, Conflict, NotFound
from services.index import link
from services.index.links import edges, events, exclusions, undone
from services.index.links.attach import attach
from services.index.people import People
from services.index.ports import Shelf
from services.index.store import Store

BY_HAND = "linked-by-hand"


class Links:
    """The acts, on the index's own database. Items are the keyed hashes under which records are known."""

    def __init__(self, store: Store, shelf: Shelf) -> None:
        self._store = store
        self._shelf = shelf

    def link(self, item: str, other: str, at: str, *, by: str, reason: str) -> str:
        """The record `item` is of the person of `other`, on a person's word: it stays, whatever it says later.

        The person's id. Raises `NotFound`, `Conflict` where the two are held apart.
        """
        with self._writing(at) as people:
            if not link.held(people, item) or item == other:
                raise NotFound("no such record introduces anybody")
            person = link.held(people, other)
            if not person:
                raise NotFound("no such record introduces anybody")
            if exclusions.barred(people.connection, item, [person]):
                raise Conflict("a person's decision holds these records apart; lift it first")
            people.event = events.happened(people.connection, events.LINKED, item, at)
            basis = edges.Basis(other=other, by=by, reason=reason)
            attach(people, item, person, BY_HAND, at, edges.MANUAL, basis)
            return person

    def hold_apart(
        self, item: str, other: str, at: str, *, by: str, reason: str, scope: str = exclusions.ALL
    ) -> str:
        """The two are not one person's; the exclusion's id. Raises `NotFound`, `Conflict` where they are linked."""
        with self._writing(at) as people:
            persons = [link.held(people, one) for one in (item, other)]
            if not all(persons) or item == other:
                raise NotFound("no such record introduces anybody")
            if persons[0] == persons[1]:
                raise Conflict("these records are one person's now; withdraw the link instead")
            return exclusions.exclude(
                self._store, people.connection, (item, other), at, by=by, reason=reason, scope=scope
            )

    def lift(self, id: str, at: str, *, by: str, reason: str) -> None:
        """Hold two records apart no longer. Raises `NotFound`."""
        with self._writing(at) as people:
            exclusions.lift(self._store, people.connection, id, at, by=by, reason=reason)

    def withdraw(
        self, item: str, apart_from: Collection[str], at: str, *, by: str, reason: str
    ) -> undone.Undone:
        """Take a record away from those with which it was wrongly joined. Raises `NotFound`, `BadInput`."""
        if not reason.strip():
            raise BadInput("some places do not fit", places=("reason: say why they are not one person",))
        with self._writing(at) as people:
            return undone.withdraw(people, item, apart_from, at, by=by, reason=reason)

    @contextmanager
    def _writing(self, at: str) -> Iterator[People]:
        with self._store.write() as connection:
            yield People(connection, self._store, self._shelf.current(), at[:10])
