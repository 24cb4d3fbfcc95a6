"""The checkpoint store: size and root of every log, changed only by compare-and-swap, apart from the entries; and
the lease, which says whose the sequencer is.

Promise: two sequencers can never both move a log on: the second finds another size or root than it thought, or
another term of the lease, and stops before it signs. All logs of a batch move in one durable transaction, or none
does; the term is looked at in that same transaction.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

from services.contract.problems import LedgerUnavailable
from services.ledger.store.ports import StoreHalted, StoreMoved
from services.ledger.tree import EMPTY_ROOT
from services.ledger.vault import connect

_TABLES = """
CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS lease (
  one INTEGER PRIMARY KEY CHECK (one = 1), holder TEXT NOT NULL, address TEXT NOT NULL,
  term INTEGER NOT NULL, beat INTEGER NOT NULL
);
"""
_SWAP = """
WITH move(origin, old_size, old_root, size, root) AS (VALUES {rows})
UPDATE head SET size = move.size, root = move.root FROM move
WHERE head.origin = move.origin AND (
  SELECT count(*) FROM head JOIN move USING (origin)
  WHERE head.size = move.old_size AND head.root = move.old_root
) = ? AND (? IS NULL OR EXISTS (SELECT 1 FROM lease WHERE term = ?))
"""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log has come."""

    size: int
    root: bytes


NEW = Head(0, EMPTY_ROOT)


@dataclass(frozen=True, slots=True)
class Move:
    """One log's step: from the head that the sequencer holds true to the next."""

    origin: str
    old: Head
    new: Head


class Lease(NamedTuple):
    """Whose the sequencer is. `term` grows with each holder; `beat` with each sign of life of one."""

    holder: str
    """A holder's own name, drawn at its start; empty: given back."""
    address: str
    term: int
    beat: int


class CheckpointStore(Protocol):
    """Heads and the lease, in one database. `term`: the one under which `swap` moves; None: there is no lease."""

    term: int | None

    def heads(self) -> Mapping[str, Head]: ...
    def create(self, origin: str) -> None: ...
    def swap(self, moves: Sequence[Move]) -> None:
        """All the moves, durable, or none. Raises `StoreMoved` (another has moved a log, or holds the lease now) and
        `StoreHalted`."""
        ...

    def lease(self) -> Lease | None:
        """The lease as it stands. Raises `LedgerUnavailable`."""
        ...

    def take(self, seen: Lease | None, holder: str, address: str) -> int | None:
        """The next term, if the lease still stands as `seen`; else None. Raises `LedgerUnavailable`."""
        ...

    def renew(self, term: int) -> bool:
        """One more beat; whether the term is still the one that counts. Raises `LedgerUnavailable`."""
        ...

    def give_back(self, term: int) -> None:
        """Let the next one take it at once; nothing where it is another's already. Raises `LedgerUnavailable`."""
        ...

    def close(self) -> None: ...


class Checkpoints:
    """The database `checkpoints.db`: WAL, every commit fsynced."""

    def __init__(self, path: Path) -> None:
        self._base = connect(path)
        self._base.executescript(_TABLES)
        # The lease is looked after by other threads than the one that swaps, which counts its own changes.
        self._leases = connect(path)
        self.term: int | None = None

    def heads(self) -> Mapping[str, Head]:
        """Every log's head, by origin. Raises `LedgerUnavailable`."""
        try:
            return {row[0]: Head(row[1], row[2]) for row in self._base.execute("SELECT * FROM head")}
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the checkpoints cannot be read ({type(error).__name__})") from None

    def create(self, origin: str) -> None:
        """Note a log before it has an entry, so that a log met without its note is known to be somebody
        else's."""
        try:
            self._base.execute("INSERT OR IGNORE INTO head VALUES (?, 0, ?)", (origin, EMPTY_ROOT))
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the checkpoints cannot be written ({type(error).__name__})") from None

    def swap(self, moves: Sequence[Move]) -> None:
        """All the moves, durable, or none. Raises `StoreHalted`: after either fault only a restart can tell."""
        count = len(moves)
        values: list[object] = [value for move in moves for value in _values(move)]
        try:
            # One statement, so one transaction: it changes every row or, where one is not as thought, none.
            before = self._base.total_changes
            self._base.execute(_swap_of(count), [*values, count, self.term, self.term])
        except sqlite3.Error as error:
            raise StoreHalted(
                f"the checkpoints could not be written ({type(error).__name__}); "
                "make room or mend the disk, and restart"
            ) from None
        if self._base.total_changes - before != count:
            raise moved_on(moves)

    def lease(self) -> Lease | None:
        """See `CheckpointStore`."""
        found = self._of_lease("SELECT holder, address, term, beat FROM lease").fetchone()
        return Lease(*found) if found else None

    def take(self, seen: Lease | None, holder: str, address: str) -> int | None:
        """See `CheckpointStore`."""
        if seen is None:
            told = self._of_lease("INSERT OR IGNORE INTO lease VALUES (1, ?, ?, 1, 0)", holder, address)
        else:
            told = self._of_lease(
                "UPDATE lease SET holder=?, address=?, term=term+1, beat=0 WHERE term=? AND beat=? AND holder=?",
                *(holder, address, seen.term, seen.beat, seen.holder),
            )
        return (seen.term + 1 if seen else 1) if told.rowcount == 1 else None

    def renew(self, term: int) -> bool:
        """See `CheckpointStore`."""
        return self._of_lease("UPDATE lease SET beat=beat+1 WHERE term=?", term).rowcount == 1

    def give_back(self, term: int) -> None:
        """See `CheckpointStore`. The term goes up, so that nothing more is moved under the old one."""
        self._of_lease("UPDATE lease SET holder='', address='', term=term+1, beat=0 WHERE term=?", term)

    def close(self) -> None:
        """Close the database."""
        self._base.close()
        self._leases.close()

    def _of_lease(self, sql: str, *values: object) -> sqlite3.Cursor:
        try:
            return self._leases.execute(sql, values)
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the lease cannot be read or written ({type(error).__name__})") from None


def moved_on(moves: Sequence[Move]) -> StoreMoved:
    """What a sequencer is told whose logs are not where it left them, or whose term is over."""
    return StoreMoved(
        f"{', '.join(move.origin for move in moves)}: another sequencer has moved one of these logs on; "
        "nothing more is signed here. End the other one, run mash ledger verify, and restart"
    )


@cache
def _swap_of(count: int) -> str:
    return _SWAP.format(rows=", ".join(["(?, ?, ?, ?, ?)"] * count))


def _values(move: Move) -> tuple[object, ...]:
    return move.origin, move.old.size, move.old.root, move.new.size, move.new.root
