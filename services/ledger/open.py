"""The ledger as the rest of the hub meets it (gateway/ports.py, class Ledger), and how it is opened.

Promise: `append` returns when the entry is durable and covered by a signed checkpoint, and raises
`LedgerUnavailable` within the bounded wait otherwise; no setting changes that. A store that is away at start
is tried again until it comes.
"""

import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from functools import lru_cache, partial
from typing import Any

from services.contract.canonical import b64u
from services.contract.problems import BadSetting, LedgerUnavailable
from services.contract.releases import (
    AnsweredOnce,
    Draft,
    LedgerHealth,
    Prepared,
    PreparedSubject,
    Receipt,
    SubjectCount,
    SubjectRows,
)
from services.ledger import derive
from services.ledger.append import Sequencer
from services.ledger.beginning import beginning, held_first, look, maker
from services.ledger.begun import Listing
from services.ledger.cosigning.keep import open_cosigning
from services.ledger.cosigning.ports import Cosigning, Off, lateness
from services.ledger.drafted import documents, named, sealed_with, subjects_of
from services.ledger.emergency.log import EmergencyLog
from services.ledger.entry import EntryRefused, build, check_log, event_bytes, now
from services.ledger.erasure.duties import DutyBook
from services.ledger.erasure.erasing import Erasing
from services.ledger.erasure.holds import Holds
from services.ledger.erasure.retention import floors
from services.ledger.lease.lease import Tenancy, beating
from services.ledger.lease.turns import InTurn
from services.ledger.log import log_signer
from services.ledger.opened import decision_of, handed, opening_of
from services.ledger.own_copies import OwnCopies
from services.ledger.pending import Pending
from services.ledger.publish import publisher
from services.ledger.reading import Reading
from services.ledger.receipts import answered, proof_of, records_of, tile_of, under_key
from services.ledger.sealing import Opened
from services.ledger.store.chosen import admitted, checkpoints_of, made, store_of
from services.ledger.store.disk import Disk
from services.ledger.vault import DECISION, OPENING, Vault
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

_TAKEN = "MASH_HOME: another process has this ledger open; end it, or choose another folder"


__all__ = ["Ledger", "log_signer", "open_ledger"]


