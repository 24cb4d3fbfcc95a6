"""Protections: made by a label that binds the person, kept until a named person's review ends them.

Promise: publishing again, an end date or another source's silence ends nothing; everybody at a protected person's
current address shares the protection, save the people it protects from; nobody protected has a look-up key made from a
place.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from services.contract.about import NHS_NUMBER
from services.contract.problems import NotFound
from services.contract.publishing import Protection
from services.index import key_rows, keys, labels, normalise
from services.index.links import events, past_keys
from services.index.people import People, in_parts, same_home
from services.index.ports import Book
from services.index.read import Home, dicts, text_of
from services.index.references import relative
from services.index.schema import CONCERN, CURRENT, LOOK_UP, PROTECTION, RECORD
from services.index.store import Store, opaque

CONCERN_URL = "urn:mash:ext:concern"
"""Extension on the Flag or labelled record: valueReference to somebody from whom the person is protected."""
TAG = "urn:mash:protection"
"""System of the tag by which a record read back names the protections that it began."""
DETAIL_URL = "http://hl7.org/fhir/StructureDefinition/flag-detail"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
ORGANISATION = "urn:mash:organisation"
ITEM, NUMBER, AT, NOBODY = "item", "number", "organisation", "nobody"


@dataclass(frozen=True, slots=True)
class InForce:
    """A protection in force, and whom it is from."""

    id: str
    person: str
    label: str
    source: str
    concerns: frozenset[str]
    """Person ids."""
    organisations: frozenset[str]
    nobody: bool
    """Some version of it named no person."""


def note(people: People, version: Any, resource: Mapping[str, Any]) -> None:
    """Record the protections that one version makes; adds to one that stands, never ends one."""
    found = labels.binding(labels.labels_of(resource, version.source, people.book), people.book)
    if not found or version.about is None:
        return
    named = set(_concerns(people, version.source, resource))
    if not {kind for kind, _ in named} & {ITEM, NUMBER}:
        named.add((NOBODY, ""))
    # A relative's record says where both live: its label holds for both.
    bound = {version.about} | ({version.item} if version.type == "RelatedPerson" else set())
    for label in found:
        for item in sorted(bound):
            id = _standing(people, version, item, label) or _new(people, version, item, label)
            there = select(CONCERN.c.kind, CONCERN.c.ref).where(CONCERN.c.protection == id)
            known = {(row.kind, row.ref) for row in people.connection.execute(there)}
            fresh = [{"protection": id, "kind": kind, "ref": ref} for kind, ref in sorted(named - known)]
            if fresh:
                people.connection.execute(insert(CONCERN), fresh)


def _standing(people: People, version: Any, item: str, label: str) -> str | None:
    return people.connection.execute(
        select(PROTECTION.c.id).where(
            PROTECTION.c.origin == version.item,
            PROTECTION.c.item == item,
            PROTECTION.c.label == label,
            PROTECTION.c.ended == "",
        )
    ).scalar()


def _new(people: People, version: Any, item: str, label: str) -> str:
    id = opaque()
    row = {"id": id, "item": item, "origin": version.item, "label": label, "source": version.source,
           "since": version.received, "ended": ""}  # fmt: skip
    people.connection.execute(insert(PROTECTION).values(**row))
    return id


def _concerns(people: People, source: str, resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for extension in dicts(resource.get("extension")):
        if extension.get("url") in (CONCERN_URL, DETAIL_URL):
            for reference in dicts(extension.get("valueReference")):
                yield from _concern(people, source, reference)


def _concern(people: People, source: str, reference: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    store = people.store
    for identifier in dicts(reference.get("identifier")):
        value = text_of(identifier.get("value"))
        if identifier.get("system") == NHS_NUMBER and normalise.number(value):
            yield NUMBER, str(store.mac.number("nhs", normalise.number(value)))
        yield from ((AT, id) for id in _organisations(people.book, [identifier]))
    target = relative(text_of(reference.get("reference")))
    if target is None:
        return
    if target[0] in ("Patient", "RelatedPerson"):
        yield ITEM, store.item(source, *target)
    elif target[0] in ("Organization", "PractitionerRole"):
        yield from ((AT, id) for id in _employers(people, source, target))
    elif target[0] == "Practitioner":
        # Staff of whom no employer is named are the publisher's own.
        yield AT, people.book.sources[source].organisation


def _employers(people: People, source: str, target: tuple[str, str]) -> Iterator[str]:
    item = people.store.item(source, *target)
    row = people.connection.execute(
        select(RECORD).where(RECORD.c.item == item, RECORD.c.state == CURRENT)
    ).first()
    resource = people.store.body(row) if row else {}
    if target[0] == "Organization":
        yield from _organisations(people.book, dicts(resource.get("identifier")))
        return
    for employer in dicts(resource.get("organization")):
        yield from _organisations(people.book, dicts(employer.get("identifier")))
        inner = relative(text_of(employer.get("reference")))
        if inner and inner[0] == "Organization":
            yield from _employers(people, source, inner)


def _organisations(book: Book, identifiers: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for identifier in identifiers:
        system, value = identifier.get("system"), text_of(identifier.get("value"))
        for organisation in book.organisations.values():
            if (system == ODS and value and value == organisation.ods) or (
                system == ORGANISATION and value == organisation.id
            ):
                yield organisation.id


def own(people: People, persons: Collection[str]) -> dict[str, list[InForce]]:
    """The protections in force of each person's own."""
    of_item = people.items(persons)
    rows: list[Any] = []
    for some in in_parts(sorted(of_item)):
        wanted = select(PROTECTION).where(PROTECTION.c.item.in_(some), PROTECTION.c.ended == "")
        rows += people.connection.execute(wanted).all()
    named: dict[str, list[tuple[str, str]]] = {row.id: [] for row in rows}
    for some in in_parts(sorted(named)):
        for row in people.connection.execute(select(CONCERN).where(CONCERN.c.protection.in_(some))):
            named[row.protection].append((row.kind, row.ref))
    whom = _persons(people, {pair for pairs in named.values() for pair in pairs})
    found: dict[str, list[InForce]] = {person: [] for person in persons}
    for row in rows:
        person = of_item[row.item]
        pairs = named[row.id]
        found[person].append(
            InForce(row.id, person, row.label, row.source,
                    frozenset(one for pair in pairs for one in whom.get(pair, ())) - {person},
                    frozenset(ref for kind, ref in pairs if kind == AT),
                    any(kind == NOBODY for kind, _ in pairs))
        )  # fmt: skip
    return found


