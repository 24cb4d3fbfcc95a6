"""An entry on its way, and how its caller waits for it.

Promise: a caller is let go once, when its entry is decided or its time is up; one that gives up holds nobody
back.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from services.contract.problems import KeyTaken, LedgerUnavailable
from services.contract.releases import Once, Receipt
from services.ledger.checkpoints import Head
from services.ledger.entry import EntryRefused
from services.ledger.log import Log, receipt_of
from services.ledger.sealing import Kept, Subject

_TURN, _EACH = 0.002, 0.0001
"""Seconds that a sequencer gives its callers to wake, at least and for each: they need some 30 microseconds one after
another, and more where the machine has other work."""


@dataclass(slots=True, eq=False)
class Pending:
    """One entry on its way: built and checked by its caller, placed by the sequencer."""

    log: str
    event: bytes
    time: str
    entry: bytes = field(repr=False)
    """Empty until it is drawn up, where `draw` does that."""
    id: str = ""
    """The event as the receipt names it."""
    names: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    kept: tuple[Kept, ...] = ()
    once: Once | None = None
    waited_for: bool = True
    repeat: bool = False
    head: Head | None = None
    receipt: Receipt | None = None
    """Made by the sequencer for a whole batch; none for a repeat, of whose entry it must first be seen what it says."""
    error: LedgerUnavailable | KeyTaken | None = None
    abandoned: bool = False
    next: "Pending | None" = None
    draw: Callable[[], bytes] | None = field(default=None, repr=False)
    """Draws the entry up on the sequencer's thread. A caller that did so itself would have the interpreter just while the
    next one wakes, and 256 callers do with cold caches what one thread does with warm ones."""
    ready: Callable[[], bytes] | None = None
    """For an act of the vault's: makes the entry when its turn has come, on the sequencer's thread."""
    after: Callable[[], None] | None = None
    """What is done once the entry is durable and signed, before it is answered and before anything else is."""
    done: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        # A lock taken now and let go when all is decided: the cheapest thing to wait for in CPython.
        self.done.acquire()

    @property
    def keys(self) -> Iterator[Subject]:
        """Every subject under whose keys it stands or seals."""
        yield from self.subjects
        for kept in self.kept:
            for piece in kept.slots:
                yield from piece.subjects

    def stands(self, log: Log, index: int) -> None:
        """Its entry is durable and signed under the log's head: do what it announced, if anything."""
        if self.after:
            self.after()
        self.head = log.signed.head
        if self.id and self.waited_for and not self.repeat:
            self.receipt = receipt_of(log, self.id, index, self.time, self.head)

    def wait(self, seconds: float) -> bool:
        """Whether the entry was decided in time (`head` or `error`)."""
        decided = self.done.acquire(timeout=seconds)
        if not decided:
            self.abandoned = True
            # It may have been decided between the two lines above; whoever gets the lock now passes the turn
            # on.
            decided = self.done.acquire(blocking=False)
        if decided and self.next is not None:
            self.next.wake()
        return decided

    def wake(self) -> None:
        """Wake its caller, who wakes the next one's. One after another: callers that are woken all at once do
        nothing but fight for the interpreter (twice the processor time at 64 callers). One who has given up
        is passed over."""
        turn: Pending | None = self
        while turn is not None:
            turn.done.release()
            if not turn.abandoned or not turn.done.acquire(blocking=False):
                return
            turn = turn.next


def drawn(batch: Iterable[Pending]) -> list[Pending]:
    """Those whose entry could be drawn up; of any other its own caller is told, and nobody else fares the worse for it."""
    own = []
    for pending in batch:
        if pending.draw is not None:
            try:
                pending.entry = pending.draw()
            except EntryRefused as error:
                fail_all([pending], error)
                continue
            except Exception as error:  # noqa: BLE001 (whatever a draft holds, it is a fault of this draft alone)
                fail_all([pending], EntryRefused(f"an entry could not be drawn up ({type(error).__name__})"))
                continue
        own.append(pending)
    return own


def apart(batch: Sequence[Pending]) -> list[list[Pending]]:
    """The batch in its order, each act of the vault's by itself: nothing is stored while it counts and destroys."""
    runs: list[list[Pending]] = []
    for pending in batch:
        if pending.after is None and runs and runs[-1][-1].after is None:
            runs[-1].append(pending)
        else:
            runs.append([pending])
    return runs


def wake_all(decided: Sequence[Pending]) -> None:
    """Let the callers go, each by the one before; returns when the last has been woken, or when they have had their time."""
    waiting = [pending for pending in decided if pending.waited_for]
    if len(waiting) < 2:
        for alone in waiting:
            alone.wake()
        return
    last = Pending("", b"", "", b"")
    for pending, after in pairwise([*waiting, last]):
        pending.next = after
    waiting[0].wake()
    # Whoever wakes may come again at once. A sequencer that went on before they are all awake would make the
    # next batch of the first of them alone, and pay a batch's fsyncs twice for the same callers.
    last.wait(_TURN + _EACH * len(waiting))


def fail_all(pendings: Iterable[Pending], error: LedgerUnavailable | KeyTaken) -> None:
    """Let go, with the error, of those that are not decided yet."""
    left = [pending for pending in pendings if pending.head is None and pending.error is None]
    for pending in left:
        pending.error = error
    wake_all(left)


def first_under_key(
    batch: Iterable[Pending], find: Callable[[str], tuple[bytes, Once] | None]
) -> list[Pending]:
    """Those under whose idempotency key no other entry stands (`find`: event and key) or is to stand; the others' callers
    are told."""
    holders: dict[str, bytes] = {}
    own = []
    for pending in batch:
        if pending.once is not None:
            found = find(pending.once.key)
            holder = found[0] if found else holders.setdefault(pending.once.key, pending.event)
            if holder != pending.event:
                fail_all([pending], KeyTaken("another answer was entered under this idempotency key"))
                continue
        own.append(pending)
    return own
