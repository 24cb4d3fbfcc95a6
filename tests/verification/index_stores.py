"""The index on both of its databases, each test on an empty one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.index.index import Index
from tests.unit.index.northshire import FakeShelf, small_index
from tests.verification.databases import database_of

Opened = Callable[..., Index]


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Open the index of this test, as often as wanted: the same database and keys each time."""
    database = database_of(request, request.param)
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