class Ledger:
    """All logs of one hub. Every method may be called from any thread."""

    def __init__(
        self,
        sequencer: Sequencer,
        vault: Vault,
        keys: KeyFolder,
        settings: Settings,
        cosigning: Cosigning,
        close: Callable[[], None],
        tenancy: Tenancy | None = None,
        emergency_log: EmergencyLog | None = None,
    ) -> None:
        self.made_of = (sequencer, vault, keys, settings, cosigning, close, tenancy, emergency_log)
        self._tenancy, self.emergency_log = tenancy, emergency_log
        self._sequencer, self._store, self._vault, self._close = sequencer, sequencer.store, vault, close
        self._wait = settings.ledger_wait
        self._settings, self._keys, self._cosigning = settings, keys, cosigning
        names = keys.mac("ledger-pseudonyms")
        # The few users, cases and logs of a day come again and again.
        self._pseudonym = lru_cache(10_000)(lambda kind, value: b64u(names.of(kind, value)[:16]))
        self._origin = lru_cache(1_000)(lambda log: f"{settings.hub}/{check_log(log)}")
        turn, book = threading.RLock(), DutyBook(vault)
        self.holds = Holds(book, self.append, turn)
        self.copies = OwnCopies(settings, keys, self.prepare, self.append, turn)
        self.erasing = Erasing(
            vault,
            book,
            self.holds,
            sequencer,
            turn,
            rows=self.about,
            append=self.append,
            make=self._pending,
            pseudonym=lambda kind, value: names.of(kind, value)[:16].hex(),
            event_of=lambda id: names.of("shred", id)[:16],
            years=floors(settings.retention),
            backup_days=settings.key_backup_days,
            wait=settings.ledger_wait,
        )

    def about(self, subject: str) -> SubjectRows:
        """Every entry about a person, over the logs that the hub's log lists. Raises `LedgerUnavailable`."""
        with Reading(self._settings, self._keys) as reading:
            return reading.rows(subject)

    def case_hash(self, case: str) -> str:
        """As entries name the case."""
        return self._pseudonym("case", case)

    def prepare(self, subjects: Sequence[SubjectCount]) -> Prepared:
        """Event id, handles and salts for an entry to be built. Nothing is durable yet. Raises
        `LedgerUnavailable`."""
        event = secrets.token_bytes(16)
        prepared = []
        for subject in subjects:
            secret = self._vault.fetch(subject.subject).secret
            salts = derive.salts(secret, event, derive.padded(subject.leaves))
            prepared.append(PreparedSubject(subject.subject, derive.handle(secret, event), salts))
        return Prepared(b64u(event), tuple(prepared), secrets.token_bytes(32), secrets.token_bytes(32))

    def append(self, draft: Draft) -> Receipt:
        """Append and wait. Raises `LedgerUnavailable` within `ledger_wait` seconds; the entry may then still
        come to stand, as an intent without outcome. A draft whose event id stands already gives that entry's
        receipt; another one under an idempotency key that is taken raises `KeyTaken`."""
        pending = self._pending(draft, at_once=False)
        self._sequencer.submit(pending)
        if not pending.wait(self._wait):
            waiting = self._store.waiting()
            raise LedgerUnavailable(waiting or "the ledger did not make the entry durable in time")
        if pending.error is not None:
            # One of its own for each caller: an exception that several threads raise would carry all their traces.
            raise type(pending.error)(pending.error.detail)
        return pending.receipt or answered(self._sequencer.logs, self._store, pending, pending.id)

    def append_later(self, draft: Draft) -> None:
        """Queue and do not wait. Raises `LedgerUnavailable` only where the ledger takes nothing now."""
        pending = self._pending(draft)
        pending.waited_for = False
        self._sequencer.submit(pending)

    def checkpoint(self, log: str) -> bytes | None:
        """The log's signed checkpoint, with cosignatures where it has witnesses; None where there is no such log."""
        found = self._sequencer.logs.by_code.get(log)
        return self._cosigning.shown(found).note if found else None

    def tile(self, log: str, path: str) -> bytes | None:
        """A tile of the log (`tile/…`, C2SP tlog-tiles), or None where the signed part has not all of it. Raises
        `LedgerUnavailable`."""
        found = self._sequencer.logs.by_code.get(log)
        return tile_of(found, self._store, path) if found else None

    def records(self, log: str, path: str) -> Sequence[tuple[str, bytes | None]] | None:
        """(event id, decision record or None) for each entry of a tile of entries that decided something. Raises
        `LedgerUnavailable`."""
        found = self._sequencer.logs.by_code.get(log)
        return records_of(found, self._store, path, self.record) if found else None

    def receipt(self, id: str) -> bytes | None:
        """The `.tlog-proof` of the entry with this event id, or None."""
        try:
            return proof_of(self._sequencer.logs, self._store, event_bytes(id))
        except EntryRefused:
            return None

    def opening(self, id: str) -> bytes | None:
        """The opening sealed with the entry, canonical JSON, as far as it opens, or None. For the holder of the receipt
        only."""
        return opening_of(self._opened(id, OPENING))

    def decision(self, id: str) -> bytes | None:
        """The decision record sealed with the entry, canonical JSON, as far as it opens, or None."""
        return decision_of(self.record(id)).body

    def record(self, id: str) -> bytes | None:
        """The same in the parts that still open, for an auditor to hold against the entry; None: there is none."""
        return handed(self._opened(id, DECISION))

    def recorded(self, month: str) -> Iterator[tuple[Mapping[str, Any], bytes | None]]:
        """Every entry of a month (YYYY-MM) with its decision record, read beside the sequencer. Raises `LedgerUnavailable`."""
        with Reading(self._settings, self._keys) as reading:
            yield from reading.recorded(month)

    def keys(self) -> Mapping[str, str]:
        """The public key line of every log, by its code: what a trust file is made of."""
        return {code: log.signer.verifier.vkey for code, log in dict(self._sequencer.logs.by_code).items()}

    def answered_once(self, key: str) -> AnsweredOnce | None:
        """What stands under an idempotency key, or None where no entry does. Raises `LedgerUnavailable`."""
        return under_key(self._sequencer.logs, self._store, self._vault, key)

    def forget_answers(self, before: int) -> int:
        """Delete the kept answers to what was first asked before this second (since 1970, UTC); how many they were."""
        return self._vault.onces.forget_answers(before)

    def health(self) -> LedgerHealth:
        """Whether entries can be taken now: open, the last batch succeeded, none is stuck, and no quorum is lacking that a
        release waits for."""
        sequencer, late = self._sequencer, self._cosigning.late()
        detail = sequencer.halted or sequencer.trouble or self._cosigning.short()
        if not detail and sequencer.busy_for() > self._wait:
            detail = self._store.waiting() or "the ledger is waiting for its store"
        if not detail and not sequencer.is_alive():
            detail = "the ledger is closed"
        sizes = {code: log.signed.head.size for code, log in dict(sequencer.logs.by_code).items()}
        return LedgerHealth(not detail, detail or lateness(late), sizes, late)

    def beside(self, sequencer: Sequencer) -> "Ledger":
        """Another sequencer's logs met as this one's are, over the same vault; nothing to be closed."""
        return Ledger(sequencer, self._vault, self._keys, self._settings, Off(), lambda: None)

    def elsewhere(self) -> str:
        """The address of the gateway that has the sequencer, if it is not this one; else empty."""
        tenancy = self._tenancy
        if tenancy is None or self._sequencer.open or tenancy.held:
            return ""
        return tenancy.holder_at if tenancy.holder_at != self._settings.ledger_address else ""

    def close(self) -> None:
        """Finish what is queued, publish the checkpoints, and let go of the folder."""
        self._close()

    def _pending(self, draft: Draft, *, at_once: bool = True) -> Pending:
        """On its way, and drawn up at once or by the sequencer. Raises `EntryRefused`."""
        event = event_bytes(draft.event_id) if draft.event_id else secrets.token_bytes(16)
        id, time, found = draft.event_id or b64u(event), now(), documents(draft)
        subjects = subjects_of(draft, event, self._vault.fetch)
        draw = partial(
            build,
            draft,
            origin=self._origin(draft.log),
            event_id=id,
            at=time,
            user=self._pseudonym("user", draft.asking.user),
            case_hash=self._pseudonym("case", draft.case) if draft.case else "",
        )
        return Pending(
            log=draft.log,
            event=event,
            time=time,
            entry=draw() if at_once else b"",
            draw=None if at_once else draw,
            id=id,
            names=named(draft, found),
            subjects=subjects,
            kept=sealed_with(found, event, subjects, self._vault.fetch),
            once=draft.once,
        )

    def _opened(self, id: str, what: str) -> Opened | None:
        try:
            event = event_bytes(id)
        except EntryRefused:
            return None
        return self._vault.look(event, what) if event in self._sequencer.logs.places else None


