"""The vault: each subject's secret, and the decision records and openings of entries, sealed.

Promise: without the key folder the vault says nothing; with it, a record opens only while the secret of every
subject in it is kept, so forgetting one person makes all that was sealed about them unreadable. Subjects
stand in it as keyed hashes of opaque ids. Made durable before the entry; rows whose entry never came are
swept at start.
"""

import secrets as random
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.contract.problems import LedgerUnavailable
from services.contract.releases import Once
from services.ledger.once import Onces
from services.runtime.keys import CannotOpen, KeyFolder, Sealer

DECISION, OPENING = "decision", "opening"
_TABLES = """
CREATE TABLE IF NOT EXISTS subject (
  id BLOB PRIMARY KEY, key BLOB NOT NULL, secret BLOB NOT NULL, seen INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sealed (
  event BLOB, what TEXT, body BLOB NOT NULL, PRIMARY KEY (event, what)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS once (
  key BLOB PRIMARY KEY, request BLOB NOT NULL, event BLOB NOT NULL, at INTEGER NOT NULL, kept INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS once_kept ON once (at) WHERE kept = 1;
"""
_ID = 16
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject's keys: `id` is the keyed hash of who it is; `key` seals, `secret` derives."""

    id: bytes
    key: bytes = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """Something to seal with an entry: `what` is DECISION, OPENING or ANSWER, about the subjects given."""

    event: bytes
    what: str
    subjects: tuple[Subject, ...]
    plain: bytes = field(repr=False)


def connect(path: Path) -> sqlite3.Connection:
    """A database whose every commit is on the medium. Raises `LedgerUnavailable`."""
    try:
        path.touch(mode=0o600)
        base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
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


