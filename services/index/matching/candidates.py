"""The people with whom a record is compared, and what the index knows of them beside their records.

Promise: candidates are found by keyed hashes and opened in memory only; more than `MOST` of them is said; whoever holds the
record's number is among them always; a date of birth after the day of the publish is no date of birth. Nothing here writes.
"""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select

from services.index import barred, keys, labels, protect, siblings
from services.index.matching import blocking
from services.index.matching.decide import Held, Standing
from services.index.matching.guards import AFTER, BEFORE, NONE, Law
from services.index.people import Known, People, in_parts
from services.index.ports import Exclusions
from services.index.read import Summary
from services.index.schema import CURRENT, HOME, IDENTITY, LOOK_UP, PROTECTION, RECORD

MOST = 300
"""People looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one record."""

    people: Mapping[str, tuple[Held, ...]]
    truncated: bool


def plain(summary: Summary, on: str) -> Summary:
    """The summary for comparing on the day `on`: nobody was born later than that."""
    return replace(summary, birth_date="", born="") if summary.born[:10] > on else summary


def find(people: People, item: str, summary: Summary, *, placed: bool) -> Found:
    """Everybody whom the record may be about, with all their records but this one."""
    mac = people.store.mac
    persons, truncated = _persons(people, item, blocking.of_search(mac, summary, placed))
    if truncated:
        numbers = {mac.number("match-number", number.value) for number in summary.numbers}
        persons |= _persons(people, item, numbers)[0]
    found: dict[str, list[Held]] = {}
    for known in people.identities(persons):
        if known.item != item:
            found.setdefault(known.person, []).append(Held(known.item, plain(known.summary, people.on)))
    # In one order on every database, so that the same publish comes to the same.
    ordered = {person: tuple(sorted(found[person], key=lambda held: held.item)) for person in sorted(found)}
    return Found(ordered, truncated)


def _persons(people: People, item: str, wanted: Iterable[int]) -> tuple[set[str], bool]:
    found: set[str] = set()
    for some in in_parts(sorted(wanted)):
        named = (
            select(IDENTITY.c.person)
            .select_from(LOOK_UP.join(IDENTITY, LOOK_UP.c.item == IDENTITY.c.item))
            .where(LOOK_UP.c.key.in_(some), LOOK_UP.c.item != item)
        )
        found |= set(
            people.connection.execute(named.distinct().order_by(IDENTITY.c.person).limit(MOST + 1)).scalars()
        )
    truncated = len(found) > MOST
    return set(sorted(found)[:MOST]), truncated


class Room:
    """What is known beside the records of one publish's record. Satisfies `decide.Room`."""

    def __init__(self, people: People, item: str, summary: Summary, exclusions: Exclusions) -> None:
        # A reader of its own: what is read here is of before this record is linked.
        self._people = People(people.connection, people.store, people.book, people.on)
        self._item = item
        self._summary = summary
        self._exclusions = exclusions

    @cached_property
    def _version(self) -> Any:
        """The record's version in force, and what it says; versions become current before links are made."""
        wanted = select(RECORD).where(RECORD.c.item == self._item, RECORD.c.state == CURRENT)
        return self._people.connection.execute(wanted).one()

    @cached_property
    def _body(self) -> Mapping[str, Any]:
        return self._people.store.body(self._version)

    def excluded(self, items: Collection[str]) -> AbstractSet[str]:
        """Records that are not of one person with this one."""
        if not items:
            return frozenset()
        return self._exclusions(self._people.connection, self._item, items)

    def labelled(self) -> bool:
        """Whether the record is known to be protected: then it looks for nobody by place."""
        return self._summary.restricted or bool(self._noted())

    def own(self, *, deep: bool) -> Standing:
        """Of the record itself."""
        said = [self._said(self._body, self._version.source)]
        if not deep:
            return Standing(_law(said, ()))
        if self._version.type == "Patient":
            said += self._about([self._item])
        protections = self._own_labels()
        placeless = self._summary.restricted or bool(protections) or self._home_is_protected()
        return Standing(_law(said, self._barring(protections)), placeless)

    def standings(self, persons: Collection[str], *, deep: bool) -> Mapping[str, Standing]:
        """Of candidates."""
        people = self._people
        records = people.of(persons)
        known = [one for of in records.values() for one in of]
        introduced = barred.introductions(people, known)
        said = {
            person: [
                _Said(introduced[one.record].adoption, bool(introduced[one.record].labels)) for one in of
            ]
            for person, of in records.items()
        }
        if not deep:
            return {person: Standing(_law(said[person], ())) for person in persons}
        shared = protect.shared(people, persons)
        return {
            person: self._deep(person, records[person], said[person], shared[person]) for person in persons
        }

    def has_siblings(self, person: str) -> bool:
        """Whether a brother, sister or twin is known, by any source's word or by a parent whom both have, now or once."""
        return bool(siblings.known_siblings(self._people, person))

    def _deep(
        self, person: str, records: Collection[Known], said: "list[_Said]", held: list[protect.InForce]
    ) -> Standing:
        patients = [one.item for one in records if one.type == "Patient"]
        own = [one.label for one in held if one.person == person]
        law = _law([*said, *self._about(patients)], self._barring(own))
        return Standing(law, bool(held) or any(one.summary.restricted for one in records))

    def _about(self, items: Collection[str]) -> "list[_Said]":
        """What every current record about these patients says: an adoption may stand on any of them."""
        rows = self._people.records(items) if items else []
        return [self._said(self._people.store.body(row), row.source) for row in rows]

    def _said(self, resource: Mapping[str, Any], source: str) -> "_Said":
        one = barred.introduced(resource, source, self._people.book)
        return _Said(one.adoption, bool(one.labels))

    def _barring(self, found: Iterable[str]) -> list[str]:
        return [label for label in found if barred.bars(label, self._people.book)]

    def _own_labels(self) -> list[str]:
        carried = labels.labels_of(self._body, self._version.source, self._people.book)
        return [*self._noted(), *labels.binding(carried, self._people.book)]

    def _noted(self) -> list[str]:
        """Labels that bind the person of this record already: protections are noted before links are made."""
        wanted = select(PROTECTION.c.label).where(PROTECTION.c.item == self._item, PROTECTION.c.ended == "")
        return list(self._people.connection.execute(wanted).scalars())

    def _home_is_protected(self) -> bool:
        """Whether anybody lives at one of the record's addresses who is protected: a home shares its protection."""
        people = self._people
        wanted = {key for home in self._summary.homes for key in keys.of_home(people.store.mac, home)}
        items: set[str] = set()
        for some in in_parts(sorted(wanted)):
            items |= set(people.connection.execute(select(HOME.c.item).where(HOME.c.key.in_(some))).scalars())
        persons = {known.person for known in people.of_items(items).values()}
        return any(protect.own(people, persons).values())


@dataclass(frozen=True, slots=True)
class _Said:
    """What one record says of the law."""

    adoption: str
    barred: bool


def _law(said: Iterable[_Said], barring: Collection[str]) -> Law:
    """What all of it says together; the later side of an order where both are named."""
    found = list(said)
    sides = {one.adoption for one in found}
    adoption = AFTER if AFTER in sides else BEFORE if BEFORE in sides else NONE
    return Law(adoption, bool(barring) or any(one.barred for one in found))
