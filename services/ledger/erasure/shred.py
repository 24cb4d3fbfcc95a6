"""Destroying one person in the vault: the keys of every id of theirs, and every sealed part that is about them, in one
transaction.

Promise: what is destroyed was announced by a durable entry, and what was announced is destroyed, whatever is killed in
between; it is overwritten in the database and gone from its write-ahead log; what is about others stays as it was.
"""

import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field

from services.contract.canonical import b64u
from services.contract.problems import LedgerUnavailable
from services.ledger.entry import now
from services.ledger.once import ANSWER
from services.ledger.sealing import ID, named_in, place_of, without
from services.ledger.vault import Destroyed, Vault, look_into
from services.runtime.logs import log as hub_log


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of the vault in which a subject stands, as far as it was looked through."""

    rows: tuple[int, ...] = ()
    until: int = 0
    parts: int = 0
    """Sealed parts that are about the subject."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A destruction that was prepared: by which entry, of whom, on whose request."""

    event: bytes
    ids: tuple[bytes, ...] = field(repr=False)
    """Every id of the one person, as the vault knows it."""
    duty: str

    @property
    def event_id(self) -> str:
        """The entry's id as entries spell it."""
        return b64u(self.event)


def find(vault: Vault, ids: Collection[bytes], found: Found | None = None) -> Found:
    """The rows about somebody with these ids; those that came since, where some are found already. Beside whoever writes."""
    found = found or Found()
    rows, until, parts = list(found.rows), found.until, found.parts
    with closing(look_into(vault.path)) as base:
        query = "SELECT at, event, what, body FROM kept WHERE at>? ORDER BY at"
        for at, event, what, body in base.execute(query, (until,)):
            until, place = at, place_of(what, event)
            if not named_in(vault.master, place, body).isdisjoint(ids):
                rows.append(at)
                # An answer is kept for minutes: what goes of it is not part of the count that replay holds us to.
                parts += without(vault.master, place, body, ids)[1] if what != ANSWER else 0
    return Found(tuple(rows), until, parts)


def owe(vault: Vault, owed: Owed) -> None:
    """Note, durably, what is to be destroyed once its entry stands. Without the entry nothing comes of it."""
    _write(
        vault, [("INSERT OR REPLACE INTO owed VALUES (?, ?, ?)", (owed.event, b"".join(owed.ids), owed.duty))]
    )


def destroy(vault: Vault, owed: Owed, found: Found) -> None:
    """All of it, or nothing. Raises `LedgerUnavailable`: then it is still owed, and done at the next start."""
    changes: list[tuple[str, tuple[object, ...]]] = []
    with vault.lock:
        for at in found.rows:
            row = vault.base.execute("SELECT event, what, body FROM kept WHERE at=?", (at,)).fetchone()
            if row:
                body, _ = without(vault.master, place_of(row[1], row[0]), row[2], owed.ids)
                changes.append(("UPDATE kept SET body=? WHERE at=?", (body, at)))
    done = Destroyed(now(), owed.event_id)
    for id in owed.ids:
        changes.append(("DELETE FROM subject WHERE id=?", (id,)))
        changes.append(("INSERT OR REPLACE INTO destroyed VALUES (?, ?)", vault.mark(id, done)))
    changes += [
        ("DELETE FROM duty WHERE id=?", (owed.duty,)),
        ("DELETE FROM owed WHERE event=?", (owed.event,)),
    ]
    _write(vault, changes)
    for id in owed.ids:
        vault.forget(id)
    truncate(vault)


def finish(vault: Vault, has_entry: Callable[[bytes], bool]) -> int:
    """At start, when every log has been read: what a kill left owed is destroyed where its entry stands, and let go of
    where it does not. Returns how many were destroyed."""
    with vault.lock:
        rows = vault.base.execute("SELECT event, id, duty FROM owed").fetchall()
    owed = [Owed(event, _parted(ids), duty) for event, ids, duty in rows]
    announced = [one for one in owed if has_entry(one.event)]
    for one in announced:
        destroy(vault, one, find(vault, one.ids))
    _write(vault, [("DELETE FROM owed", ())] if owed else [])
    truncate(vault)
    return len(announced)


def _parted(ids: bytes) -> tuple[bytes, ...]:
    return tuple(ids[at : at + ID] for at in range(0, len(ids), ID))


def truncate(vault: Vault) -> bool:
    """Bring everything into the database and empty its write-ahead log, where deleted keys would lie on. False: somebody
    reads at this moment; it is done again at the next start and the next act."""
    try:
        with vault.lock:
            busy = vault.base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error:
        busy = True
    if busy:
        hub_log.warning("vault-not-truncated")
    return not busy


def _write(vault: Vault, changes: list[tuple[str, tuple[object, ...]]]) -> None:
    if not changes:
        return
    with vault.lock:
        try:
            vault.base.execute("BEGIN IMMEDIATE")
            for statement, values in changes:
                vault.base.execute(statement, values)
            vault.base.execute("COMMIT")
        except sqlite3.Error as error:
            if vault.base.in_transaction:
                vault.base.execute("ROLLBACK")
            raise LedgerUnavailable(f"the vault could not be written ({type(error).__name__})") from None
