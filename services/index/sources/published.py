"""Records that were published here, as items for policy and release.

Promise: an item is a current version within its source's retention, and says of everything in it that names or places
somebody else whom it is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services.contract.people import Item
from services.index import reduce
from services.index.consent import Said
from services.index.facts import consents_of
from services.index.people import Known, People
from services.index.read import text_of
from services.index.references import relative, walk
from services.index.schema import CURRENT, RECORD

SELF = ("name", "telecom", "gender", "birthDate", "address", "photo", "identifier", "communication")
"""Elements of a RelatedPerson that speak of the relative, not of the patient."""


def items_of(people: People, asks: Collection[tuple[str, str]]) -> tuple[Item, ...]:
    """Every current record of each (source, person) asked, oldest first within a source."""
    wanted = set(asks)
    of_item = people.items({person for _, person in asks})
    rows = [
        row
        for row in people.records(of_item, sources={source for source, _ in asks})
        if (row.source, of_item[row.about]) in wanted
    ]
    rows.sort(key=lambda row: (row.source, row.received, row.id))
    bodies = {row.id: people.store.body(row) for row in rows}
    said = consents_of(people, {person for _, person in asks})
    targets = _targets(people, rows, bodies)
    replaced: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        replaced[row.source].append(bodies[row.id])
    by_source = {source: reduce.replaced_by(resources) for source, resources in replaced.items()}
    read = _Read(people, said, by_source, targets)
    return tuple(_item(read, row, bodies[row.id], of_item[row.about]) for row in rows)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read once for all the items of one question."""

    people: People
    said: Mapping[str, Collection[Said]]
    """By person."""
    replaced: Mapping[str, frozenset[str]]
    """By source."""
    targets: Mapping[tuple[str, str], str]


def _item(read: _Read, row: Any, resource: Mapping[str, Any], person: str) -> Item:
    own = f"{row.type}/{resource['id']}"
    around = reduce.Around(
        read.people.book, read.people.on, tuple(read.said[person]), read.replaced[row.source]
    )
    meant = {
        one["reference"]: read.targets[row.source, one["reference"]]
        for _, one in walk(resource, row.type)
        if (row.source, one["reference"]) in read.targets
    }
    return Item(
        source=row.source,
        person=person,
        record=row.id,
        resource=resource,
        facts=reduce.facts_of(resource, row.source, around, own),
        received=row.received,
        names=tuple(_names(resource, person, meant, read.targets.get((row.source, own), ""))),
        references={written: _pointed(target) for written, target in meant.items()},
    )


def _names(
    resource: Mapping[str, Any], person: str, meant: Mapping[str, str], itself: str
) -> Iterator[tuple[str, str]]:
    kind = resource["resourceType"]
    if kind == "RelatedPerson":
        relative_person = itself.partition(" ")[2]
        if relative_person and relative_person != person:
            yield from ((f"RelatedPerson.{name}", relative_person) for name in SELF if name in resource)
    for path, one in walk(resource, kind):
        other = meant.get(one["reference"], "").partition(" ")[2]
        if other and other != person:
            yield path, other


def _pointed(target: str) -> str:
    """`record:<id>` for a record, `person:<id>` for a Patient."""
    record, _, person = target.partition(" ")
    return f"person:{person}" if person and record == "Patient" else f"record:{record}"


def _targets(people: People, rows: Collection[Any], bodies: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """(source, reference) -> `<record id> <person>`; `Patient <person>` for a Patient; no person for anything else."""
    wanted: dict[str, tuple[str, str]] = {}
    for row in rows:
        names = {one["reference"] for _, one in walk(bodies[row.id], row.type)} | {
            f"{row.type}/{bodies[row.id]['id']}"
        }
        for name in names:
            target = relative(text_of(name))
            if target:
                wanted[people.store.item(row.source, *target)] = (row.source, name)
    known: Mapping[str, Known] = people.of_items(wanted)
    found = {}
    for item, place in wanted.items():
        if item in known:
            one = known[item]
            found[place] = f"{'Patient' if one.type == 'Patient' else one.record} {one.person}"
    others = select(RECORD.c.item, RECORD.c.id).where(
        RECORD.c.item.in_(sorted(wanted)), RECORD.c.state == CURRENT
    )
    for row in people.connection.execute(others):
        found.setdefault(wanted[row.item], row.id)
    return found
