"""What a record that introduces somebody says of an adoption, and which of its labels the law bars.

Promise: each record speaks for itself: one that is barred does not bar another source's record of the same person, nor does
another open it; the same statements run whether anybody was found.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from services.contract.people import Introduced
from services.index import labels
from services.index.people import Known, People, in_parts
from services.index.ports import Book
from services.index.schema import RECORD

_VERSIONS = select(RECORD).where(RECORD.c.id.in_(bindparam("ids", expanding=True)))


def versions(people: People, ids: Collection[str]) -> list[Any]:
    """Rows of these versions."""
    found: list[Any] = []
    for some in in_parts(sorted(ids)):
        found += people.connection.execute(_VERSIONS, {"ids": some}).all()
    return found


def introductions(people: People, records: Collection[Known]) -> dict[str, Introduced]:
    """Version of a record -> what it says."""
    return {
        row.id: introduced(people.store.body(row), row.source, people.book)
        for row in versions(people, {known.record for known in records})
    }


def introduced(resource: Mapping[str, Any], source: str, book: Book) -> Introduced:
    """What one record says."""
    carried = labels.labels_of(resource, source, book)
    barring = tuple(label for label in carried if bars(label, book))
    return Introduced(source, labels.adoption(resource, carried), barring)


def bars(label: str, book: Book) -> bool:
    """Whether labels.yaml says of a label that the law bars what carries it."""
    row = book.labels.get(label)
    return bool(row.get("bar") if isinstance(row, Mapping) else getattr(row, "bar", False))