def _persons(people: People, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], set[str]]:
    """Whom each named concern is, now: an item's person, or everybody with that number."""
    known = people.of_items(ref for kind, ref in pairs if kind == ITEM)
    found = {(ITEM, item): {one.person} for item, one in known.items()}
    items, _ = people.by_keys([int(ref) for kind, ref in pairs if kind == NUMBER], most=10_000)
    for one in people.of_items(items).values():
        for number in one.summary.numbers:
            key = str(people.store.mac.number("nhs", number.value))
            found.setdefault((NUMBER, key), set()).add(one.person)
    return found


def shared(people: People, persons: Collection[str]) -> dict[str, list[InForce]]:
    """The protections that hold for each person: their own, and those of people at their current address."""
    question = ("shared", frozenset(persons))
    if question not in people.memo:
        people.memo[question] = _shared(people, persons)
    found: dict[str, list[InForce]] = people.memo[question]
    return found


def _shared(people: People, persons: Collection[str]) -> dict[str, list[InForce]]:
    homes = people.same_home(persons)
    everybody = {*persons, *(other for others in homes.values() for other in others)}
    people.of(everybody - set(persons), always=True)
    mine = own(people, everybody)
    people.of({concern for held in mine.values() for one in held for concern in one.concerns}, always=True)
    found: dict[str, list[InForce]] = {}
    for person in persons:
        found[person] = list(mine[person])
        for other in sorted(homes[person]):
            for protection in mine[other]:
                if person not in protection.concerns and _share(people, person, protection):
                    found[person].append(protection)
    return found


