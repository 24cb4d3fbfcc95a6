"""The index as the gateway meets it: one method for each crossing.

Promise: each method is one transaction of its own; what it raises is a `Problem` without a value of a person.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

from services.contract.people import (
    Candidates,
    Count,
    Counted,
    Gather,
    Gathered,
    Relate,
    Relations,
    Resolve,
    Weigh,
    Weighed,
)
from services.contract.problems import IndexUnavailable
from services.contract.publishing import Accepted, Protection, Submission
from services.index import accept, compare, count, find, gather, protect, relate, visible, weigh
from services.index import rekey as rekeying
from services.index.links import replaced
from services.index.links.acts import Links
from services.index.people import People
from services.index.ports import Shelf
from services.index.review import keep
from services.index.review.room import Reviews
from services.index.schema import CURRENT, RECORD
from services.index.sources.live import LiveSources
from services.index.store import Store


class Index:
    """Who is who, and what each source holds. Satisfies the gateway's port; opened by `open.py`."""

    def __init__(self, store: Store, shelf: Shelf, live: LiveSources) -> None:
        self._store = store
        self._shelf = shelf
        self._live = live
        self._links = Links(store, shelf)
        self._reviews = Reviews(store, shelf)

    @property
    def links(self) -> Links:
        """What people do to links."""
        return self._links

    @property
    def reviews(self) -> Reviews:
        """Doubts about identity, put before people."""
        return self._reviews

    def keys_lacking(self) -> bool:
        """Whether records were published before the hub made the look-up keys that it makes now."""
        return rekeying.lacking(self._store, self._shelf)

    def rekey(self, step: rekeying.Step = lambda _, __: None) -> int:
        """Make them; how many records lacked some. Raises `IndexUnavailable`."""
        return rekeying.rekey(self._store, self._shelf, step)

    def resolve(self, query: Resolve) -> Candidates:
        """Whom the question may mean."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), query.on)
            if query.person is not None:
                query = dataclasses.replace(query, person=replaced.now(people, query.person))
            return find.resolve(people, query)

    def relate(self, query: Relate) -> Relations:
        """Family, household, relationship and harm link."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), query.on)
            query = dataclasses.replace(query, person=replaced.now(people, query.person))
            return relate.relate(people, query)

    def gather(self, query: Gather) -> Gathered:
        """Records and pointers of every (source, person) asked."""
        book = self._shelf.current()
        answered = gather.ask_live(book, self._live, query)
        with self._store.read() as connection:
            return gather.gather(People(connection, self._store, book, query.on), answered, query, _now())

    def count(self, query: Count) -> Counted:
        """How many people the sources know, by age and by kind of source."""
        with self._store.read() as connection:
            return count.count(People(connection, self._store, self._shelf.current(), query.on), query)

    def weigh(self, query: Weigh) -> dict[str, Weighed]:
        """How well each of some people fits a description."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), query.on)
            return weigh.weigh(people, query)

    def compare(self, person: str, identifiers: Mapping[str, str]) -> bool:
        """Whether every identifier named agrees with a record of the person."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), _now()[:10])
            return compare.compare(people, replaced.now(people, person), identifiers)

    def store_unseen(self, submission: Submission) -> Accepted:
        """First transaction of a publish. Raises `BadInput`, `NotAllowed`."""
        return accept.store_unseen(self._store, self._shelf.current(), submission)

    def make_visible(self, outbox: str) -> None:
        """Second transaction of a publish; idempotent. Raises `NotFound`."""
        visible.make_visible(self._store, self._shelf.current(), outbox)

    def unsent(self) -> Sequence[Accepted]:
        """What was stored and never made visible, oldest first."""
        return accept.unsent(self._store)

    def read_back(self, source: str, resource_type: str, record: str) -> Mapping[str, Any] | None:
        """A source's own current record, tagged with the protections that it began; or None."""
        item = self._store.item(source, resource_type, record)
        with self._store.read() as connection:
            wanted = select(RECORD).where(RECORD.c.item == item, RECORD.c.state == CURRENT)
            row = connection.execute(wanted).first()
            begun = protect.begun_by(connection, item)
        return protect.tagged(self._store.body(row), begun) if row else None

    def protection(self, id: str) -> Protection | None:
        """A protection, ended or not."""
        return protect.protection(self._store, self._shelf.current(), id)

    def end_protection(self, id: str, by: str) -> None:
        """End a protection, after a review by `by`. Raises `NotFound`."""
        at = _now()
        protect.end_protection(
            self._store,
            self._shelf.current(),
            id,
            by,
            at,
            lambda people, items: keep.after(people, items, at),
        )

    def ready(self) -> bool:
        """Whether the database answers."""
        try:
            with self._store.read() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1
        except IndexUnavailable:
            return False

    def close(self) -> None:
        """Let go of the database and of live sources."""
        self._live.close()
        self._store.engine.dispose()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
