"""The marks kept beside a record say of labels and adoption what the record itself says, and nothing of a person."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from services.contract.people import Resolve
from services.index import barred, labels
from services.index.index import Index
from services.index.marks import from_plain, marks_of
from services.index.people import People
from services.index.schema import IDENTITY, RECORD
from tests.unit.index.northshire import MIA, ON, about, flag, home, patient, publish, small_index

ADOPTED = {"system": labels.ADOPTION, "code": "before"}
BODY = {
    "resourceType": "Flag",
    "id": "f",
    "meta": {"security": [{"system": "urn:other", "code": "HIV"}, ADOPTED, {"system": "urn:other"}]},
    "code": {"coding": [{"system": "urn:mash:cs:label", "code": "L:SAFEADDR"}], "text": "Keep away, Mia Reid"},
    "note": [{"extension": [{"url": "u", "valueCoding": {"system": "http://snomed.info/sct", "code": "62479008"}}]}],
}  # fmt: skip


def a_book(label: str) -> Any:
    return SimpleNamespace(codes={"62479008": (label,)}, sources={}, labels={})


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = small_index(tmp_path)
    yield opened
    opened.close()


def test_marks_that_were_kept_give_the_labels_and_the_adoption_of_the_record() -> None:
    kept = from_plain(orjson.loads(orjson.dumps(marks_of(BODY).plain())))
    book = a_book("HIV-CODE")
    assert labels.of_marks(kept, "s", book) == ("HIV", "HIV-CODE", "L:SAFEADDR", "UNREADABLE")
    assert labels.of_marks(kept, "s", book) == labels.labels_of(BODY, "s", book)
    assert labels.adoption_of_marks(kept, ()) == labels.adoption(BODY, ()) == "before"


def test_a_book_read_later_puts_its_labels_on_marks_kept_before() -> None:
    kept = marks_of(BODY)
    assert "LATER" in labels.of_marks(kept, "s", a_book("LATER"))


def test_marks_hold_no_text() -> None:
    said = orjson.dumps(marks_of(BODY).plain())
    assert b"Mia" not in said and b"Keep" not in said


def test_records_stored_before_marks_were_kept_say_the_same(index: Index) -> None:
    security = {"security": [ADOPTED]}
    publish(index, "csc", patient("p", "Mia Reid", "2019-05-07", MIA, meta=security, address=[home("1 A Street")]),
            flag("f", "p", "L:SAFEADDR"))  # fmt: skip
    who = index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON)).people[0].person

    def said() -> list[tuple[str, tuple[str, ...]]]:
        with index._store.read() as connection:
            people = People(connection, index._store, index._shelf.current(), ON)
            records = people.of([who])[who]
            return [(one.adoption, one.labels) for one in barred.introductions(people, records).values()]

    kept = said()
    assert kept and kept[0][0] == "before"
    with index._store.write() as connection:
        connection.execute(update(RECORD).values(marks=None))
        for row in connection.execute(select(IDENTITY)).all():
            place = f"identity:{row.record}"
            plain = {k: v for k, v in index._store.unseal(row.summary, place).items() if k != "marks"}
            connection.execute(
                update(IDENTITY)
                .where(IDENTITY.c.item == row.item)
                .values(summary=index._store.seal(plain, place))
            )
    assert said() == kept
