"""What stands in the index's database: nothing readable of a person, and the schema that the code believes in."""

import base64
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from services.contract.people import Gather, Relate, Resolve
from services.contract.problems import BadSetting, IndexUnavailable
from services.index.index import Index
from services.index.people import People
from services.index.schema import METADATA, VERSION_TABLE
from services.runtime.keys import CannotOpen
from tests.unit.index.northshire import (
    DANA,
    MIA,
    ON,
    FakeShelf,
    about,
    flag,
    home,
    patient,
    publish,
    relative,
    small_index,
    submission,
)

WORDS = ("Reid", "REID", "reid", "Mia", "Dana", "9991000011", "9991000046", "Harbour", "harbour", "ZZ99", "zz99",
         "2019-05-07", "960001", "bruises", "patient-known-by-name", "officer-jones", "client")  # fmt: skip
SIX = 6
WAITING = submission("csc", patient("p2", "Mia Reid", "2019-05-07", MIA))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = small_index(tmp_path)
    yield opened
    opened.close()


def filled(index: Index) -> None:
    publish(index, "csc",
            patient("patient-known-by-name", "Mia Reid", "2019-05-07", MIA, address=[home("14 Harbour Street")],
                    telecom=[{"system": "phone", "value": "01632 960001"}]),
            relative("r", "patient-known-by-name", "Dana Reid", "MTH", nhs=DANA, born="1990-01-02"),
            flag("f", "patient-known-by-name", "L:SAFEADDR", text={"div": "<div>bruises</div>"}))  # fmt: skip
    index.store_unseen(WAITING)


def test_no_name_number_address_or_text_is_readable_in_any_file(index: Index, tmp_path: Path) -> None:
    filled(index)
    who = index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON)).people[0].person
    index.relate(Relate(who, "family", ON, ()))
    index.gather(Gather((("csc", who),), {}, ON))
    with index._store.read() as connection:
        protections = connection.execute(text("SELECT id FROM index_protection")).scalars().all()
    index.end_protection(protections[0], "officer-jones")
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"index.db", "index.db-wal"}
    stored = b"".join(path.read_bytes() for path in files)
    assert len(stored) > 50_000
    for word in WORDS:
        forms = (word.encode(), base64.b64encode(word.encode())[:-2], word.encode("utf-16-le"))
        # Fewer than six bytes stand in sealed, random ones by chance.
        assert not [word for form in forms if len(form) >= SIX and form in stored]


def test_no_repr_and_no_error_shows_a_person(index: Index, tmp_path: Path) -> None:
    filled(index)
    found = index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON))
    kin = index.relate(Relate(found.people[0].person, "family", ON, ()))
    items = index.gather(Gather((("csc", found.people[0].person),), {}, ON))
    with index._store.read() as connection:
        inside = People(connection, index._store, FakeShelf().book, ON).of([found.people[0].person])
    shown = repr((found, kin, items, inside, [known.summary for known in inside[found.people[0].person]]))
    for word in ("Reid", MIA, "2019-05-07", "Harbour"):
        assert word not in shown
    index.close()
    (tmp_path / "home" / "index.db").write_bytes(b"damaged" * 1000)
    with pytest.raises(IndexUnavailable) as failed:
        publish(index, "csc", patient("m", f"{'Zeb'}{'ulon'} X", "2019-05-07"))
    told = "".join(traceback.format_exception(failed.value))
    for word in ("Zebulon", "INSERT", "DatabaseError"):
        assert word not in told
    assert not index.ready()


def test_a_sealed_body_moved_to_another_row_does_not_open(index: Index) -> None:
    filled(index)
    with index._store.write() as connection:
        connection.execute(
            text("UPDATE index_record SET body = (SELECT body FROM index_record WHERE type = 'Flag')")
        )
    with pytest.raises(CannotOpen):
        index.read_back("csc", "Patient", "patient-known-by-name")


def test_the_migrations_make_the_schema_that_the_code_uses(index: Index) -> None:
    with index._store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: not (kind == "table" and name == VERSION_TABLE)},
        )
        assert compare_metadata(context, METADATA) == []


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    first = small_index(tmp_path)
    filled(first)
    first.close()
    again = small_index(tmp_path)
    assert again.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON)).people
    again.close()


def test_sqlite_is_durable_at_each_commit(index: Index) -> None:
    with index._store.read() as connection:
        said = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert said == ["wal", 2, 1]


def test_a_failed_second_transaction_leaves_nothing_visible(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = index.store_unseen(WAITING)

    def fails(*_: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr("services.index.protect.refresh_keys", fails)
        with pytest.raises(IndexUnavailable):
            index.make_visible(accepted.outbox)
    assert index.resolve(Resolve(about(nhs=MIA, born="2019-05-07"), ON)).people == ()
    assert index.read_back("csc", "Patient", "p2") is None
    assert index.unsent() == (accepted,)
    index.make_visible(accepted.outbox)
    assert index.read_back("csc", "Patient", "p2") is not None


def test_only_postgresql_beside_the_embedded_database(tmp_path: Path) -> None:
    for address in ("mysql://u@h/d", "nonsense"):
        with pytest.raises(BadSetting, match="MASH_DATABASE"):
            small_index(tmp_path, address)


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(IndexUnavailable):
        small_index(tmp_path, "postgresql://nobody@127.0.0.1:9/none?connect_timeout=1")
