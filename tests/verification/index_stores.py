"""The index on both of its databases, each test on an empty one."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateSchema

from services.index.index import Index
from tests.unit.index.northshire import FakeShelf, small_index

Opened = Callable[..., Index]


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Open the index of this test, as often as wanted: the same database and keys each time."""
    database = ""
    if request.param == "postgres":
        dsn = request.getfixturevalue("postgres_dsn")
        schema = f"t{secrets.token_hex(6)}"
        engine = create_engine(dsn)
        with engine.begin() as connection:
            connection.execute(CreateSchema(schema))
        engine.dispose()
        database = f"{dsn}{'&' if '?' in dsn else '?'}options=-csearch_path%3D{schema}"
    opened: list[Index] = []

    def again(shelf: FakeShelf | None = None) -> Index:
        opened.append(small_index(tmp_path, database, shelf))
        return opened[-1]

    yield again
    for index in opened:
        index.close()


@pytest.fixture
def index(opened: Opened) -> Index:
    """An empty index."""
    return opened()
