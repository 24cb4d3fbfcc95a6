"""What the index knows beside the records, of one record and of the people with whom it is compared.

Promise: what the record itself is bound by is read at the first look; what its candidates are bound by is asked only where it
can change something, and by as many statements however many they are. Nothing here writes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column, select, union_all

from services.index import barred, keys, labels, protect, siblings
from services.index.among import among
from services.index.marks import Marks
from services.index.matching.candidates import Found
from services.index.matching.decide import Standing
from services.index.matching.first_look import EXCLUDED, NOTED, VERSION, Bound
from services.index.matching.guards import AFTER, BEFORE, NONE, Law
from services.index.people import Known, People
from services.index.prepared import Prepared
from services.index.read import Home, Summary
from services.index.schema import CURRENT, HOME, IDENTITY, PROTECTION, RECORD

_MARKED, _GUARDED = "marked", "guarded"
_NOTHING: ColumnElement[Any] = literal_column("NULL")


def _only(kind: str, *words: ColumnElement[Any]) -> Select[Any]:
    """Words of one kind, with nothing in the columns that other kinds need besides."""
    first: ColumnElement[str] = literal_column(f"'{kind}'").label("kind")
    return select(first, *words, *[_NOTHING] * (4 - len(words)))


_HOUSED = IDENTITY.alias()
_BOUND = IDENTITY.alias()
_PROTECTED = (
    _only(_GUARDED, _BOUND.c.source, _BOUND.c.received)
    .select_from(_BOUND.join(PROTECTION, PROTECTION.c.item == _BOUND.c.item))
    .where(PROTECTION.c.ended == "")
)
_AT_HOMES = _PROTECTED.where(
    _BOUND.c.person.in_(
        select(_HOUSED.c.person).where(
            _HOUSED.c.item.in_(select(HOME.c.item).where(among(HOME.c.key, "homes")))
        )
    )
)
_PROTECTED_AT = Prepared(_AT_HOMES)
_NEAR = Prepared(union_all(
    select(literal_column(f"'{_MARKED}'").label("kind"), RECORD.c.source, RECORD.c.received, RECORD.c.about, RECORD.c.id,
           RECORD.c.marks).where(among(RECORD.c.about, "items"), RECORD.c.state == CURRENT),
    _PROTECTED.add_columns(_NOTHING).where(among(_BOUND.c.person, "persons")),
    _AT_HOMES.add_columns(_NOTHING),
))  # fmt: skip
"""What every current record about these patients says; whether one of these people is protected, or whoever lives or lived in
one of these homes."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one record says of the law."""

    adoption: str
    barred: bool
    labels: tuple[str, ...]


