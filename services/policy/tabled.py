"""Rows by the tables of a book: those at hand in the program's own folder, or made now, and only those that differ.

Promise: tables are read from the program's own folder and never from MASH_HOME; of rules that have no tables the engine itself
gives the rows, slower and the same.
"""

from collections import OrderedDict
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock

from services.policy.build import BUILT
from services.policy.engine_rows import EngineRows
from services.policy.ports import EngineFailed, Rows
from services.policy.tables.artefact import Tables, read_tables, write_tables
from services.policy.tables.build import build_tables
from services.policy.tables.serve import FILE, TabulatingEngine
from services.policy.tables.shape import CannotTabulate
from services.policy.tables.walk import Walk
from services.runtime.book import Book

KEPT = 3
"""Books whose tables and rows are remembered: old, new, and one to spare."""


class Tabled:
    """Tables of one book after another, each made from those before it. The first are kept where none were. Thread-safe."""

    def __init__(self, built: Path = BUILT) -> None:
        self._built = built
        self._known: OrderedDict[str, Tables] = OrderedDict()
        self._walks: dict[str, Walk] = {}
        self._lock = Lock()

    def rows(self, engine: TabulatingEngine, book: Book) -> Rows:
        """Rows under the book, by an engine that the program itself brought. Raises `BadSetting` where the book's rules are not
        those that the engine has."""
        try:
            with self._lock:
                tables = self._tables(engine, book)
                if book.digest not in self._walks:
                    self._walks[book.digest] = Walk(tables)
                return self._walks[book.digest]
        except (CannotTabulate, EngineFailed, ValueError):
            return EngineRows(engine, book)

    def tables(self, engine: TabulatingEngine, book: Book) -> Tables:
        """The tables themselves. Raises `CannotTabulate`, `EngineFailed`, and `BadSetting` as above."""
        with self._lock:
            return self._tables(engine, book)

    def _tables(self, engine: TabulatingEngine, book: Book) -> Tables:
        if book.digest not in self._known:
            before = next(reversed(self._known.values()), None) or read_tables(self._built / FILE)
            self._known[book.digest] = self._made(engine, book, before)
            while len(self._known) > KEPT:
                self._walks.pop(self._known.popitem(last=False)[0], None)
        return self._known[book.digest]

    def _made(self, engine: TabulatingEngine, book: Book, before: Tables | None) -> Tables:
        if before is not None and before.book == book.digest:
            return before
        # Only now: what is at hand is looked up without an engine, which takes a second to be ready.
        engine.prepare(book)
        made = build_tables(book, engine, before)
        if before is None:
            # The next command has them at hand, if the folder may be written at all.
            with suppress(OSError):
                write_tables(made, self._built / FILE)
        return made


@cache
def own() -> Tabled:
    """That of this process, by the program's own folder: what one comparison made, the next one finds."""
    return Tabled()
