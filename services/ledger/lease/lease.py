"""The lease on the sequencer: which of several gateways has it, how it is kept, and when another may take it.

Promise: nobody's clock is trusted, only waited by: a gateway takes the lease when it has itself watched the beat stand
still for `PATIENCE` seconds, and by compare-and-swap. That a holder which slept through its own end signs nothing is
not kept here but by the term, in the transaction that moves the logs on (checkpoints.py).
"""

import secrets
import threading
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from services.contract.problems import LedgerUnavailable
from services.ledger.checkpoints import CheckpointStore, Lease
from services.ledger.store.ports import StoreAway, StoreMoved
from services.runtime.logs import log as hub_log

BEAT = 0.4
"""Seconds between two signs of life."""
PATIENCE = 2.4
"""Seconds for which a beat must be seen to stand still: six beats, so that one slow write loses nobody the lease."""
LOOK = 0.25
"""Seconds between two looks of whoever waits."""
_LONGEST_LOOK = 2 * LOOK
"""No more than this counts between two looks: whoever slept has watched nothing meanwhile."""


class Watch:
    """What one waiting gateway has seen of the lease."""

    def __init__(self) -> None:
        self._seen: Lease | None = None
        self._looked = 0.0
        self._still = 0.0

    def may_take(self, lease: Lease | None, me: str, now: float) -> bool:
        """Whether the lease is free, one's own, or has stood still for long enough. `now`: seconds, one's own clock."""
        if lease is None or lease.holder in ("", me):
            return True
        if lease != self._seen:
            self._seen, self._still = lease, 0.0
        else:
            self._still += min(max(now - self._looked, 0.0), _LONGEST_LOOK)
        self._looked = now
        return self._still >= PATIENCE


class Tenancy:
    """One gateway's part in the lease. Claimed and guarded by the sequencer's thread, kept by `Heart`."""

    def __init__(self, store: CheckpointStore, address: str, clock: Callable[[], float] = monotonic) -> None:
        self._store, self._address, self._clock = store, address, clock
        self.me = secrets.token_hex(8)
        self._watch = Watch()
        self._term: int | None = None
        self._kept = 0.0
        self.holder_at = ""
        """Where the holder was last seen; empty: nowhere."""

    @property
    def held(self) -> bool:
        """Whether this gateway holds the lease, as far as it knows."""
        return self._term is not None

    def claim(self) -> None:
        """Come to hold the lease, under a new term. Raises `StoreAway` while somebody else does, and
        `LedgerUnavailable`."""
        self._term = self._store.term = None
        lease = self.look()
        now = self._clock()
        term = None
        if self._watch.may_take(lease, self.me, now):
            term = self._store.take(lease, self.me, self._address)
        if term is None:
            raise StoreAway(f"the sequencer is at {self.holder_at or 'another gateway'}")
        self._watch = Watch()
        self._kept = now
        self._term = self._store.term = term
        self.holder_at = self._address
        hub_log.info("lease-taken", term=term)

    def look(self) -> Lease | None:
        """The lease as it stands; where its holder is, is remembered. Raises `LedgerUnavailable`."""
        lease = self._store.lease()
        self.holder_at = lease.address if lease else ""
        return lease

    def guard(self) -> None:
        """Before entries go out: whoever has not shown itself for a while asks first. Raises `StoreMoved`.

        It spares the log entries that nobody will sign; what keeps a late holder from signing is the term.
        """
        if self._clock() - self._kept < PATIENCE / 2:
            return
        try:
            kept = self.keep()
        except LedgerUnavailable as error:
            raise StoreMoved(error.detail) from None
        if not kept:
            raise StoreMoved("another gateway has taken the lease")

    def keep(self) -> bool:
        """One sign of life; False where the lease is lost. Raises `LedgerUnavailable`."""
        term, now = self._term, self._clock()
        if term is None:
            return False
        kept = self._store.renew(term)
        if kept:
            self._kept = now
        return kept

    def give_back(self) -> None:
        """At a clean end or a halt: the next one need not wait."""
        term, self._term = self._term, None
        if term is None:
            return
        try:
            self._store.give_back(term)
        except LedgerUnavailable:
            # Then the others wait out the patience, as after a crash.
            hub_log.warning("lease-not-given-back")


class Heart(threading.Thread):
    """Keeps the lease while it is held; calls `lost` when it finds it another's, and gives it back once `halted`."""

    def __init__(self, tenancy: Tenancy, lost: Callable[[str], None], halted: Callable[[], bool]) -> None:
        super().__init__(name="ledger-lease", daemon=True)
        self._tenancy, self._lost, self._halted = tenancy, lost, halted
        self._ended = threading.Event()

    def run(self) -> None:
        """Beat until ended."""
        while not self._ended.wait(BEAT):
            if self._halted():
                # Another gateway may have the better disk; where the logs contradict each other it halts as well.
                self._tenancy.give_back()
            try:
                if self._tenancy.held and not self._tenancy.keep() and self._tenancy.held:
                    self._lost("another gateway has taken the lease")
            except LedgerUnavailable:
                # Nobody else can take it either while the store is away; the next swap or guard finds out.
                hub_log.warning("lease-not-kept")

    def stop(self) -> None:
        """End, and wait for the beat under way."""
        self._ended.set()
        if self.is_alive():
            self.join(6)


class Steps(Protocol):
    """What the lease needs of the sequencer."""

    halted: str

    def step_down(self, reason: str) -> None: ...


def beating(tenancy: Tenancy, sequencer: Steps, *, journal: bool) -> Heart:
    """A heart that beats for a sequencer. A `journal` that failed stays its process's, lease and all: a second process
    would trust what the kernel forgot."""
    heart = Heart(tenancy, sequencer.step_down, lambda: not journal and bool(sequencer.halted))
    heart.start()
    return heart
