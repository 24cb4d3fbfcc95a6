"""The vault: each subject's secret, and the decision records and openings of entries, sealed.

Promise: without the key folder the vault says nothing; with it, a piece of a record opens only while the secret of every
subject in that piece is kept, so forgetting one person makes all that was sealed about them unreadable, and leaves what is
about others. Subjects stand in it as keyed hashes of opaque ids. Made durable before the entry; rows whose entry never
came are swept at start.
"""

import secrets as random
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from services.contract.canonical import emit, parse
from services.contract.problems import LedgerUnavailable
from services.contract.releases import Once
from services.ledger.once import ANSWER, Onces
from services.ledger.sealing import (
    ID,
    Kept,
    Opened,
    Piece,
    Subject,
    named_in,
    open_row,
    place_of,
    seal_row,
    shredded_in,
)
from services.runtime.keys import CannotOpen, KeyFolder, Sealer

__all__ = ["DECISION", "OPENING", "Destroyed", "Kept", "Piece", "Subject", "Vault", "connect", "look_into"]
DECISION, OPENING = "decision", "opening"
_TABLES = """
CREATE TABLE IF NOT EXISTS subject (
  id BLOB PRIMARY KEY, key BLOB NOT NULL, secret BLOB NOT NULL, seen INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS kept (
  at INTEGER PRIMARY KEY, event BLOB NOT NULL, what TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (event, what)
);
CREATE TABLE IF NOT EXISTS swept (at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS duty (id TEXT PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS destroyed (id BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS owed (event BLOB PRIMARY KEY, id BLOB NOT NULL, duty TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS once (
  key BLOB PRIMARY KEY, request BLOB NOT NULL, event BLOB NOT NULL, at INTEGER NOT NULL, kept INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS once_kept ON once (at) WHERE kept = 1;
"""
_REMEMBERED = 20_000


def connect(path: Path) -> sqlite3.Connection:
    """A database whose every commit is on the medium. Raises `LedgerUnavailable`."""
    try:
        path.touch(mode=0o600)
        base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        # What is deleted is overwritten with zeros: a key that was destroyed must not lie in a free page.
        base.execute("PRAGMA secure_delete=ON")
    except (sqlite3.Error, OSError) as error:
        raise LedgerUnavailable(
            f"{path.name}: the database cannot be opened ({type(error).__name__})"
        ) from None
    return base


def look_into(path: Path) -> sqlite3.Connection:
    """The database read and never written, safe while its owner writes. Raises `LedgerUnavailable`."""
    try:
        base = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False, timeout=5
        )
        base.execute("PRAGMA query_only=ON")
    except sqlite3.Error as error:
        raise LedgerUnavailable(f"{path.name}: cannot be read ({type(error).__name__})") from None
    return base


class Destroyed(NamedTuple):
    """That a subject's keys were destroyed: when, and the id of the entry that says so."""

    at: str
    event_id: str


