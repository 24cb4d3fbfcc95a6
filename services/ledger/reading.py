"""Entries and their decision records read while the hub runs: for reports, comparisons and replay.

Promise: nothing is locked and nothing written; what is read is a prefix of each log as it stood when reading began; a
record that was forgotten is None, never an error.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

from services.contract.canonical import NotJson, parse
from services.contract.problems import LedgerUnavailable
from services.contract.releases import SubjectFault, SubjectRow, SubjectRows
from services.ledger import derive, journal
from services.ledger.auditing.subject_rows import rows_about
from services.ledger.emergency.folder import emergency_folder
from services.ledger.entry import EntryRefused, event_bytes
from services.ledger.opened import Decision, decision_of, handed
from services.ledger.own_rows import COPY, Sight, copy_of, gave, note_of
from services.ledger.vault import DECISION, OPENING, Vault
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

SHREDDED = "subject.shredded"


class Entry(NamedTuple):
    """One entry where it stands."""

    log: str
    at: int
    entry: Mapping[str, Any]


class OwnSights(NamedTuple):
    """All entries about a person with what was sealed for them, the releases without a note, and what is wrong of the rows."""

    sights: list[Sight]
    unnoted: list[SubjectRow]
    faults: tuple[SubjectFault, ...]


class Reading:
    """The ledger of an installation, read from beside it. Close it, or use it as a context."""

    def __init__(self, settings: Settings, keys: KeyFolder) -> None:
        self._settings, self._folder = settings, settings.home / "ledger"
        if not (self._folder / "vault.db").is_file():
            raise LedgerUnavailable("there is no ledger in MASH_HOME yet")
        self._vault = Vault(self._folder / "vault.db", keys, read_only=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._vault.close()

    def entries(self) -> Iterator[Entry]:
        """Every entry of every log, in the order in which the store has them. Raises `LedgerUnavailable`."""
        for log, index, leaf in self._leaves():
            with suppress(NotJson, TypeError, KeyError):
                yield Entry(log, index, parse(leaf)["entry"])

    def recorded(self, month: str) -> Iterator[tuple[Mapping[str, Any], bytes | None]]:
        """Every entry of a month (YYYY-MM, UTC), with its decision record where it has one."""
        for _, _, entry in self.entries():
            if str(entry["time"]).startswith(f"{month}-"):
                yield entry, self.decision(entry["event_id"]) if "decision_digest" in entry else None

    def decision(self, event_id: str) -> bytes | None:
        """The decision record sealed with the entry, as far as it opens, or None: never kept, or about somebody since
        forgotten."""
        return self.record(event_id).body

    def record(self, event_id: str) -> Decision:
        """The same, with what of it was shredded and what is missing."""
        try:
            return decision_of(handed(self._vault.look(event_bytes(event_id), DECISION)))
        except EntryRefused:
            return decision_of(None)

    def shredded(self) -> tuple[int, int]:
        """(parts of documents that are gone, parts that entries say were shredded)."""
        entered = sum(
            int(entry["facts"]["count"]) for _, _, entry in self.entries() if entry["kind"] == SHREDDED
        )
        return self._vault.shredded(), entered

    def about(self, person: str) -> Callable[[str], str]:
        """Event id -> the handle under which the person would stand in that entry. `person`: the index's opaque id."""
        secret = self._vault.fetch(person).secret
        return lambda event_id: derive.handle(secret, event_bytes(event_id))

    def knows(self, person: str) -> bool:
        """Whether anything is kept under the person's key: nothing was ever entered about them, or they were erased."""
        return self._vault.known(person) is not None

    def record_of(self, event_id: str, person: str) -> bytes | None:
        """The decision record of an entry with those parts alone that are about the person, or of a record that names them;
        None where there is none."""
        keys = self._vault.known(person)
        look = self._vault.look
        return decision_of(handed(look(event_bytes(event_id), DECISION, keys.id))).body if keys else None

    def leaves(self) -> Iterator[tuple[str, int, bytes]]:
        """(log, index, stored leaf) of every entry. Raises `LedgerUnavailable`."""
        yield from self._leaves()

    def rows(self, subject: str) -> SubjectRows:
        """Every entry about a person, over all logs. Raises `LedgerUnavailable`."""
        found = self._vault.known(subject)
        return rows_about(found.secret, self._settings.hub, self._leaves()) if found else SubjectRows((), ())

    def own(self, subject: str) -> OwnSights:
        """The same with what was sealed for the person with each: what their own copy is made of, and held against."""
        keys = self._vault.known(subject)
        found = self.rows(subject)
        sights, unnoted = [], []
        for row in found.rows:
            event = event_bytes(row.entry["event_id"])
            handle = derive.handle(keys.secret, event) if keys else ""
            sealed: Mapping[str, Any] | None = None
            if gave(row, handle):
                sealed = note_of(self._vault.look(event, DECISION), row.entry, handle)
                unnoted += [row] if sealed is None else []
            elif row.entry["kind"] == COPY:
                sealed = copy_of(self._vault.look(event, OPENING), row.entry)
            sights.append(Sight(row, sealed))
        return OwnSights(sights, unnoted, found.faults)

    def _leaves(self) -> Iterator[tuple[str, int, bytes]]:
        if self._settings.ledger == "file":
            yield from _journal(self._folder / journal.NAME)
        else:
            yield from _topics(self._settings)
        yield from _journal(emergency_folder(self._settings) / journal.NAME)


def _journal(path: Path) -> Iterator[tuple[str, int, bytes]]:
    try:
        with path.open("rb") as file:
            journal.read_hub(file)
            for frame in journal.read_frames(file):
                # The last frame may be under way: it belongs to what comes after this reading.
                if isinstance(frame, journal.Frame):
                    yield frame.log, frame.index, frame.leaf
    except FileNotFoundError:
        return
    except OSError as error:
        raise LedgerUnavailable(f"the journal cannot be read ({error.strerror})") from None


def _topics(settings: Settings) -> Iterator[tuple[str, int, bytes]]:
    # The client takes a second to load, and most installations have no broker.
    from services.ledger.store.broker import Broker, log_of  # noqa: PLC0415
    from services.ledger.store.cluster import Cluster  # noqa: PLC0415
    from services.ledger.store.ports import StoreAway, StoreHalted  # noqa: PLC0415

    broker = Broker(Cluster.of(settings))
    try:
        for topic in broker.topics():
            log = log_of(settings.hub, topic)
            for row in broker.read(topic, 0) if log else ():
                yield log, row.at, row.leaf
    except (StoreAway, StoreHalted) as error:
        raise LedgerUnavailable(str(error)) from None
    finally:
        broker.close()
