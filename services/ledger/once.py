"""Which idempotency keys are taken, by which entry, and for how long the answer is kept.

Promise: a key names one entry for good; the answer kept with it is deleted when its time is over, and opens no longer once
anybody in it is forgotten (it is sealed like every record of the vault).
"""

import sqlite3
import threading
from collections.abc import Iterable
from time import time

from services.contract.problems import LedgerUnavailable
from services.contract.releases import Once

ANSWER = "answer"
"""How an answer is called among what is sealed with an entry."""

_FORGET = "DELETE FROM kept WHERE what=? AND event IN (SELECT event FROM once WHERE kept=1 AND at<?)"


class Onces:
    """The keys in the vault's database, on a connection of its own: the sequencer alone takes keys, in the vault's
    transaction."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        self._lock = threading.Lock()

    def find(self, key: str) -> tuple[bytes, Once] | None:
        """The event that took the key, and how; None where it is free. Raises `LedgerUnavailable`."""
        try:
            with self._lock:
                row = self._base.execute(
                    "SELECT event, request, at FROM once WHERE key=?", (bytes.fromhex(key),)
                ).fetchone()
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the vault cannot be read ({type(error).__name__})") from None
        return (row[0], Once(key, row[1].hex(), row[2])) if row else None

    def take_again(self, taken: Iterable[tuple[str, bytes]]) -> None:
        """Keys of entries that stand (key, event), where they are free: for which request is not known any more, and the answer
        is not kept. For the sequencer's thread. Raises `LedgerUnavailable`."""
        rows = [(bytes.fromhex(key), b"", event, int(time())) for key, event in taken]
        if not rows:
            return
        try:
            with self._lock, self._base:
                self._base.executemany("INSERT OR IGNORE INTO once VALUES (?, ?, ?, ?, 0)", rows)
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the vault cannot be written ({type(error).__name__})") from None

    def forget_answers(self, before: int) -> int:
        """Delete the answers of requests first made before this second; how many. Raises `LedgerUnavailable`."""
        try:
            with self._lock, self._base:
                # Mostly there is none, and then the sequencer is not kept waiting.
                if not self._base.execute(
                    "SELECT 1 FROM once WHERE kept=1 AND at<? LIMIT 1", (before,)
                ).fetchone():
                    return 0
                self._base.execute("BEGIN IMMEDIATE")
                gone = self._base.execute(_FORGET, (ANSWER, before)).rowcount
                self._base.execute("UPDATE once SET kept=0 WHERE kept=1 AND at<?", (before,))
                return gone
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the vault cannot be written ({type(error).__name__})") from None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._base.close()