class Vault:
    """The database `vault.db`. Any thread may call `fetch` and `open`; the sequencer alone stores."""

    def __init__(self, path: Path, keys: KeyFolder, *, read_only: bool = False) -> None:
        self.path = path
        # Beside a hub that runs nothing may be written, a table no more than a row.
        self.base = look_into(path) if read_only else connect(path)
        if not read_only:
            self.base.executescript(_TABLES)
        # Readers have a connection of their own, so that nobody who prepares waits for a transaction's fsync.
        self._reading = look_into(path) if read_only else connect(path)
        self.onces = Onces(look_into(path) if read_only else connect(path))
        self.master = keys.sealer("ledger-vault")
        self._ids = keys.mac("ledger-subjects")
        self.lock = threading.Lock()
        self._known: OrderedDict[str, Subject] = OrderedDict()
        # Drawn but not yet durable. All callers of one subject must agree on its secret, so these are never
        # dropped.
        self._new: dict[str, Subject] = {}
        self._gone: set[bytes] = set()

    def fetch(self, subject: str) -> Subject:
        """The subject's keys, drawn on first use; a new one becomes durable with its first entry."""
        with self.lock:
            found = self._known.get(subject) or self._new.get(subject)
            if found is None:
                found = self._read(self.id_of(subject))
                if found is None:
                    id = self.id_of(subject)
                    found = self._new[subject] = Subject(id, random.token_bytes(32), random.token_bytes(32))
                else:
                    self._remember(subject, found)
            return found

    def known(self, subject: str) -> Subject | None:
        """The subject's keys where they are durable, or None; none are drawn."""
        with self.lock:
            return self._read(self.id_of(subject))

    def forget(self, id: bytes) -> None:
        """Keys of a subject that was shredded, let go of: whoever comes about them again is given new ones."""
        with self.lock:
            for held in (self._known, self._new):
                for name in [name for name, subject in held.items() if subject.id == id]:
                    self._gone.add(_mark(held.pop(name)))

    def forgot(self, subjects: Iterable[Subject]) -> bool:
        """Whether one of these keys was destroyed since it was fetched: nothing may be entered or sealed under it."""
        return bool(self._gone) and any(_mark(subject) in self._gone for subject in subjects)

    def store(
        self, subjects: Iterable[str], kept: Sequence[Kept], onces: Iterable[tuple[bytes, Once]] = ()
    ) -> None:
        """One durable transaction: the new ones of `subjects`, `kept` sealed, and of `onces` (event, key taken) each.
        No row, no transaction."""
        with self.lock:
            new = {subject: self._new[subject] for subject in subjects if subject in self._new}
        taken = [_once(event, once) for event, once in onces]
        if not new and not kept and not taken:
            return
        try:
            self.base.execute("BEGIN IMMEDIATE")
            self.base.executemany("INSERT INTO subject VALUES (?, ?, ?, 0)", map(self._row, new.values()))
            self.base.executemany(
                "INSERT OR REPLACE INTO kept (event, what, body) VALUES (?, ?, ?)", map(self._seal, kept)
            )
            self.base.executemany("INSERT INTO once VALUES (?, ?, ?, ?, 1)", taken)
            self.base.execute("COMMIT")
        except sqlite3.Error as error:
            if self.base.in_transaction:
                self.base.execute("ROLLBACK")
            raise LedgerUnavailable(f"the vault could not be written ({type(error).__name__})") from None
        with self.lock:
            for subject, row in new.items():
                del self._new[subject]
                self._remember(subject, row)

    def open(self, event: bytes, what: str) -> bytes | None:
        """What was kept with an entry, or None: never kept, or about somebody since forgotten."""
        found = self.look(event, what)
        return found.plain if found else None

    def look(self, event: bytes, what: str, of: bytes = b"") -> Opened | None:
        """What was kept with an entry, as far as it opens, or None: never kept, or not this vault's. `of`: the id of a
        subject, whose pieces alone are opened."""
        with self.lock:
            try:
                row = self._reading.execute(
                    "SELECT body FROM kept WHERE event=? AND what=?", (event, what)
                ).fetchone()
                return open_row(self.master, place_of(what, event), row[0], self._read, of) if row else None
            except CannotOpen:
                return None
            except sqlite3.Error as error:
                raise LedgerUnavailable(f"the vault cannot be read ({type(error).__name__})") from None

    def sweep(self, has_entry: Callable[[bytes], bool], has_chain: Callable[[bytes], bool]) -> int:
        """Delete rows without an entry: records by event id, new subjects that neither stand in a record nor have their
        first chain value in any log (`has_chain` is given the secret). Call only when every log has been read. Looks
        at what came since the last sweep. Returns how many."""
        with self.lock:
            since = self.base.execute("SELECT coalesce(max(at), 0) FROM swept").fetchone()[0]
            lost: set[bytes] = set()
            named: set[bytes] = set()
            for event, what, body in self.base.execute(
                "SELECT event, what, body FROM kept WHERE at>?", (since,)
            ):
                if has_entry(event):
                    named |= named_in(self.master, place_of(what, event), body)
                else:
                    lost.add(event)
            unseen = [row[0] for row in self.base.execute("SELECT id FROM subject WHERE seen=0")]
            kept = [id for id in unseen if id in named or ((row := self._read(id)) and has_chain(row.secret))]
            gone = set(unseen) - set(kept)
            self.base.execute("BEGIN IMMEDIATE")
            self.base.executemany("DELETE FROM kept WHERE event=?", [(event,) for event in lost])
            onces = [row[0] for row in self.base.execute("SELECT event FROM once")]
            free = [(event,) for event in onces if not has_entry(event)]
            self.base.executemany("DELETE FROM once WHERE event=?", free)
            self.base.executemany("DELETE FROM subject WHERE id=?", [(id,) for id in gone])
            self.base.executemany("UPDATE subject SET seen=1 WHERE id=?", [(id,) for id in kept])
            self.base.execute("DELETE FROM swept")
            self.base.execute("INSERT INTO swept SELECT coalesce(max(at), 0) FROM kept")
            self.base.execute("COMMIT")
            return len(lost) + len(gone)

    def refresh(self) -> None:
        """Forget what is only remembered: another process may have written here since. What was drawn and never stored
        is drawn afresh, so an entry that was prepared before is refused."""
        with self.lock:
            self._known.clear()
            self._new.clear()

    def shredded(self) -> int:
        """How many parts of documents were taken out because somebody was shredded."""
        with self.lock:
            # Answers are kept for minutes, so what was taken out of one is soon not to be counted.
            rows = self._reading.execute("SELECT event, what, body FROM kept WHERE what!=?", (ANSWER,))
            return sum(shredded_in(self.master, place_of(what, event), body) for event, what, body in rows)

    def destroyed(self, id: bytes) -> Destroyed | None:
        """When, and by which entry, the keys of this subject were last destroyed; None where they never were."""
        with self.lock:
            try:
                row = self._reading.execute(
                    "SELECT sealed FROM destroyed WHERE id=?", (self._note_id(id),)
                ).fetchone()
            except sqlite3.OperationalError:
                # A ledger that was never opened since this was kept, read beside nobody.
                return None
        return Destroyed(*parse(self.master.open(row[0], f"destroyed:{id.hex()}"))) if row else None

    def mark(self, id: bytes, done: Destroyed) -> tuple[bytes, bytes]:
        """The row that says so."""
        return self._note_id(id), self.master.seal(emit(list(done)), f"destroyed:{id.hex()}")

    def _note_id(self, id: bytes) -> bytes:
        # A hash of its own: what a backup still has under the subject's id must not be tied to the note by whoever reads both.
        return self._ids.of("destroyed", id.hex())[:ID]

    def id_of(self, subject: str) -> bytes:
        """The keyed hash by which the vault knows somebody."""
        return self._ids.of("subject", subject)[:ID]

    def close(self) -> None:
        """Close the database."""
        with self.lock:
            self.base.close()
            self._reading.close()
        self.onces.close()

    def _remember(self, subject: str, row: Subject) -> None:
        self._known[subject] = row
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _read(self, id: bytes) -> Subject | None:
        try:
            row = self._reading.execute("SELECT key, secret FROM subject WHERE id=?", (id,)).fetchone()
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"the vault cannot be read ({type(error).__name__})") from None
        if row is None:
            return None
        try:
            key = self.master.open(row[0], f"subject:{id.hex()}")
            return Subject(id, key, Sealer({1: key}).open(row[1], f"secret:{id.hex()}"))
        except CannotOpen:
            raise LedgerUnavailable(
                "the vault does not open with this key folder; restore the right one"
            ) from None

    def _row(self, subject: Subject) -> tuple[bytes, bytes, bytes]:
        key = self.master.seal(subject.key, f"subject:{subject.id.hex()}")
        return subject.id, key, Sealer({1: subject.key}).seal(subject.secret, f"secret:{subject.id.hex()}")

    def _seal(self, kept: Kept) -> tuple[bytes, str, bytes]:
        return kept.event, kept.what, seal_row(self.master, kept)


def _once(event: bytes, once: Once) -> tuple[bytes, bytes, bytes, int]:
    return bytes.fromhex(once.key), bytes.fromhex(once.request), event, once.at


def _mark(subject: Subject) -> bytes:
    return sha256(b"forgotten" + subject.key).digest()