class Vault:
    """The database `vault.db`. Any thread may call `fetch` and `open`; the sequencer alone stores."""

    def __init__(self, path: Path, keys: KeyFolder, *, read_only: bool = False) -> None:
        # Beside a hub that runs nothing may be written, a table no more than a row.
        self._base = look_into(path) if read_only else connect(path)
        if not read_only:
            self._base.executescript(_TABLES)
        # Readers have a connection of their own, so that nobody who prepares waits for a transaction's fsync.
        self._reading = look_into(path) if read_only else connect(path)
        self.onces = Onces(look_into(path) if read_only else connect(path))
        self._master = keys.sealer("ledger-vault")
        self._ids = keys.mac("ledger-subjects")
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Subject] = OrderedDict()
        # Drawn but not yet durable. All callers of one subject must agree on its secret, so these are never
        # dropped.
        self._new: dict[str, Subject] = {}

    def fetch(self, subject: str) -> Subject:
        """The subject's keys, drawn on first use; a new one becomes durable with its first entry."""
        with self._lock:
            found = self._known.get(subject) or self._new.get(subject)
            if found is None:
                found = self._read(self._ids.of("subject", subject)[:_ID])
                if found is None:
                    id = self._ids.of("subject", subject)[:_ID]
                    found = self._new[subject] = Subject(id, random.token_bytes(32), random.token_bytes(32))
                else:
                    self._remember(subject, found)
            return found

    def store(
        self, subjects: Iterable[str], kept: Sequence[Kept], onces: Iterable[tuple[bytes, Once]] = ()
    ) -> None:
        """One durable transaction: the new ones of `subjects`, `kept` sealed, and of `onces` (event, key taken) each.
        No row, no transaction."""
        with self._lock:
            new = {subject: self._new[subject] for subject in subjects if subject in self._new}
        taken = [_once(event, once) for event, once in onces]
        if not new and not kept and not taken:
            return
        try:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("INSERT INTO subject VALUES (?, ?, ?, 0)", map(self._row, new.values()))
            self._base.executemany("INSERT OR REPLACE INTO sealed VALUES (?, ?, ?)", map(self._seal, kept))
            self._base.executemany("INSERT INTO once VALUES (?, ?, ?, ?, 1)", taken)
            self._base.execute("COMMIT")
        except sqlite3.Error as error:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise LedgerUnavailable(f"the vault could not be written ({type(error).__name__})") from None
        with self._lock:
            for subject, row in new.items():
                del self._new[subject]
                self._remember(subject, row)

    def open(self, event: bytes, what: str) -> bytes | None:
        """What was kept with an entry, or None: never kept, or about somebody since forgotten."""
        with self._lock:
            try:
                row = self._reading.execute(
                    "SELECT body FROM sealed WHERE event=? AND what=?", (event, what)
                ).fetchone()
                return self._unseal(event, what, row[0]) if row else None
            except CannotOpen:
                return None
            except sqlite3.Error as error:
                raise LedgerUnavailable(f"the vault cannot be read ({type(error).__name__})") from None

    def sweep(self, has_entry: Callable[[bytes], bool], has_chain: Callable[[bytes], bool]) -> int:
        """Delete rows without an entry: records by event id, new subjects by whether any log has their first
        chain value (`has_chain` is given the secret). Call only when every log has been read. Returns how
        many."""
        with self._lock:
            events = [row[0] for row in self._base.execute("SELECT DISTINCT event FROM sealed")]
            lost = [(event,) for event in events if not has_entry(event)]
            unseen = [row[0] for row in self._base.execute("SELECT id FROM subject WHERE seen=0")]
            kept = [id for id in unseen if (found := self._read(id)) and has_chain(found.secret)]
            gone = set(unseen) - set(kept)
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("DELETE FROM sealed WHERE event=?", lost)
            onces = [row[0] for row in self._base.execute("SELECT event FROM once")]
            free = [(event,) for event in onces if not has_entry(event)]
            self._base.executemany("DELETE FROM once WHERE event=?", free)
            self._base.executemany("DELETE FROM subject WHERE id=?", [(id,) for id in gone])
            self._base.executemany("UPDATE subject SET seen=1 WHERE id=?", [(id,) for id in kept])
            self._base.execute("COMMIT")
            return len(lost) + len(gone)

    def refresh(self) -> None:
        """Forget what is only remembered: another process may have written here since. What was drawn and never stored
        is drawn afresh, so an entry that was prepared before is refused."""
        with self._lock:
            self._known.clear()
            self._new.clear()

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._base.close()
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
            key = self._master.open(row[0], f"subject:{id.hex()}")
            return Subject(id, key, Sealer({1: key}).open(row[1], f"secret:{id.hex()}"))
        except CannotOpen:
            raise LedgerUnavailable(
                "the vault does not open with this key folder; restore the right one"
            ) from None

    def _row(self, subject: Subject) -> tuple[bytes, bytes, bytes]:
        key = self._master.seal(subject.key, f"subject:{subject.id.hex()}")
        return subject.id, key, Sealer({1: subject.key}).seal(subject.secret, f"secret:{subject.id.hex()}")

    def _seal(self, kept: Kept) -> tuple[bytes, str, bytes]:
        place = f"{kept.what}:{kept.event.hex()}"
        inner = _joint(kept.subjects).seal(kept.plain, place) if kept.subjects else kept.plain
        # Who is in a record stands inside the seal: the database alone must not link events of one person.
        head = len(kept.subjects).to_bytes(2, "big") + b"".join(subject.id for subject in kept.subjects)
        return kept.event, kept.what, self._master.seal(head + inner, place)

    def _unseal(self, event: bytes, what: str, body: bytes) -> bytes:
        place = f"{what}:{event.hex()}"
        plain = self._master.open(body, place)
        count = int.from_bytes(plain[:2], "big")
        ids = [plain[2 + _ID * n : 2 + _ID * (n + 1)] for n in range(count)]
        inner = plain[2 + _ID * count :]
        subjects = tuple(found for id in ids if (found := self._read(id)))
        if len(subjects) < count:
            raise CannotOpen("about somebody who was forgotten")
        return _joint(subjects).open(inner, place) if subjects else inner


def _once(event: bytes, once: Once) -> tuple[bytes, bytes, bytes, int]:
    return bytes.fromhex(once.key), bytes.fromhex(once.request), event, once.at


def _joint(subjects: Sequence[Subject]) -> Sealer:
    """Seals under a key that takes every one of the subjects' keys to make (HKDF-SHA256, RFC 5869)."""
    whole = b"".join(subject.key for subject in subjects)
    return Sealer({1: HKDF(SHA256(), 32, salt=None, info=b"mash vault record").derive(whole)})
