"""The people with whom a record is compared, and what the index knows of them beside their records.

Promise: candidates are found by keyed hashes and opened in memory only; more than `MOST` of them is said; whoever holds the
record's number is among them always; a date of birth after the day of the publish is no date of birth. Nothing here writes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Select, bindparam, select

from services.index import barred, keys, labels, protect, siblings
from services.index.matching import blocking
from services.index.matching.decide import Held, Standing
from services.index.matching.guards import AFTER, BEFORE, NONE, Law
from services.index.people import Known, People, in_parts
from services.index.ports import Exclusions
from services.index.read import Home, Summary
from services.index.schema import CURRENT, HOME, IDENTITY, LOOK_UP, PROTECTION, RECORD

MOST = 300
"""People looked at."""


_OTHER = IDENTITY.alias()
_ALIKE = select(IDENTITY).where(
    IDENTITY.c.person.in_(
        select(_OTHER.c.person)
        .select_from(LOOK_UP.join(_OTHER, LOOK_UP.c.item == _OTHER.c.item))
        .where(LOOK_UP.c.key.in_(bindparam("wanted", expanding=True)), LOOK_UP.c.item != bindparam("item"))
        .distinct()
        .order_by(_OTHER.c.person)
        .limit(MOST + 1)
    )
)
"""Every record of the people who have one of these keys. Built once, like all statements here."""
_IN_FORCE = select(RECORD).where(RECORD.c.item == bindparam("item"), RECORD.c.state == CURRENT)
_NOTED = select(PROTECTION.c.label).where(PROTECTION.c.item == bindparam("item"), PROTECTION.c.ended == "")
_BOUND = IDENTITY.alias()
_HOUSED = IDENTITY.alias()
_PROTECTED = (
    select(_BOUND.c.source, _BOUND.c.received)
    .select_from(PROTECTION.join(_BOUND, PROTECTION.c.item == _BOUND.c.item))
    .where(PROTECTION.c.ended == "")
)
_PROTECTED_OF = _PROTECTED.where(_BOUND.c.person.in_(bindparam("persons", expanding=True)))
_PROTECTED_AT = _PROTECTED.where(
    _BOUND.c.person.in_(
        select(_HOUSED.c.person)
        .select_from(HOME.join(_HOUSED, HOME.c.item == _HOUSED.c.item))
        .where(HOME.c.key.in_(bindparam("homes", expanding=True)))
    )
)


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one record. `known`: every record of theirs, this one among them where it is one of theirs."""

    people: Mapping[str, tuple[Held, ...]]
    truncated: bool
    known: Mapping[str, Sequence[Known]]


def plain(summary: Summary, on: str) -> Summary:
    """The summary for comparing on the day `on`: nobody was born later than that."""
    return replace(summary, birth_date="", born="") if summary.born[:10] > on else summary


def find(people: People, item: str, summary: Summary, *, placed: bool) -> Found:
    """Everybody whom the record may be about, with all their records but this one."""
    mac = people.store.mac
    known, truncated = _alike(people, item, blocking.of_search(mac, summary, placed))
    if truncated:
        numbers = {mac.number("match-number", number.value) for number in summary.numbers}
        known |= _alike(people, item, numbers)[0]
    found = {
        person: [Held(one.item, plain(one.summary, people.on)) for one in records if one.item != item]
        for person, records in known.items()
    }
    # In one order on every database, so that the same publish comes to the same.
    ordered = {person: tuple(sorted(found[person], key=lambda held: held.item)) for person in sorted(found)}
    return Found({person: held for person, held in ordered.items() if held}, truncated, known)


def _alike(people: People, item: str, wanted: Iterable[int]) -> tuple[dict[str, list[Known]], bool]:
    """The first `MOST` people with one of these keys, with their records, and whether there are more."""
    rows: dict[str, list[Any]] = {}
    for some in in_parts(sorted(wanted)):
        here: dict[str, list[Any]] = {}
        for row in people.connection.execute(_ALIKE, {"wanted": some, "item": item}):
            here.setdefault(row.person, []).append(row)
        rows |= here
    first = sorted(rows)[:MOST]
    return {person: list(people.known(rows[person])) for person in first}, len(rows) > MOST


