"""What a person does to a link at once: withdraw it. What takes two people, or joins, is a review's (`review/effects.py`).

Promise: an act is one transaction, all done or not at all, and never twice; why it was done stands sealed with it.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from services.contract.problems import BadInput, NotFound
from services.contract.reviews import GENERAL, Joined, KnownAs, Parted
from services.index.links import replaced, undone
from services.index.links.known_as import known_as
from services.index.people import People
from services.index.ports import Shelf
from services.index.review import queues
from services.index.store import Store

Named = tuple[str, str, str]
"""A record as its source names it: (source, type, id)."""


class Links:
    """The acts, on the index's own database. Items are the keyed hashes under which records are known."""

    def __init__(self, store: Store, shelf: Shelf) -> None:
        self._store = store
        self._shelf = shelf

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
            restricted = queues.queues_of(people, {person})[person] != GENERAL
            return Joined(person, since, len(people.items([person])), restricted)

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
