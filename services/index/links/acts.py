"""What people do to links: link, hold apart, withdraw. Each is one transaction.

Promise: nobody's record is joined against an exclusion; an act is all done or not at all, and never twice; why it was done
stands sealed with it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from services.contract.problems import BadInput, Conflict, NotFound
from services.contract.reviews import Joined, KnownAs, Parted
from services.index import link
from services.index.links import edges, events, exclusions, joining, replaced, undone
from services.index.links.attach import attach
from services.index.links.known_as import known_as
from services.index.people import People
from services.index.ports import Shelf
from services.index.store import Store

BY_HAND = "linked-by-hand"
Named = tuple[str, str, str]
"""A record as its source names it: (source, type, id)."""


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

    def join(
        self, item: str, other: str, edges_of: Mapping[str, str], at: str, *, by: str, reason: str
    ) -> str:
        """The whole person of `item` is the person of `other`; the id that goes on. `edges_of`: each record that moves -> the
        record of the other person with which it agrees by itself: nobody is joined by transitivity alone.

        Raises `NotFound`, `BadInput` where a record has no edge of its own, `Conflict` where two are held apart or two
        verified NHS numbers differ.
        """
        with self._writing(at) as people:
            mine, theirs = link.held(people, item), link.held(people, other)
            if not mine or not theirs or mine == theirs:
                raise NotFound("these are not two people's records")
            return joining.join(people, item, other, edges_of, at, by=by, reason=reason)

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

    def joined(self, record: Named, apart_from: Named | None) -> Joined | None:
        """What joins a record to another, or to all with which it was joined; None where nothing does."""
        with self._reading() as people:
            others = [self._item(apart_from)] if apart_from else []
            try:
                person, _, since = undone.joined(people, self._item(record), others)
            except (BadInput, NotFound):
                return None
            return Joined(person, since, len(people.items([person])))

    def part(self, record: Named, apart_from: Named | None, at: str, *, by: str, reason: str) -> Parted:
        """`withdraw`, by the names that sources give their records. Raises `NotFound`, `BadInput`."""
        others = [self._item(apart_from)] if apart_from else []
        item = self._item(record)
        before = self.joined(record, apart_from)
        done = self.withdraw(item, others, at, by=by, reason=reason)
        parts = done.retired.get(before.person, ()) if before else ()
        return Parted(tuple(parts), done.moved)

    def answering(self, persons: Collection[str]) -> dict[str, str]:
        """Each of these ids -> who answers for it now; itself where nobody does, or several do."""
        with self._reading() as people:
            return {person: replaced.now(people, person) for person in persons}

    def known_as(self, person: str) -> KnownAs:
        """Every id under which the records of this person ever stood."""
        with self._reading() as people:
            return known_as(people, person)

    def _item(self, named: Named) -> str:
        return self._store.item(*named)

    @contextmanager
    def _reading(self) -> Iterator[People]:
        with self._store.read() as connection:
            yield People(connection, self._store, self._shelf.current(), datetime.now(UTC).date().isoformat())

    @contextmanager
    def _writing(self, at: str) -> Iterator[People]:
        with self._store.write() as connection:
            yield People(connection, self._store, self._shelf.current(), at[:10])
