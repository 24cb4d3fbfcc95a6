"""The policy book in force: read, checked, replaced by an edit, and kept for whoever decides again later.

Promise: a request that began under one book ends under it; a broken edit changes nothing and is reported; and
a book comes into force only when the engine has it.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from services.contract.places import policies
from services.contract.problems import PolicyUnavailable, Problem
from services.runtime.book_files import Finding
from services.runtime.book_read import BadBook, Book, keep_book, read_book
from services.runtime.logs import log
from services.runtime.settings import Settings

__all__ = ["BadBook", "Book", "Finding", "Shelf", "keep_book", "open_shelf", "read_book"]


class Shelf:
    """Where the book in force stands. With `watch`, an edit of the folder is in force within about a second.

    A broken edit changes nothing: the last good book stays, and `trouble()` says what is wrong. While a
    change is taking place both revisions are accepted: a request that began under the old one ends under
    it.
    """

    POLL = 0.4
    GRACE = 60.0
    """Seconds for which the book before is still accepted: longer than any request lasts."""

    def __init__(self, folder: Path, home: Path, *, watch: bool = False) -> None:
        self.folder, self.home = folder, home
        self._stamp = _stamp(folder)
        self._current = read_book(folder)
        self._before: tuple[Book, float] | None = None
        self._coming: Book | None = None
        self._findings: tuple[Finding, ...] = ()
        self._ready_for: list[Callable[[Book], None]] = []
        self._rehearsals: list[Callable[[Book], None]] = []
        self._kept: set[str] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._watcher = (
            threading.Thread(target=self._watch, name="policy-folder", daemon=True) if watch else None
        )
        if self._watcher:
            self._watcher.start()

    def current(self) -> Book:
        """The book in force now. A request takes it once and keeps it."""
        return self._current

    @property
    def digest(self) -> str:
        """The digest of the book in force now."""
        return self._current.digest

    def accepted(self) -> frozenset[str]:
        """Revisions under which an answer may be given: that in force, and for a minute the one before."""
        return frozenset(book.revision for book in self._books())

    def book(self, revision: str) -> Book | None:
        """The accepted book of this revision, or None."""
        return next((book for book in self._books() if book.revision == revision), None)

    def trouble(self) -> tuple[Finding, ...]:
        """What is wrong with the folder as it stands now; empty where the book in force is what it says."""
        return self._findings

    def before_change(
        self, ready_for: Callable[[Book], None], rehearse: Callable[[Book], None] | None = None
    ) -> None:
        """Call `ready_for(book)` before a book comes into force.

        What it raises (a `Problem`) keeps the old one. `rehearse` tries what of it nobody is answered by yet.
        """
        self._ready_for.append(ready_for)
        if rehearse is not None:
            self._rehearsals.append(rehearse)

    def rehearse(self, book: Book) -> None:
        """Try whether a book could come into force, while the one before goes on. Raises a `Problem` where not."""
        for rehearse in self._rehearsals:
            rehearse(book)

    def put(self, book: Book) -> None:
        """Put this book in force, whatever the folder holds; doing it again changes nothing.

        Raises a `Problem`, and the book before stays; after `PolicyUnavailable` the engine may have the new one
        already, so both stay accepted until it is tried again.
        """
        with self._lock:
            if book.digest != self._current.digest:
                self._change(book)
                self._findings = ()

    def reload(self) -> bool:
        """Read the folder again; whether another book is in force now.

        Never raises for what the folder holds.
        """
        with self._lock:
            try:
                book = read_book(self.folder)
                if book.digest == self._current.digest:
                    self._findings = ()
                    return False
                self._change(book)
            except BadBook as bad:
                self._coming = None
                self._findings = bad.findings
                log.warning("policy-edit-refused", count=len(bad.findings), place=bad.findings[0].file)
                return False
            except PolicyUnavailable:
                # The engine has it and may take it up yet: it stays accepted, and the watcher tries again.
                self._findings = (Finding("policies", 1, "the engine has not taken up the change yet"),)
                return False
            except (Problem, OSError) as problem:
                self._findings = (Finding("policies", 1, str(problem)),)
                log.warning("policy-edit-refused", kind=type(problem).__name__)
                return False
            self._findings = ()
        return True

    def keep(self, book: Book) -> bool:
        """Keep a book that decides something under MASH_HOME, whole and durable; at no cost the second time.

        Whether it was the first time since the start.
        """
        if book.digest in self._kept:
            return False
        keep_book(book, self.home)
        self._kept.add(book.digest)
        return True

    def close(self) -> None:
        """Stop watching."""
        self._ended.set()
        if self._watcher:
            self._watcher.join(timeout=5)

    def withdraw(self) -> None:
        """Give up a book that the engine has not taken up: the one in force is given to it again."""
        with self._lock:
            if self._coming is None:
                return
            for ready_for in self._ready_for:
                with suppress(PolicyUnavailable):
                    ready_for(self._current)
            self._coming = None

    def _change(self, book: Book) -> None:
        # An engine may answer under the new book before it is in force here.
        self._coming = book
        try:
            for ready_for in self._ready_for:
                ready_for(book)
        except PolicyUnavailable:
            # It has it and may take it up yet.
            raise
        except BaseException:
            self._coming = None
            raise
        # Readers see either tuple-wise consistent state: the book before is set first.
        self._before = (self._current, time.monotonic())
        self._current, self._coming = book, None
        log.info("policy-changed", revision=book.revision)

    def _books(self) -> tuple[Book, ...]:
        before, current = self._before, self._current
        young = before is not None and time.monotonic() - before[1] < self.GRACE
        found = [current, self._coming, before[0] if before is not None and young else None]
        return tuple(book for book in found if book is not None)

    def _watch(self) -> None:
        while not self._ended.wait(self.POLL):
            stamp = _stamp(self.folder)
            if stamp != self._stamp or self._coming is not None:
                self._stamp = stamp
                self.reload()


def open_shelf(settings: Settings) -> Shelf:
    """The shelf of a demonstration: its policy folder, watched. Raises `BadBook`.

    Where only signed books are served, `services/policy/lifecycle/start.py` opens it.
    """
    return Shelf(settings.policies or policies(), settings.home, watch=True)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Names, times and sizes of every file that a book is read from."""
    found = []
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.rego")]):
        try:
            status = path.stat()
        except FileNotFoundError:
            # An editor was replacing the file while we looked; the next look sees it.
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
