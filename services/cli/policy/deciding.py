"""What the commands that look at many questions decide with, and the day of the question.

Promise: the rows are those of the book that is named, from its tables, or there are none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from services.contract.places import policies as shipped
from services.policy.build import BUILT
from services.policy.ports import Rows
from services.policy.tabled import own
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, read_book

LONGEST = 60.0
"""Seconds for one call of many profiles."""


def today() -> str:
    """The day in Europe/London."""
    return datetime.now(ZoneInfo("Europe/London")).date().isoformat()


def book_of(policies: Path | None) -> Book:
    """The book of the folder, or the hub's own. Raises `BadBook`."""
    return read_book(policies or shipped())


@contextmanager
def deciding(*books: Book) -> Iterator[tuple[Rows, ...]]:
    """Rows of each of the books, until the block ends. Raises `BadSetting` where a book's rules are not compiled here."""
    engine = EmbeddedEngine(BUILT, LONGEST)
    try:
        tabled = own()
        yield tuple(tabled.rows(engine, book) for book in books)
    finally:
        engine.close()
