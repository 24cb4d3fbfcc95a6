"""The ledger with its emergency log: what goes on while the main store takes nothing, and how it is joined on again.

Promise: only emergency care and child protection enquiries marked RED go on, each under a durable signed entry like any
other; once the main store takes entries again nothing enters it before the entry that commits to the emergency log.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from services.contract.canonical import b64u, digest
from services.contract.problems import LedgerUnavailable
from services.contract.releases import AnsweredOnce, Asking, Draft, LedgerHealth, Receipt
from services.contract.vocabulary import code_list, entry
from services.ledger.append import Sequencer
from services.ledger.begun import Listing
from services.ledger.cosigning.ports import NoQuorum
from services.ledger.emergency.log import EmergencyLog
from services.ledger.entry import EntryRefused, event_bytes
from services.ledger.log import Signed, log_signer
from services.ledger.open import Ledger
from services.runtime.keys import KeyFolder
from services.runtime.logs import log
from services.runtime.settings import Settings

BRIDGED = "emergency.bridged"
HUB = "hub"
_COLUMNS = frozenset({"ETREAT", "BTG"})
_LOOK = 1.0
"""Seconds between two tries to join the emergency log on."""


def may_go_on(draft: Draft) -> bool:
    """Whether an entry may stand in the emergency log: of emergency care, of broken glass, or marked urgent."""
    if draft.urgent:
        return True
    known = draft.purpose in code_list("purposes")
    return known and entry("purposes", draft.purpose)["column"] in _COLUMNS


class EmergencyLedger(Ledger):
    """All logs of one hub, and the second log. Every method may be called from any thread."""

    def __init__(self, main: Ledger, second: EmergencyLog, keys: KeyFolder, settings: Settings) -> None:
        # It is that ledger, and more: what is not said below is as there.
        super().__init__(*main.made_of)
        self._log, self._events = second, keys.mac("events")
        self._listing = Listing(settings.hub, keys, lambda code: log_signer(settings.hub, code, keys))
        self._on = settings.emergency_log == "on"
        # While the bridge is made nothing is added to what it commits to.
        self._gate = threading.Lock()
        self._bridged = 0
        self._askers: dict[str, None] = {}
        self._beside: tuple[Sequencer, Ledger] | None = None
        self._ended = threading.Event()
        self._joiner = threading.Thread(target=self._join, name="emergency-bridge", daemon=True)
        self._joiner.start()

    def append(self, draft: Draft) -> Receipt:
        """See `Ledger`. The receipt says in which log the entry stands."""
        if draft.event_id and self._log.has(event_bytes(draft.event_id)):
            return self._second().append(self._moved(draft))
        urgent = self._on and may_go_on(draft)
        if urgent and (why := self._stuck()):
            return self._go_on(draft, why)
        try:
            self._bridge()
            return super().append(draft)
        except (EntryRefused, NoQuorum):
            # The store has taken it, or never will: no second log is a way round witnesses.
            raise
        except LedgerUnavailable as error:
            if not urgent:
                raise
            return self._go_on(draft, error.detail)

    def append_later(self, draft: Draft) -> None:
        """See `Ledger`. An outcome of what stands in the emergency log follows it while the main store is away, and
        stands in its organisation's log later."""
        if draft.log != self._log.code:
            super().append_later(draft)
        elif super().health().ready and not self._unbridged():
            super().append_later(replace(draft, log=draft.asking.organisation))
        else:
            with self._gate:
                self._second().append_later(draft)

    def checkpoint(self, log: str) -> bytes | None:
        """See `Ledger`."""
        second = self._named(log)
        return second.checkpoint(log) if second else super().checkpoint(log)

    def tile(self, log: str, path: str) -> bytes | None:
        """See `Ledger`."""
        second = self._named(log)
        return second.tile(log, path) if second else super().tile(log, path)

    def receipt(self, id: str) -> bytes | None:
        """See `Ledger`."""
        second = self._holding(id)
        return second.receipt(id) if second else super().receipt(id)

    def opening(self, id: str) -> bytes | None:
        """See `Ledger`."""
        second = self._holding(id)
        return second.opening(id) if second else super().opening(id)

    def decision(self, id: str) -> bytes | None:
        """See `Ledger`."""
        second = self._holding(id)
        return second.decision(id) if second else super().decision(id)

    def answered_once(self, key: str) -> AnsweredOnce | None:
        """See `Ledger`."""
        second = self._open()
        return super().answered_once(key) or (second.answered_once(key) if second else None)

    def keys(self) -> Mapping[str, str]:
        """See `Ledger`."""
        second = self._open()
        return {**super().keys(), **(second.keys() if second else {})}

    def health(self) -> LedgerHealth:
        """Whether entries can be taken now; and if not, whether emergencies are."""
        found, second = super().health(), self._open()
        goes_on = self._on and bool(self._away()) and second is not None and second.health().ready
        unbridged = self._unbridged()
        alarms = [f"the emergency log {code} is gone, and its entries with it" for code in self._log.lost]
        if unbridged:
            alarms.append(f"{unbridged} entries stand in the emergency log {self._log.code} alone")
        sizes = {**found.sizes, **(second.health().sizes if second else {})}
        askers = (self._log.code, *self._askers) if self._askers else ()
        return replace(
            found, sizes=sizes, goes_on=goes_on, unbridged=unbridged, alarms=tuple(alarms), emergency=askers
        )

    def close(self) -> None:
        """Finish what is queued, and let go of both."""
        self._ended.set()
        self._joiner.join(self._wait + 5)
        super().close()

    def _stuck(self) -> str:
        """Why the main store is known to take nothing, so that an emergency need not wait for it; empty: it may."""
        sequencer = self._sequencer
        if sequencer.halted or not sequencer.open:
            return sequencer.halted or sequencer.trouble or "the ledger is closed"
        return "the main store does not answer" if sequencer.busy_for() > self._wait else ""

    def _away(self) -> str:
        """Why the main store takes nothing, as it was last met; empty: it lacks at most its witnesses."""
        return self._stuck() or self._sequencer.trouble

    def _go_on(self, draft: Draft, why: str) -> Receipt:
        with self._gate:
            second = self._second()
            receipt = second.append(self._moved(draft))
        self._askers[draft.asking.organisation] = None
        log.error("emergency-log-in-use", log=receipt.log, size=receipt.size, reason=why[:200])
        return receipt

    def _moved(self, draft: Draft) -> Draft:
        return replace(draft, log=self._log.code)

    def _bridge(self) -> None:
        """The entry that commits to the emergency log, durable before anything follows it. Raises `LedgerUnavailable`.

        Its event id is that of what it commits to: made again, after a crash or at the next start, it is the same entry.
        """
        if not self._unbridged():
            return
        # Not tried while it cannot succeed: emergencies would wait for it.
        if why := self._stuck():
            raise LedgerUnavailable(why)
        # A store that lacks nothing but its witnesses takes entries: no second log is a way round them.
        if short := self._cosigning.short():
            raise NoQuorum(short)
        with self._gate:
            signed = self._log.signed
            if signed is None or signed.head.size <= self._bridged:
                return
            super().append(self._listing.draft(self._log.code))
            receipt = super().append(self._bridge_of(signed))
            self._bridged = signed.head.size
            self._askers.clear()
        log.warning("emergency-log-bridged", log=self._log.code, size=signed.head.size, at=receipt.index)

    def _bridge_of(self, signed: Signed) -> Draft:
        root = signed.head.root.hex()
        event = self._events.of("bridge", self._log.code, str(signed.head.size), root)
        key = self._second().keys()[self._log.code]
        facts = {
            "log": self._log.code,
            "size": signed.head.size,
            "root": root,
            "key": digest(key.encode()).hex(),
        }
        return Draft(HUB, BRIDGED, Asking(HUB, "", HUB), event_id=b64u(event[:16]), facts=facts)

    def _unbridged(self) -> int:
        signed = self._log.signed
        return max(signed.head.size - self._bridged, 0) if signed else 0

    def _join(self) -> None:
        """Joined on as soon as it can be, asked or not."""
        while not self._ended.wait(_LOOK):
            # Also where the last entry failed: nothing else is let through that could show that the next one does not.
            if self._unbridged() and not self._stuck():
                with suppress(LedgerUnavailable):
                    self._bridge()

    def _second(self) -> Ledger:
        """The emergency log as a ledger. Raises `LedgerUnavailable`."""
        sequencer = self._log.sequencer()
        if self._beside is None or self._beside[0] is not sequencer:
            self._beside = sequencer, self.beside(sequencer)
        return self._beside[1]

    def _open(self) -> Ledger | None:
        with suppress(LedgerUnavailable):
            return self._second() if self._log.stands else None
        return None

    def _named(self, code: str) -> Ledger | None:
        return self._open() if code == self._log.code else None

    def _holding(self, id: str) -> Ledger | None:
        with suppress(EntryRefused):
            return self._open() if self._log.has(event_bytes(id)) else None
        return None


def with_emergency(main: Ledger, keys: KeyFolder, settings: Settings) -> Ledger:
    """The ledger as the gateway is given it."""
    second = main.emergency_log
    return EmergencyLedger(main, second, keys, settings) if second else main
