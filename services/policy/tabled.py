"""Rows by the tables of a book: those at hand in the program's own folder, or made now, and only those that differ.

Promise: tables are read from the program's own folder and never from MASH_HOME; of rules that have no tables the engine itself
gives the rows, slower and the same.
"""

from contextlib import suppress
from pathlib import Path

from services.policy.build import BUILT
from services.policy.engine_rows import EngineRows
from services.policy.ports import EngineFailed, Rows
from services.policy.tables.artefact import Tables, read_tables, write_tables
from services.policy.tables.build import build_tables
from services.policy.tables.serve import FILE, TabulatingEngine
from services.policy.tables.shape import CannotTabulate
from services.policy.tables.walk import Walk
from services.runtime.book import Book


class Tabled:
    """Tables of one book after another, each made from those before it. The first are kept where none were."""

    def __init__(self, built: Path = BUILT) -> None:
        self._built = built
        self._before: Tables | None = None

    def rows(self, engine: TabulatingEngine, book: Book) -> Rows:
        """Rows under the book, by an engine that the program itself brought. Raises `BadSetting` where the book's rules are not
        those that the engine has."""
        try:
            return Walk(self.tables(engine, book))
        except (CannotTabulate, EngineFailed, ValueError):
            return EngineRows(engine, book)

    def tables(self, engine: TabulatingEngine, book: Book) -> Tables:
        """The tables themselves. Raises `CannotTabulate`, `EngineFailed`, and `BadSetting` as above."""
        before = self._before or read_tables(self._built / FILE)
        if before is None or before.book != book.digest:
            # Only now: what is at hand is looked up without an engine, which takes a second to be ready.
            engine.prepare(book)
            made = build_tables(book, engine, before)
            if before is None:
                # The next command has them at hand, if the folder may be written at all.
                with suppress(OSError):
                    write_tables(made, self._built / FILE)
            before = made
        self._before = before
        return before