def open_ledger(settings: Settings, keys: KeyFolder, *, disk: Disk | None = None) -> Ledger:
    """Open, recover and start; returns after the first attempt. One that could not open says why in `health` and refuses
    every entry; one whose store is away goes on trying. Raises `BadSetting`, `LedgerUnavailable` (databases)."""
    lock = made(folder := settings.home / "ledger")
    with ExitStack() as opened:
        opened.callback(os.close, lock)
        if not admitted(lock, settings):
            raise BadSetting(_TAKEN)
        vault = opened.enter_context(closing(Vault(folder / "vault.db", keys)))
        checkpoints = opened.enter_context(closing(checkpoints_of(settings, folder)))
        # Where the checkpoints are away the sequencer looks, once they have come.
        with suppress(LedgerUnavailable):
            look(settings, keys, checkpoints)
        store = opened.enter_context(closing(store_of(settings, folder, disk or Disk())))
        tenancy = Tenancy(checkpoints, settings.ledger_address) if settings.ledger_address else None
        cosigning = opened.enter_context(closing(open_cosigning(settings, folder)))
        publish = publisher(folder, disk or Disk(), cosigning.shown, shared=tenancy is not None)
        turns = InTurn(vault)
        second = opened.enter_context(closing(EmergencyLog(settings, keys, turns)))
        begin = beginning(settings, keys, store, vault, checkpoints, second, cosigning)
        sequencer = Sequencer(
            store=store,
            vault=turns,
            checkpoints=checkpoints,
            begin=held_first(begin, settings, tenancy, lock, vault, second) if tenancy else begin,
            make=maker(settings, keys),
            publish=publish,
            listing=Listing(settings.hub, keys, lambda code: log_signer(settings.hub, code, keys)),
            guard=tenancy.guard if tenancy else None,
            cosign=cosigning.cosign,
        )
        if tenancy:
            opened.callback(tenancy.give_back)
        opened.callback(sequencer.stop)
        sequencer.start()
        sequencer.tried.wait()
        if tenancy:
            opened.callback(beating(tenancy, sequencer, journal=settings.ledger == "file").stop)
        cosigning.start(publish)
        return Ledger(sequencer, vault, keys, settings, cosigning, opened.pop_all().close, tenancy, second)
