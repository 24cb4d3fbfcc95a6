"""What a witness remembers: of each log the newest checkpoint that it cosigned, and some older ones to compare with.

Promise: comparing with the newest and replacing it is one transaction, on the medium before `settle` returns; whatever
two requests do at the same moment, in one process or several, a log never goes back.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.contract.problems import LedgerUnavailable
from services.ledger.checkpoint import Checkpoint

_TABLES = """
CREATE TABLE IF NOT EXISTS newest (origin TEXT PRIMARY KEY, note BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (
  origin TEXT, size INTEGER, root BLOB, note BLOB NOT NULL, PRIMARY KEY (origin, size, root)
) WITHOUT ROWID;
"""
REMEMBERED = 1000
"""Checkpoints of a log that are kept to hold others' against."""


class State:
    """The database `witness.db`. Every method may be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock, self._added = path, threading.Lock(), 0
        try:
            path.touch(mode=0o600)
            self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=FULL")
            self._base.executescript(_TABLES)
        except (sqlite3.Error, OSError) as error:
            raise LedgerUnavailable(f"{path.name}: cannot be opened ({type(error).__name__})") from None

    def newest(self, origin: str) -> bytes | None:
        """The newest cosigned checkpoint of a log, with this witness's cosignatures. Raises `LedgerUnavailable`."""
        with self._open() as base:
            found = base.execute("SELECT note FROM newest WHERE origin = ?", (origin,)).fetchone()
        return found[0] if found else None

    def settle(self, point: Checkpoint, decide: Callable[[bytes | None], bytes | None]) -> None:
        """Replace the log's newest checkpoint by what `decide` makes of it for `point`; None leaves it. Raises
        `LedgerUnavailable`.

        `decide` runs while nobody else can read the log's newest checkpoint in order to move it on.
        """
        with self._open() as base:
            base.execute("BEGIN IMMEDIATE")
            try:
                found = base.execute("SELECT note FROM newest WHERE origin = ?", (point.origin,)).fetchone()
                note = decide(found[0] if found else None)
                if note is not None:
                    base.execute("INSERT OR REPLACE INTO newest VALUES (?, ?)", (point.origin, note))
                    self._see(base, point, note)
                base.execute("COMMIT")
            except BaseException:
                base.execute("ROLLBACK")
                raise

    def remember(self, point: Checkpoint, note: bytes) -> None:
        """Keep a checkpoint that the log signed, whoever showed it. Raises `LedgerUnavailable`."""
        with self._open() as base:
            key = (point.origin, point.size, point.root)
            held = base.execute(
                "SELECT 1 FROM seen WHERE origin = ? AND size = ? AND root = ?", key
            ).fetchone()
            if not held:
                self._see(base, point, note)

    def another(self, point: Checkpoint) -> bytes | None:
        """A checkpoint of this log and size that says something else, or None. Raises `LedgerUnavailable`."""
        with self._open() as base:
            found = base.execute(
                "SELECT note FROM seen WHERE origin = ? AND size = ? AND root != ? LIMIT 1",
                (point.origin, point.size, point.root),
            ).fetchone()
        return found[0] if found else None

    def _see(self, base: sqlite3.Connection, point: Checkpoint, note: bytes) -> None:
        base.execute(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", (point.origin, point.size, point.root, note)
        )
        self._added += 1
        if self._added % 128 == 0:
            newest = "SELECT size FROM seen WHERE origin = ? ORDER BY size DESC LIMIT ?"
            base.execute(
                f"DELETE FROM seen WHERE origin = ? AND size < (SELECT min(size) FROM ({newest}))",  # noqa: S608
                (point.origin, point.origin, REMEMBERED),
            )

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._base.close()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._base
            except sqlite3.Error as error:
                raise LedgerUnavailable(
                    f"{self._path.name}: cannot be read or written ({type(error).__name__})"
                ) from None
