"""A question sees the index as it was when it began, and can write nothing; and what is asked often is planned once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, text

from services.contract.problems import IndexUnavailable
from services.index import link
from services.index.index import Index
from services.index.schema import IDENTITY, RECORD
from tests.unit.index.northshire import MIA, patient, publish, small_index
from tests.verification.databases import database_of
from tests.verification.index_stores import Opened, index, opened

__all__ = ["Opened", "index", "opened"]

_HOW_MANY = select(func.count()).select_from(RECORD)


def test_a_view_stays_the_same_while_others_publish(opened: Opened) -> None:
    one, other = opened(), opened()
    publish(one, "csc", patient("m", "Mia Reid", "2019-07-05", MIA))
    with one._store.read() as connection:
        assert connection.execute(_HOW_MANY).scalar() == 1
        publish(other, "csc", patient("l", "Leo Reid", "2021-01-01"))
        assert connection.execute(_HOW_MANY).scalar() == 1
    with one._store.read() as connection:
        assert connection.execute(_HOW_MANY).scalar() == 2


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    index = small_index(tmp_path, database_of(request, "postgres"))
    yield index
    index.close()


def test_a_view_on_postgresql_cannot_write_and_whoever_comes_after_can(on_postgres: Index) -> None:
    publish(on_postgres, "csc", patient("m", "Mia Reid", "2019-07-05", MIA))
    store = on_postgres._store
    with pytest.raises(IndexUnavailable), store.read() as connection:
        connection.execute(delete(IDENTITY))
    with store.read() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
    with store.write() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
        assert connection.execute(delete(IDENTITY)).rowcount == 1


def test_postgresql_plans_once_what_is_asked_often(on_postgres: Index) -> None:
    store = on_postgres._store
    for _ in range(7):
        with store.write() as connection:
            link._PERSON_OF.rows(connection, {"item": "somebody"})
    prepared = text(
        "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE :like"
    )
    with store.write() as connection:
        assert connection.execute(prepared, {"like": "SELECT index_identity.person%"}).scalar() == 2