def _share(people: People, person: str, protection: InForce) -> bool:
    """Whether they share a home that is still the protected person's.

    Where sources disagree on the protected person's address, the one at which a person of concern lives is taken for
    the home that was fled; where there is no other, it counts all the same.
    """
    theirs = people.homes(protection.person)
    feared = [home for concern in protection.concerns for home in people.homes(concern)]
    safe = [home for home in theirs if not _among(home, feared)] or theirs
    return any(_among(home, safe) for home in people.homes(person))


def _among(home: Home, others: Iterable[Home]) -> bool:
    return any(same_home(home, other) for other in others)


def refresh_keys(people: People, items: Collection[str]) -> None:
    """Give or take the place keys of everybody touched by these items, and of everybody at their addresses."""
    touched = {known.person for known in people.of_items(items).values()}
    touched |= {other for others in people.same_home(touched).values() for other in others}
    held = shared(people, touched)
    of = people.of(touched)
    had = key_rows.found_by(people, [known.item for records in of.values() for known in records])
    for person, records in of.items():
        for known in records:
            placed = not held[person] and not known.summary.restricted
            wanted = keys.of_record(people.store.mac, known.summary, placed)
            if not placed:
                past_keys.keep(people, known.item, wanted | keys.of_homes(people.store.mac, known.summary))
            # Whoever lives near is looked at at every publish, and mostly has what is theirs.
            if wanted != had.get(known.item, set()):
                key_rows.replace(people, LOOK_UP, known.item, wanted)


def begun_by(connection: Connection, item: str) -> list[str]:
    """Ids of protections in force that this record began."""
    wanted = select(PROTECTION.c.id).where(PROTECTION.c.origin == item, PROTECTION.c.ended == "")
    return sorted(connection.execute(wanted).scalars())


def tagged(resource: Mapping[str, Any], protections: Collection[str]) -> Mapping[str, Any]:
    """The resource with a tag for each protection: by it the flagging organisation's reviewer names what to review."""
    if not protections:
        return resource
    meta = resource.get("meta") or {}
    tags = [*meta.get("tag", ()), *({"system": TAG, "code": id} for id in protections)]
    return {**resource, "meta": {**meta, "tag": tags}}


def protection(store: Store, book: Book, id: str) -> Protection | None:
    """A protection as a reviewer meets it, ended or not; None for no such id."""
    with store.read() as connection:
        row = connection.execute(select(PROTECTION).where(PROTECTION.c.id == id)).first()
    source = book.sources.get(row.source) if row else None
    if row is None or source is None:
        return None
    return Protection(row.id, row.label, source.organisation, row.since, bool(row.ended))


def end_protection(
    store: Store, book: Book, id: str, by: str, on: str, then: Callable[[People, set[str]], None]
) -> None:
    """End it, by the reviewer `by`; a second time changes nothing. Raises `NotFound`.

    `then`: what follows for the items that it bound, in the same transaction.
    """
    with store.write() as connection:
        row = connection.execute(select(PROTECTION).where(PROTECTION.c.id == id)).first()
        if row is None:
            raise NotFound("no such protection")
        if row.ended:
            return
        ended = {"ended": on, "ended_by": store.seal(by, f"protection:{id}")}
        connection.execute(update(PROTECTION).where(PROTECTION.c.id == id).values(**ended))
        events.happened(connection, events.PROTECTION_ENDED, id, on)
        refresh_keys(People(connection, store, book, on[:10]), {row.item})
        then(People(connection, store, book, on[:10]), {row.item})