class Room:
    """What is known beside the records of one publish's record. Satisfies `decide.Room`."""

    def __init__(self, people: People, item: str, summary: Summary, exclusions: Exclusions) -> None:
        # A reader of its own: what is read here is of before this record is linked.
        self._people = People(people.connection, people.store, people.book, people.on)
        self._item = item
        self._summary = summary
        self._exclusions = exclusions

        self._read: dict[str, _Said] = {}

    def met(self, found: Found) -> None:
        """Take what finding the candidates read of them."""
        self._people.remember(found.known)

    @cached_property
    def _version(self) -> Any:
        """The record's version in force; versions become current before links are made."""
        return self._people.connection.execute(_IN_FORCE, {"item": self._item}).one()

    @cached_property
    def _noted(self) -> list[str]:
        """Labels that bind the person of this record already: protections are noted before links are made."""
        return list(self._people.connection.execute(_NOTED, {"item": self._item}).scalars())

    def excluded(self, items: Collection[str]) -> AbstractSet[str]:
        """Records that are not of one person with this one."""
        return self._exclusions(self._people.connection, self._item, items)

    def labelled(self) -> bool:
        """Whether the record is known to be protected: then it looks for nobody by place."""
        return self._summary.restricted or bool(self._noted)

    def own(self, *, deep: bool) -> Standing:
        """Of the record itself."""
        said = self._said(self._version)
        if not deep:
            return Standing(_law([said], ()))
        about = self._about([self._item])[self._item] if self._version.type == "Patient" else []
        protections = [*self._noted, *labels.binding(said.labels, self._people.book)]
        placeless = self._summary.restricted or bool(protections) or self._home_is_protected()
        return Standing(_law([said, *about], self._barring(protections)), placeless)

    def standings(self, persons: Collection[str], *, deep: bool) -> Mapping[str, Standing]:
        """Of candidates; one statement for all of them, whatever is asked."""
        records = self._people.of(persons)
        said = self._introductions([one for of in records.values() for one in of])
        if not deep:
            return {
                person: Standing(_law([said[one.record] for one in records[person]], ()))
                for person in persons
            }
        about = self._about([one.item for of in records.values() for one in of if one.type == "Patient"])
        shared = self._protections(persons)
        return {
            person: self._deep(person, records[person], said, about, shared[person]) for person in persons
        }

    def has_siblings(self, person: str) -> bool:
        """Whether a brother, sister or twin is known, by any source's word or by a parent whom both have, now or once."""
        return bool(siblings.known_siblings(self._people, person))

    def _deep(
        self,
        person: str,
        records: Collection[Known],
        said: "Mapping[str, _Said]",
        about: "Mapping[str, Collection[_Said]]",
        held: Collection[protect.InForce],
    ) -> Standing:
        own = [one.label for one in held if one.person == person]
        everything = [said[one.record] for one in records]
        for one in records:
            everything += about.get(one.item, ())
        law = _law(everything, self._barring(own))
        return Standing(law, bool(held) or any(one.summary.restricted for one in records))

    def _introductions(self, records: Collection[Known]) -> "dict[str, _Said]":
        """Version of a record -> what it says."""
        wanted = {one.record for one in records}
        for row in barred.versions(self._people, wanted - self._read.keys()):
            self._said(row)
        return {record: self._read[record] for record in wanted}

    def _about(self, items: Collection[str]) -> "dict[str, list[_Said]]":
        """What every current record about these patients says: an adoption may stand on any of them."""
        found: dict[str, list[_Said]] = {item: [] for item in items}
        for row in self._people.records(items) if items else ():
            found[row.about].append(self._said(row))
        return found

    def _said(self, version: Any) -> "_Said":
        """What one version says; a body is opened once."""
        if version.id not in self._read:
            body, book = self._people.store.body(version), self._people.book
            carried = labels.labels_of(body, version.source, book)
            bars = any(barred.bars(label, book) for label in carried)
            self._read[version.id] = _Said(labels.adoption(body, carried), bars, carried)
        return self._read[version.id]

    def _barring(self, found: Iterable[str]) -> list[str]:
        return [label for label in found if barred.bars(label, self._people.book)]

    def _protections(self, persons: Collection[str]) -> Mapping[str, Collection[protect.InForce]]:
        """Protections of each candidate and their home; where nobody near is protected, nothing more is asked."""
        records = [one for of in self._people.of(persons).values() for one in of]
        homes = {home for one in records for home in one.summary.homes}
        if self._any(_PROTECTED_OF, "persons", sorted(persons)) or self._any_at(homes):
            return protect.shared(self._people, persons)
        return dict.fromkeys(persons, ())

    def _home_is_protected(self) -> bool:
        """Whether anybody lives at one of the record's addresses who is protected: a home shares its protection."""
        return self._any_at(self._summary.homes)

    def _any_at(self, homes: Iterable[Home]) -> bool:
        mac = self._people.store.mac
        return self._any(
            _PROTECTED_AT, "homes", sorted({key for home in homes for key in keys.of_home(mac, home)})
        )

    def _any(self, statement: Select[Any], name: str, values: Sequence[Any]) -> bool:
        people = self._people
        return any(
            people.kept(row.source, row.received)
            for some in (in_parts(values) if values else ())
            for row in people.connection.execute(statement, {name: some})
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """What one record says of the law."""

    adoption: str
    barred: bool
    labels: tuple[str, ...]


def _law(said: Iterable[_Said], barring: Collection[str]) -> Law:
    """What all of it says together; the later side of an order where both are named."""
    found = list(said)
    sides = {one.adoption for one in found}
    adoption = AFTER if AFTER in sides else BEFORE if BEFORE in sides else NONE
    return Law(adoption, bool(barring) or any(one.barred for one in found))