class Room:
    """What is known beside the records of one publish's record. Satisfies `decide.Room`."""

    def __init__(self, people: People, item: str, summary: Summary, bound: Sequence[Bound]) -> None:
        """`bound`: what the first look found of the record itself."""
        # A reader of its own: what is read here is of before this record is linked.
        self._people = People(people.connection, people.store, people.book, people.on)
        self._item = item
        self._summary = summary
        self._rows = bound
        self._noted = self._words(NOTED)
        """Labels that bind the person of this record already: protections are noted before links are made."""
        self._read: dict[str, _Said] = {}
        self._about: dict[str, list[_Said]] | None = None
        """Patient's item -> what every current record about them says, of whoever was looked at; None: nobody yet."""
        self._guarded = True
        """Somebody is protected among those looked at, or at a home of theirs or of this record."""

    def met(self, found: Found) -> None:
        """Take what finding the candidates read of them."""
        self._people.remember(found.known)

    def excluded(self, items: Collection[str]) -> AbstractSet[str]:
        """Records that are not of one person with this one."""
        return set(self._words(EXCLUDED)) & set(items)

    def own(self, *, deep: bool) -> Standing:
        """Of the record itself."""
        said = self._own
        if not deep:
            return Standing(_law([said], ()))
        if self._about is None:
            self._look(())
        about = self._about_them(self._item) if self._version.type == "Patient" else ()
        protections = [*self._noted, *labels.binding(said.labels, self._people.book)]
        placeless = self._summary.restricted or bool(protections) or (self._guarded and self._guarded_home())
        return Standing(_law([said, *about], self._barring(protections)), placeless)

    def standings(self, persons: Collection[str], *, deep: bool) -> Mapping[str, Standing]:
        """Of candidates; one statement for all of them, whatever is asked."""
        records = self._people.of(persons)
        self._introduced([one for of in records.values() for one in of])
        if not deep:
            return {
                person: Standing(_law([self._read[one.record] for one in records[person]], ()))
                for person in persons
            }
        self._look(persons)
        shared = protect.shared(self._people, persons) if self._guarded else dict.fromkeys(persons, ())
        return {person: self._deep(records[person], person, shared[person]) for person in persons}

    def has_siblings(self, person: str) -> bool:
        """Whether a brother, sister or twin is known, by any source's word or by a parent whom both have, now or once."""
        return bool(siblings.known_siblings(self._people, person))

    @cached_property
    def _version(self) -> Any:
        """The record's version in force; versions become current before links are made."""
        return next(row for row in self._rows if row.kind == VERSION)

    @cached_property
    def _own(self) -> _Said:
        version = self._version
        if version.marks is None:
            return next(iter(self._bare([version.id])))
        return self._kept(version.id, version.word, self._people.store.marks(version))

    def _words(self, kind: str) -> list[str]:
        return [row.word for row in self._rows if row.kind == kind]

    def _deep(self, records: Collection[Known], person: str, held: Collection[protect.InForce]) -> Standing:
        own = [one.label for one in held if one.person == person]
        everything = [self._read[one.record] for one in records]
        for one in records:
            everything += self._about_them(one.item)
        law = _law(everything, self._barring(own))
        return Standing(law, bool(held) or any(one.summary.restricted for one in records))

    def _introduced(self, records: Collection[Known]) -> None:
        """Learn what each of these records says."""
        for one in records:
            if one.marks is not None:
                self._kept(one.record, one.source, one.marks)
        self._bare({one.record for one in records} - self._read.keys())

    def _look(self, persons: Collection[str]) -> None:
        """Learn by one statement what is said about these people and this record's, and whether anybody near is protected."""
        people = self._people
        known = [one for of in people.of(persons).values() for one in of] if persons else []
        items = {self._item, *(one.item for one in known if one.type == "Patient")}
        homes = {*self._summary.homes, *(home for one in known for home in one.summary.homes)}
        wanted = {"items": items, "persons": persons, "homes": self._keys(homes)}
        rows = [row for row in _NEAR.rows(people.connection, wanted) if people.kept(row.source, row.received)]
        marked = [row for row in rows if row.kind == _MARKED]
        self._guarded = len(marked) < len(rows)
        self._bare({row.id for row in marked if row.marks is None} - self._read.keys())
        self._about = {}
        for row in marked:
            said = self._read.get(row.id) or self._kept(row.id, row.source, people.store.marks(row))
            self._about.setdefault(row.about, []).append(said)

    def _about_them(self, item: str) -> Sequence[_Said]:
        return (self._about or {}).get(item, ())

    def _bare(self, versions: Collection[str]) -> list[_Said]:
        """Of versions that were stored before marks were kept, by their bodies."""
        rows = barred.versions(self._people, versions) if versions else []
        return [self._kept(row.id, row.source, self._people.store.marks(row)) for row in rows]

    def _kept(self, version: str, source: str, marks: Marks) -> _Said:
        """What one version says."""
        if version not in self._read:
            book = self._people.book
            carried = labels.of_marks(marks, source, book)
            bars = any(barred.bars(label, book) for label in carried)
            self._read[version] = _Said(labels.adoption_of_marks(marks, carried), bars, carried)
        return self._read[version]

    def _barring(self, found: Iterable[str]) -> list[str]:
        return [label for label in found if barred.bars(label, self._people.book)]

    def _guarded_home(self) -> bool:
        """Whether anybody who is protected lives at one of the record's addresses: a home shares its protection."""
        people = self._people
        rows = _PROTECTED_AT.rows(people.connection, {"homes": self._keys(self._summary.homes)})
        return any(people.kept(row.source, row.received) for row in rows)

    def _keys(self, homes: Iterable[Home]) -> set[int]:
        return {key for home in homes for key in keys.of_home(self._people.store.mac, home)}


def _law(said: Iterable[_Said], barring: Collection[str]) -> Law:
    """What all of it says together; the later side of an order where both are named."""
    found = list(said)
    sides = {one.adoption for one in found}
    adoption = AFTER if AFTER in sides else BEFORE if BEFORE in sides else NONE
    return Law(adoption, bool(barring) or any(one.barred for one in found))
