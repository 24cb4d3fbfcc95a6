"""The people of one question: their records of introduction, read once, in as few statements as the family has steps.

Promise: a reader lives for one transaction; it opens sealed summaries in memory only, leaves out what is past its
source's retention, and never writes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from services.index import keys
from services.index.among import among
from services.index.marks import Marks
from services.index.ports import Book
from services.index.prepared import Prepared
from services.index.read import Home, Summary
from services.index.schema import CURRENT, HOME, IDENTITY, LOOK_UP, RECORD
from services.index.store import Store

_MOST = 500
_OF, _ABOUT, _ITEM = (
    Prepared(select(IDENTITY).where(among(column, "values")))
    for column in (IDENTITY.c.person, IDENTITY.c.about, IDENTITY.c.item)
)
"""Statements of the hot path are built once: SQLAlchemy takes longer to build one than the database to answer it."""
_WITH_KEY = Prepared(
    select(LOOK_UP.c.item)
    .where(among(LOOK_UP.c.key, "wanted"))
    .order_by(LOOK_UP.c.item)
    .distinct()
    .limit(bindparam("most"))
)
_AT_HOME = Prepared(select(HOME.c.item).where(among(HOME.c.key, "wanted")))
_CURRENT_ABOUT = select(RECORD).where(among(RECORD.c.about, "values"), RECORD.c.state == CURRENT)
NOBODY = frozenset({""})
"""Looked for where there is nobody to look for: how long an answer takes must not tell whether anybody was found."""


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """One record that introduces a person."""

    item: str
    person: str
    record: str
    source: str
    type: str
    received: str
    about: str | None
    summary: Summary
    marks: Marks | None
    """None where they were not kept yet when it was stored."""


class People:
    """Records of introduction within one transaction, on the day `on`."""

    def __init__(self, connection: Connection, store: Store, book: Book, on: str) -> None:
        self.connection = connection
        self.store = store
        self.book = book
        self.on = on
        self.event = 0
        """The place in the order of events of what is being written; 0 where nothing is."""
        self._of_person: dict[str, tuple[Known, ...]] = {}
        self._homes: dict[str, frozenset[str]] = {}
        self._opened: dict[str, tuple[Summary, Marks | None]] = {}
        self._from_day: dict[str, str] = {}
        """Source -> the first day of receipt within its retention; empty for one that is registered no more."""
        self.memo: dict[tuple[str, frozenset[str]], Any] = {}
        """What others worked out of these people within the same question."""

    def of(self, persons: Iterable[str], *, always: bool = False) -> dict[str, tuple[Known, ...]]:
        """The records of each person, newest first; empty for somebody unknown. `always`: by one statement even where all of
        them have been read, or there is nobody to read.
        """
        wanted = set(persons)
        missing = sorted((wanted or NOBODY) - self._of_person.keys())
        if missing or always:
            found: dict[str, list[Known]] = {person: [] for person in missing}
            for known in self._select(_OF, missing):
                found[known.person].append(known)
            self.remember(found)
        return {person: self._of_person[person] for person in wanted}

    def remember(self, found: Mapping[str, Iterable[Known]]) -> None:
        """Take these as read: every record of each of these people."""
        for person, records in found.items():
            self._of_person[person] = tuple(sorted(records, key=lambda one: one.received, reverse=True))

    def items(self, persons: Iterable[str]) -> dict[str, str]:
        """item -> person of every record that introduces one of them."""
        return {known.item: person for person, records in self.of(persons).items() for known in records}

    def of_items(self, items: Iterable[str]) -> dict[str, Known]:
        """The record of introduction of each item that is one."""
        return {known.item: known for known in self._select(_ITEM, sorted(set(items)))}

    def identities(self, persons: Collection[str]) -> list[Known]:
        """Every record of these people as the transaction has it now, whatever was read before."""
        return list(self._select(_OF, sorted(persons))) if persons else []

    def by_keys(self, wanted: Iterable[int], most: int) -> tuple[set[str], bool]:
        """Items found by look-up keys, and whether there were more than `most`."""
        rows = _WITH_KEY.rows(self.connection, {"wanted": sorted(wanted), "most": most + 1})
        found = {row.item for row in rows}
        return found, len(found) > most

    def related(self, items: Iterable[str]) -> list[Known]:
        """Every RelatedPerson record about one of these Patient records."""
        return [known for known in self._select(_ABOUT, sorted(set(items))) if known.type == "RelatedPerson"]

    def same_home(self, persons: Iterable[str]) -> dict[str, frozenset[str]]:
        """person -> everybody (themselves left out) whose current address equals one of theirs."""
        wanted = set(persons)
        missing = (wanted or NOBODY) - self._homes.keys()
        if missing:
            self._homes |= self._find_same_home(missing)
        return {person: self._homes[person] for person in wanted}

    def homes(self, person: str) -> list[Home]:
        """Current addresses of a person, over all sources."""
        return [
            home
            for known in self.of([person])[person]
            for home in known.summary.homes
            if home.current(self.on)
        ]

    def _find_same_home(self, persons: AbstractSet[str]) -> dict[str, frozenset[str]]:
        self.of(persons)
        mine = {person: self.homes(person) for person in persons}
        wanted = {
            key for homes in mine.values() for home in homes for key in keys.of_home(self.store.mac, home)
        }
        items: set[str] = set()
        for some in in_parts(sorted(wanted)):
            items |= {row.item for row in _AT_HOME.rows(self.connection, {"wanted": some})}
        others: dict[str, list[Home]] = defaultdict(list)
        for known in self.of_items(items).values():
            others[known.person] += [home for home in known.summary.homes if home.current(self.on)]
        return {
            person: frozenset(
                other
                for other, theirs in others.items()
                if other != person and any(same_home(one, two) for one in homes for two in theirs)
            )
            for person, homes in mine.items()
        }

    def _select(self, statement: Prepared, values: Sequence[str]) -> Iterator[Known]:
        for some in in_parts(values):
            yield from self.known(statement.rows(self.connection, {"values": some}))

    def known(self, rows: Iterable[Any]) -> Iterator[Known]:
        """Rows of `index_identity`, opened, without those past their source's retention."""
        for row in rows:
            if self.kept(row.source, row.received):
                yield Known(row.item, row.person, row.record, row.source, row.type, row.received, row.about,
                            *self._introduction(row))  # fmt: skip

    def _introduction(self, row: Any) -> tuple[Summary, Marks | None]:
        # A version never changes, so it is opened once.
        if row.record not in self._opened:
            self._opened[row.record] = self.store.introduction(row.summary, row.record)
        return self._opened[row.record]

    def kept(self, source: str, received: str) -> bool:
        """Whether a record is within its source's retention; nothing of a source that is registered no more."""
        if source not in self._from_day:
            registered = self.book.sources.get(source)
            days = timedelta(days=registered.retention_days) if registered else None
            self._from_day[source] = "" if days is None else (date.fromisoformat(self.on) - days).isoformat()
        first = self._from_day[source]
        return bool(first) and received[:10] >= first

    def records(
        self, items: Iterable[str], *, types: Sequence[str] = (), sources: Iterable[str] | None = None
    ) -> list[Any]:
        """Rows of every current record about one of these Patient records."""
        rows: list[Any] = []
        for some in in_parts(sorted(set(items))):
            wanted = _CURRENT_ABOUT
            if types:
                wanted = wanted.where(RECORD.c.type.in_(types))
            if sources is not None:
                wanted = wanted.where(RECORD.c.source.in_(sorted(set(sources))))
            answer = self.connection.execute(wanted, {"values": some})
            rows += [row for row in answer if self.kept(row.source, row.received)]
        return rows


def same_home(one: Home, other: Home) -> bool:
    """Whether two addresses are one home: by UPRN where both have it, else by normalised address."""
    if one.uprn and other.uprn:
        return one.uprn == other.uprn
    return bool(one.text) and one.text == other.text


def in_parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Slices short enough for one statement (SQLite takes 32,766 parameters); of nothing, one empty slice."""
    for start in range(0, max(1, len(values)), _MOST):
        yield values[start : start + _MOST]
