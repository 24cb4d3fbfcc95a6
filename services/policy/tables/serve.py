"""Serving from tables: an engine that answers from the tables of a book once they are built, and asks another until then.

Promise: no request waits for a table; what is answered from tables is answered under the very book that was asked for; whether
the hub is ready is for the engine behind to say.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from services.contract.decisions import Context, Profile
from services.contract.problems import Problem
from services.policy.build import BUILT
from services.policy.ports import Engine, EngineFailed
from services.policy.tables.artefact import Tables, read_tables
from services.policy.tables.build import Tabulates, build_tables
from services.policy.tables.walk import Found, Walk
from services.runtime.book import Book
from services.runtime.logs import log

FILE = "tables.bin"
KEPT = 4
"""Books whose tables are kept: in force, the one before, one that is coming, one to spare."""
AGAIN = 5.0
"""Seconds after which a build that failed is tried again."""


class TabulatingEngine(Engine, Tabulates, Protocol):
    """What stands behind: it decides, and answers one rule for many keys."""


class _Shared:
    """Tables of this process by digest of the book: several hubs in one process build them once."""

    def __init__(self) -> None:
        self._walks: OrderedDict[str, Walk] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str) -> Walk | None:
        return self._walks.get(digest)

    def keep(self, walk: Walk) -> None:
        with self._lock:
            self._walks[walk.tables.book] = walk
            while len(self._walks) > KEPT:
                self._walks.popitem(last=False)

    def newest(self) -> Tables | None:
        with self._lock:
            return next(reversed(self._walks.values())).tables if self._walks else None


_shared = _Shared()


class TableEngine:
    """Engine over tables, with another behind. `built`: where tables made beforehand stand.

    `told_first`: tables serve a book only after the engine behind has said that it has that book, as a server must.
    """

    def __init__(self, behind: TabulatingEngine, built: Path = BUILT, *, told_first: bool = False) -> None:
        self._behind, self._built = behind, built
        self._told_first, self._told = told_first, set[str]()
        self._building: dict[str, threading.Thread] = {}
        self._failed: dict[str, float] = {}
        self._lock = threading.Lock()
        self._ended = False

    def rehearse(self, book: Book) -> None:
        """As the engine behind does; the tables are begun meanwhile, so that they are there when the book is."""
        self._behind.rehearse(book)
        self.walk(book)

    def prepare(self, book: Book) -> None:
        """Make the engine behind ready; the tables follow in the background. Raises what that engine raises."""
        self._behind.prepare(book)
        self._told.add(book.digest)
        self.walk(book)

    def ask(self, book: Book, question: Mapping[str, Any]) -> Any:
        """The answer from the book's tables, or the engine's. Raises `EngineFailed`."""
        walk = self.walk(book)
        return walk.answer(question) if walk else self._behind.ask(book, question)

    def found(self, book: Book, context: Context, profiles: Sequence[Profile]) -> list[Found] | None:
        """What the tables say; None while they are not built."""
        walk = self.walk(book)
        return walk.found(context, profiles) if walk else None

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """As the engine behind answers, until the end."""
        if self._ended:
            raise EngineFailed("Closed")
        return self._behind.tabulate(book, name, keys)

    def ready(self, book: Book) -> bool:
        """Whether the engine behind answers under this book: tables alone are not enough."""
        return self._behind.ready(book)

    def close(self) -> None:
        """Let the engine behind go, when whatever is being built has seen it."""
        self._ended = True
        for thread in [*self._building.values()]:
            thread.join(timeout=30)
        self._behind.close()

    def walk(self, book: Book) -> Walk | None:
        """The book's tables, ready; None while they are being built, which is begun if it was not."""
        walk = self._at_hand(book)
        if walk is None:
            self._begin(book)
        return walk

    def wait(self, book: Book, seconds: float) -> Walk | None:
        """The same, after waiting for a build that goes on."""
        self._begin(book)
        thread = self._building.get(book.digest)
        if thread:
            thread.join(timeout=seconds)
        return self._at_hand(book)

    def _at_hand(self, book: Book) -> Walk | None:
        told = not self._told_first or book.digest in self._told
        return _shared.get(book.digest) if told else None

    def _begin(self, book: Book) -> None:
        with self._lock:
            lately = time.monotonic() - self._failed.get(book.digest, -AGAIN) < AGAIN
            if self._ended or lately or book.digest in self._building or self._at_hand(book):
                return
            thread = threading.Thread(target=self._build, args=(book,), name="policy-tables", daemon=True)
            self._building[book.digest] = thread
        thread.start()

    def _build(self, book: Book) -> None:
        began = time.monotonic()
        try:
            if self._told_first and book.digest not in self._told and not self._behind.ready(book):
                raise EngineFailed("NotReady")
            self._told.add(book.digest)
            if _shared.get(book.digest):
                return
            before = _shared.newest() or read_tables(self._built / FILE)
            same = before is not None and before.book == book.digest
            tables = before if before and same else build_tables(book, self, before)
            _shared.keep(Walk(tables))
            log.info("tables-built", rows=tables.rows, seconds=round(time.monotonic() - began, 2))
        except (Problem, EngineFailed, ValueError) as problem:
            # The engine behind goes on deciding by itself.
            self._failed[book.digest] = time.monotonic()
            log.warning("tables-not-built", kind=type(problem).__name__, reason=str(problem))
        finally:
            with self._lock:
                self._building.pop(book.digest, None)
