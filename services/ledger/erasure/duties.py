"""The sealed book of what stands between a person and erasure: legal holds, and requests that wait for a second person.

Promise: whom a line is about, and every word of it, stand sealed; a line that is over is overwritten.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from services.contract.canonical import emit, parse
from services.contract.problems import LedgerUnavailable
from services.ledger.vault import Vault, connect, look_into

HOLD, ERASURE = "hold", "erasure"


@dataclass(frozen=True, slots=True)
class Duty:
    """One line. `code`: a kind of hold or a reason for erasure; `event`: its entry in the hub's log."""

    id: str
    what: str
    subject: str = field(repr=False)
    """Opaque person id; of an erasure the one that they have now."""
    code: str
    organisation: str
    by: str
    role: str
    at: str
    event: str = ""
    asked_by: str = ""
    """Of a hold: who asked for its release."""
    asked_event: str = ""
    also: tuple[str, ...] = field(default=(), repr=False)
    """Of an erasure: the other ids of the person, which go with it."""
    beside: tuple[str, ...] = field(default=(), repr=False)
    """Of an erasure: ids of others whose records ever stood under one of these; a hold on one of them stands against it."""


def fresh_id() -> str:
    """An opaque id of 96 random bits."""
    return secrets.token_hex(12)


class DutyBook:
    """Lines in the vault's database, by a connection of its own: the sequencer's is in nobody else's transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(self, duty: Duty) -> None:
        """Durable on return."""
        with self._writing() as base:
            base.execute("INSERT INTO duty VALUES (?, ?)", (duty.id, self._seal(duty)))

    def change(self, duty: Duty, **members: Any) -> Duty:
        """The line with other members, in its place."""
        changed = replace(duty, **members)
        with self._writing() as base:
            base.execute("UPDATE duty SET sealed=? WHERE id=?", (self._seal(changed), duty.id))
        return changed

    def remove(self, id: str) -> None:
        """The line is over."""
        with self._writing() as base:
            base.execute("DELETE FROM duty WHERE id=?", (id,))

    def find(self, id: str, what: str) -> Duty | None:
        """The line with this id, or None."""
        return next((one for one in self.lines() if (one.id, one.what) == (id, what)), None)

    def lines(self, what: str = "") -> list[Duty]:
        """Every line, oldest first. Raises `LedgerUnavailable`."""
        try:
            with closing(look_into(self._vault.path)) as base:
                rows = base.execute("SELECT id, sealed FROM duty").fetchall()
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the vault cannot be read ({type(error).__name__})") from None
        found = [_read(self._vault.master.open(sealed, f"duty:{id}")) for id, sealed in rows]
        return sorted(
            (one for one in found if not what or one.what == what), key=lambda one: (one.at, one.id)
        )

    def _seal(self, duty: Duty) -> bytes:
        return self._vault.master.seal(emit(asdict(duty)), f"duty:{duty.id}")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(connect(self._vault.path)) as base:
                base.execute("BEGIN IMMEDIATE")
                yield base
                base.execute("COMMIT")
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the vault could not be written ({type(error).__name__})") from None


def _read(plain: bytes) -> Duty:
    told = parse(plain)
    return Duty(**told | {name: tuple(told.get(name, ())) for name in ("also", "beside")})
