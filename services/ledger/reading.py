"""Entries and their decision records read while the hub runs: for reports, comparisons and replay.

Promise: nothing is locked and nothing written; what is read is a prefix of each log as it stood when reading began; a
record that was forgotten is None, never an error.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Self

from services.contract.canonical import NotJson, parse
from services.contract.problems import LedgerUnavailable
from services.contract.releases import SubjectFault, SubjectRow, SubjectRows
from services.contract.reviews import KnownAs, Span, Stood
from services.ledger import derive, journal
from services.ledger.auditing.subject_rows import rows_about
from services.ledger.emergency.folder import emergency_folder
from services.ledger.entry import EntryRefused, event_bytes
from services.ledger.opened import Decision, decision_of, handed
from services.ledger.own_rows import COPY, Sight, copy_of, gave, note_of
from services.ledger.spans import within
from services.ledger.vault import DECISION, OPENING, Destroyed, Vault
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
    logs: tuple[str, ...] = ()
    gone: frozenset[str] = frozenset()
    """Ids, as rows name them, of which keys were destroyed."""


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

    def about(self, whom: KnownAs) -> Callable[[Mapping[str, Any]], bool]:
        """Whether an entry is about the person: it names them under an id that was theirs at the time."""
        secrets = [(self._vault.fetch(one.id).secret, one.spans) for one in whom.ids]

        def entry_is(entry: Mapping[str, Any]) -> bool:
            handles = {subject["handle"] for subject in entry.get("subjects", ())}
            event = event_bytes(entry["event_id"]) if handles else b""
            return bool(handles) and any(
                derive.handle(secret, event) in handles and within(spans, entry["time"])
                for secret, spans in secrets
            )

        return entry_is

    def knows(self, whom: KnownAs) -> bool:
        """Whether anything is kept under a key of the person's: nothing was ever entered about them, or they were erased."""
        return any(self._vault.known(one.id) is not None for one in whom.ids)

    def destroyed(self, subject: str) -> Destroyed | None:
        """When the keys under this id were last destroyed, and by which entry; None where they never were."""
        return self._vault.destroyed(self._vault.id_of(subject))

    def record_of(self, event_id: str, whom: KnownAs) -> bytes | None:
        """The decision record of an entry with those parts alone that are about the person, or of a record that names them;
        None where there is none."""
        for one in whom.ids:
            keys, event = self._vault.known(one.id), event_bytes(event_id)
            found = self._vault.look(event, DECISION, keys.id) if keys else None
            if found is not None and (found.pieces or len(whom.ids) == 1):
                return decision_of(handed(found)).body
        return None

    def leaves(self) -> Iterator[tuple[str, int, bytes]]:
        """(log, index, stored leaf) of every entry. Raises `LedgerUnavailable`."""
        yield from self._leaves()

    def rows(self, subject: str) -> SubjectRows:
        """Every entry about whoever had this one id, over all logs. Raises `LedgerUnavailable`."""
        found = self._vault.known(subject)
        return rows_about(found.secret, self._settings.hub, self._leaves()) if found else SubjectRows((), ())

    def rows_of(self, whom: KnownAs) -> SubjectRows:
        """Every entry about a person, under every id that they ever had. Faults are of each id as a whole: only whoever sees
        all of an id can tell that none is missing."""
        found = self._told(whom)
        rows = tuple(one.row for one in found.sights if one.theirs)
        return SubjectRows(found.logs, rows, found.faults)

    def own(self, whom: KnownAs) -> OwnSights:
        """The same with what was sealed for the person with each: what their own copy is made of, and held against."""
        return self._told(whom, beside=True)

    def spans(self, whom: KnownAs) -> Mapping[str, Sequence[Span]]:
        """The ids as rows name them -> when they were the person's."""
        return {self.named(one.id): one.spans for one in whom.ids}

    def named(self, subject: str) -> str:
        """An id as rows name it."""
        return self._vault.id_of(subject).hex()

    def _told(self, whom: KnownAs, *, beside: bool = False) -> OwnSights:
        sights: list[Sight] = []
        unnoted: list[SubjectRow] = []
        faults: dict[SubjectFault, None] = {}
        logs: set[str] = set()
        others = [Stood(id, spans=()) for id in sorted(whom.beside)] if beside else []
        for one in (*whom.ids, *others):
            keys, found, name = self._vault.known(one.id), self.rows(one.id), self.named(one.id)
            logs |= set(found.logs)
            if one.spans:
                faults |= dict.fromkeys(found.faults)
            for bare in found.rows:
                time = bare.entry["time"]
                row = replace(bare, under=name, mixed=bool(one.mixed) and within(one.mixed, time))
                sealed, lacking = self._sealed(row, keys.secret if keys else b"")
                theirs = within(one.spans, time)
                sights.append(Sight(row, sealed, theirs, one.since))
                unnoted += [row] if lacking and theirs else []
        gone = frozenset(
            self.named(one.id) for one in (*whom.ids, *others)
            if self._vault.destroyed(self._vault.id_of(one.id))
        )  # fmt: skip
        return OwnSights(sights, unnoted, tuple(faults), tuple(sorted(logs)), gone)

    def _sealed(self, row: SubjectRow, secret: bytes) -> tuple[Mapping[str, Any] | None, bool]:
        """What was sealed with an entry for whoever has the secret, and whether something is lacking that should be there."""
        event = event_bytes(row.entry["event_id"])
        handle = derive.handle(secret, event) if secret else ""
        if gave(row, handle):
            note = note_of(self._vault.look(event, DECISION), row.entry, handle)
            return note, note is None
        if row.entry["kind"] == COPY:
            return copy_of(self._vault.look(event, OPENING), row.entry), False
        return None, False

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
