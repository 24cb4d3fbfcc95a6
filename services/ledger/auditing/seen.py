"""What an auditor must remember of the entries read so far: whose event ids, chain values and keys stood already, and which
entry names which.

Promise: the memory that it takes has a bound, whatever the length of the log: beyond some megabytes it stands in a file of
the operating system's temporary folder, which is gone with the process. No value of it is personal.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_CACHE_KIB = 65_536
_TABLES = """
CREATE TABLE event (id TEXT PRIMARY KEY, log TEXT, at INTEGER, kind TEXT, hash BLOB) WITHOUT ROWID;
CREATE TABLE once (log TEXT, kind TEXT, value TEXT, PRIMARY KEY (log, kind, value)) WITHOUT ROWID;
CREATE TABLE ref (log TEXT, at INTEGER, kind TEXT, to_log TEXT, to_event TEXT);
"""


class Named(NamedTuple):
    """What is kept of an entry to hold references against."""

    log: str
    at: int
    kind: str
    leaf_hash: bytes


class Ref(NamedTuple):
    """An entry that names another, and that other, where it was met: None, not at all."""

    log: str
    at: int
    kind: str
    to_log: str
    to_event: str
    named: Named | None


class Seen:
    """The entries of one ledger, all logs together."""

    def __init__(self) -> None:
        # The empty name is SQLite's own temporary database: in memory at first, in a file when it outgrows its cache.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("PRAGMA synchronous = OFF")
        self._rows.executescript(_TABLES)
        self._rows.execute("BEGIN")

    def close(self) -> None:
        """Forget everything, the temporary file included."""
        self._rows.close()

    def event(self, id: str, named: Named) -> Named | None:
        """Note an entry's event id; the entry that had it already, where there is one."""
        found = self._rows.execute("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?)", (id, *named))
        if found.rowcount:
            return None
        row = self._rows.execute("SELECT log, at, kind, hash FROM event WHERE id = ?", (id,)).fetchone()
        return Named(*row)

    def twice(self, log: str, kind: str, values: Iterable[str]) -> bool:
        """Note values that may stand once in a log; whether one of them stood already."""
        rows = [(log, kind, value) for value in values]
        if not rows:
            return False
        found = self._rows.executemany("INSERT OR IGNORE INTO once VALUES (?, ?, ?)", rows)
        return found.rowcount < len(rows)

    def refer(self, log: str, at: int, kind: str, to_log: str, to_event: str) -> None:
        """Note that an entry names another."""
        self._rows.execute("INSERT INTO ref VALUES (?, ?, ?, ?, ?)", (log, at, kind, to_log, to_event))

    def refs(self) -> Iterator[Ref]:
        """Every reference in the order in which the entries that make them were read, with what it names."""
        rows = self._rows.execute(
            "SELECT ref.log, ref.at, ref.kind, to_log, to_event, event.log, event.at, event.kind, event.hash "
            "FROM ref LEFT JOIN event ON event.id = to_event ORDER BY ref.rowid"
        )
        for row in rows:
            log, at, kind, to_log, to_event, *named = row
            yield Ref(log, at, kind, to_log, to_event, Named(*named) if named[0] is not None else None)


__all__ = ["Named", "Ref", "Seen"]
