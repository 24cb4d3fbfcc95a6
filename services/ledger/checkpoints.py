"""The checkpoint store: size and root of every log, changed only by compare-and-swap, apart from the entries.

Promise: two sequencers can never both move a log on: the second finds another size or root than it thought,
and stops before it signs. All logs of a batch move in one durable transaction, or none does.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from services.contract.problems import LedgerUnavailable
from services.ledger.store.ports import StoreHalted
from services.ledger.tree import EMPTY_ROOT
from services.ledger.vault import connect

_TABLE = (
    "CREATE TABLE IF NOT EXISTS head (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL)"
)
_SWAP = """
WITH move(origin, old_size, old_root, size, root) AS (VALUES {rows})
UPDATE head SET size = move.size, root = move.root FROM move
WHERE head.origin = move.origin AND (
  SELECT count(*) FROM head JOIN move USING (origin)
  WHERE head.size = move.old_size AND head.root = move.old_root
) = ?
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


class Checkpoints:
    """The database `checkpoints.db`: WAL, every commit fsynced."""

    def __init__(self, path: Path) -> None:
        self._base = connect(path)
        self._base.execute(_TABLE)

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
            self._base.execute(_swap_of(count), [*values, count])
        except sqlite3.Error as error:
            raise StoreHalted(
                f"the checkpoints could not be written ({type(error).__name__}); "
                "make room or mend the disk, and restart"
            ) from None
        if self._base.total_changes - before != count:
            raise StoreHalted(
                f"{', '.join(move.origin for move in moves)}: another sequencer has moved one of these logs on; "
                "nothing more is signed here. End the other one, run mash ledger verify, and restart"
            )

    def close(self) -> None:
        """Close the database."""
        self._base.close()


@cache
def _swap_of(count: int) -> str:
    return _SWAP.format(rows=", ".join(["(?, ?, ?, ?, ?)"] * count))


def _values(move: Move) -> tuple[object, ...]:
    return move.origin, move.old.size, move.old.root, move.new.size, move.new.root
