"""What a record that introduces somebody says of an adoption, and which of its labels the law bars.

Promise: each record speaks for itself: one that is barred does not bar another source's record of the same person, nor does
another open it; no statement tells whether anybody was found.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from services.contract.people import Introduced
from services.index import labels
from services.index.among import among
from services.index.marks import Marks
from services.index.people import Known, People, in_parts
from services.index.ports import Book
from services.index.prepared import Prepared
from services.index.schema import RECORD

_VERSIONS = Prepared(select(RECORD).where(among(RECORD.c.id, "ids")))


def versions(people: People, ids: Collection[str]) -> list[Any]:
    """Rows of these versions."""
    found: list[Any] = []
    for some in in_parts(sorted(ids)):
        found += _VERSIONS.rows(people.connection, {"ids": some})
    return found


def introductions(people: People, records: Collection[Known]) -> dict[str, Introduced]:
    """Version of a record -> what it says."""
    found = {one.record: introduced(one.marks, one.source, people.book) for one in records if one.marks}
    # Only what was stored before marks were kept is read for them.
    bare = {one.record for one in records} - found.keys()
    for row in versions(people, bare) if bare else ():
        found[row.id] = introduced(people.store.marks(row), row.source, people.book)
    return found


def introduced(marks: Marks, source: str, book: Book) -> Introduced:
    """What one record says."""
    carried = labels.of_marks(marks, source, book)
    barring = tuple(label for label in carried if bars(label, book))
    return Introduced(source, labels.adoption_of_marks(marks, carried), barring)


def bars(label: str, book: Book) -> bool:
    """Whether labels.yaml says of a label that the law bars what carries it."""
    row = book.labels.get(label)
    return bool(row.get("bar") if isinstance(row, Mapping) else getattr(row, "bar", False))
