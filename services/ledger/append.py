"""The sequencer: one thread that takes whatever has queued, makes it durable, signs it, and only then
answers.

Promise: a caller is answered only when its entry is durable and covered by a signed checkpoint. The batch is
what queued while the last one was being made durable: no timer, no waiting for company. What fails half-way
stops the sequencer.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from services.contract.problems import LedgerUnavailable, Problem
from services.ledger.begun import Listing
from services.ledger.checkpoints import CheckpointStore, Head, Move
from services.ledger.cosigning.ports import NoQuorum
from services.ledger.entry import store_form
from services.ledger.lease.lease import LOOK
from services.ledger.lease.turns import InTurn
from services.ledger.log import Log
from services.ledger.pending import Pending, apart, drawn, fail_all, first_under_key, wake_all
from services.ledger.publish import SETTLE, Unpublished
from services.ledger.recover import Logs
from services.ledger.store.ports import Row, Store, StoreAway, StoreHalted, StoreMoved
from services.ledger.tree import leaf_hash
from services.runtime.logs import log as hub_log

LONGEST_QUEUE = 4096
_RETRY = 2.0


class Sequencer(threading.Thread):
    """Owner of all logs. `logs` may be read by any thread once `open` is set."""

    def __init__(
        self,
        *,
        store: Store,
        vault: InTurn,
        checkpoints: CheckpointStore,
        begin: Callable[[], Logs],
        make: Callable[[str], Log],
        publish: Callable[[Iterable[Log]], None],
        listing: Listing,
        guard: Callable[[], None] | None = None,
        cosign: Callable[[Sequence[Log]], None] = lambda _: None,
    ) -> None:
        """`guard`, of a sequencer that shares its logs by a lease, raises `StoreMoved` once the lease is another's.
        `cosign` has witnesses see the logs' heads; it raises `NoQuorum` where too few did."""
        super().__init__(name="ledger-sequencer", daemon=True)
        self.store, self._vault, self._checkpoints = store, vault, checkpoints
        self._begin, self._make, self._publish, self._listing = begin, make, publish, listing
        self._guard, self._cosign, self._lost = guard, cosign, ""
        self._queue: queue.SimpleQueue[Pending | None] = queue.SimpleQueue()
        self._dirty = Unpublished(publish)
        self._busy_since: float | None = None
        self.logs = Logs()
        self.tried = threading.Event()
        self.closing = threading.Event()
        self.open = False
        self.trouble = "the ledger is starting"
        self.halted = ""

    def submit(self, pending: Pending) -> None:
        """Queue one entry. Raises `LedgerUnavailable` at once when the sequencer cannot take it."""
        if not self.open or self.closing.is_set():
            raise LedgerUnavailable(self.halted or self.trouble or "the ledger is closed")
        if self._queue.qsize() >= LONGEST_QUEUE:
            raise LedgerUnavailable("more entries are waiting than the ledger takes; try again in a moment")
        self._queue.put(pending)

    def busy_for(self) -> float:
        """Seconds since the batch under way began; 0 when there is none."""
        since = self._busy_since
        return monotonic() - since if since is not None else 0.0

    def stop(self) -> None:
        """Finish what is queued, then end. A store that keeps it waiting is let go of."""
        self.closing.set()
        self._queue.put(None)
        self.join(timeout=5)
        if self.is_alive():
            self.store.close()
            self.join(timeout=10)

    def step_down(self, reason: str) -> None:
        """The logs are another sequencer's now: let go of what is queued, and begin again. Any thread may say so."""
        if not self._lost:
            self._lost = reason
            self._queue.put(None)

    def run(self) -> None:
        """Open, then batch after batch until stopped or halted; one that had to step down begins again."""
        while self._start():
            self._serve()
            self.open = False
            self.trouble = self._lost
            self._fail_queued()
            self._dirty.logs.clear()
            if self.halted or self.closing.is_set():
                break

    def _serve(self) -> None:
        while True:
            batch, last = self._take()
            for run in apart(batch):
                self._busy_since = monotonic()
                self._attempt(run)
                self._busy_since = None
            if last or self._dirty.due():
                self._dirty.show()
            if self.halted or self._lost or (last and self.closing.is_set()):
                break

    def _start(self) -> bool:
        while not self.closing.is_set():
            try:
                self._lost = ""
                self.logs = self._begin()
                self._publish(self.logs.by_code.values())
                self.open, self.trouble = True, ""
            except StoreHalted as error:
                self._stop_on(error)
            except (StoreAway, Problem) as error:
                self.trouble = str(error)
            except Exception as error:  # noqa: BLE001 (whatever it was, nothing may be appended after it)
                self._halt(f"the ledger could not start ({type(error).__name__}); read the log and restart")
            self.tried.set()
            if self.open or self.halted:
                return self.open
            self.closing.wait(_RETRY if self._guard is None else LOOK)
        return False

    def _take(self) -> tuple[list[Pending], bool]:
        """Whatever has queued, and whether it is the last."""
        try:
            first = self._queue.get(timeout=SETTLE) if self._dirty.logs else self._queue.get()
        except queue.Empty:
            return [], False
        found, batch = [first], []
        try:
            while len(found) < LONGEST_QUEUE:
                found.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        # A caller that has given up has shown nothing: what was not yet handed to the store need not be.
        batch = [pending for pending in found if pending is not None and not pending.abandoned]
        return drawn(batch), None in found

    def _attempt(self, batch: list[Pending]) -> None:
        """One batch, to its end or to a stop."""
        try:
            self._listing.before(batch, self.logs.places, self._commit)
            self._commit(batch)
        except LedgerUnavailable as error:
            # Whether a quorum can be had again, health asks the witnesses themselves.
            self.trouble = "" if isinstance(error, NoQuorum) else error.detail
            fail_all(batch, error)
        except StoreHalted as error:
            self._stop_on(error)
        except Exception as error:  # noqa: BLE001 (a fault of ours between two durable writes: stop, never guess)
            self._halt(f"the sequencer met a fault of its own ({type(error).__name__}); restart the hub")
        if self.halted or self._lost:
            fail_all(batch, LedgerUnavailable(self.halted or self._lost))

    def _commit(self, batch: list[Pending]) -> None:
        """The order of the steps is the safety property; each is durable before the next begins."""
        # 1. Which logs, and which entries stand already (a repeat of an event id takes no second place).
        own = first_under_key(batch, self._vault.onces.find)
        fresh = [pending for pending in own if self._admit(pending)]
        first: dict[bytes, Pending] = {}
        for pending in fresh:
            pending.repeat = pending.event in self.logs.places or pending.event in first
            if not pending.repeat:
                first[pending.event] = pending
        news = list(first.values())
        if news:
            # 2. Chain values, in the order in which the entries will stand.
            rows, hashes, ahead = self._place(news)
            # 3. Secrets and records: an entry must never be durable without what opens it.
            names = [name for pending in news for name in pending.names]
            kept = [kept for pending in news for kept in pending.kept]
            self._vault.store(names, kept, [(one.event, one.once) for one in news if one.once])
            # 4. The entries.
            if self._guard is not None:
                self._guard()
            stood = self.store.append(rows)
            # 5. Into the tree, hashed again from the bytes that were stored.
            touched = self._grow(stood, hashes, news)
            for code, counts in ahead.items():
                self.logs.by_code[code].settle(counts)
            # 6. One transaction moves every log on, or none: a second sequencer is found out here.
            moves = [Move(log.origin, log.head, Head(log.tree.size, log.tree.root())) for log in touched]
            self._checkpoints.swap(moves)
            # 7. Only what is durable is signed.
            for log, move in zip(touched, moves, strict=True):
                log.head = move.new
                log.sign()
                self._dirty.logs[log.code] = log
        # 8. Only what is signed, and seen by witnesses where it must be, is answered; what an entry announced is done before.
        self._answer(fresh)

    def _answer(self, fresh: list[Pending]) -> None:
        """One round trip a batch, to all witnesses at once."""
        self.trouble = ""
        places = [self.logs.places[pending.event] for pending in fresh]
        logs = [self.logs.by_code[code] for code, _ in places]
        self._cosign(logs)
        for pending, log, (_, index) in zip(fresh, logs, places, strict=True):
            pending.stands(log, index)
        wake_all(fresh)

    def _admit(self, pending: Pending) -> bool:
        """Whether the entry's log is there, made on first use, and its subjects are remembered; else the caller is told."""
        if self._vault.forgot(pending.keys):
            fail_all([pending], LedgerUnavailable("somebody it is about was forgotten meanwhile; ask again"))
            return False
        if pending.ready:
            pending.entry = pending.ready()
        if pending.log in self.logs.by_code:
            return True
        try:
            log = self._make(pending.log)
            self._checkpoints.create(log.origin)
            self.store.create(pending.log)
            self._publish([log])
        except (StoreAway, Problem, OSError) as error:
            fail_all([pending], LedgerUnavailable(f"log {pending.log} could not be begun: {error}"))
            return False
        self.logs.by_code[pending.log] = log
        return True

    def _place(self, news: list[Pending]) -> tuple[list[Row], set[bytes], dict[str, dict[bytes, int]]]:
        """The rows to be stored, their leaf hashes, and the chain values given, by log and subject."""
        rows: list[Row] = []
        hashes: set[bytes] = set()
        ahead: dict[str, dict[bytes, int]] = {}
        sizes: dict[str, int] = {}
        for pending in news:
            code = pending.log
            log = self.logs.by_code[code]
            chain: list[bytes] = []
            if pending.subjects:
                counts = ahead.setdefault(code, {})
                chain = [log.next_chain(subject, counts) for subject in pending.subjects]
            pending.entry = leaf = store_form(chain, pending.entry)
            hashed = leaf_hash(leaf)
            hashes.add(hashed)
            index = sizes.get(code, log.tree.size)
            sizes[code] = index + 1
            rows.append(Row(code, index, leaf, log.mark(hashed)))
        return rows, hashes, ahead

    def _grow(self, stood: Iterable[Row], hashes: set[bytes], news: list[Pending]) -> list[Log]:
        touched: dict[str, Log] = {}
        standing: dict[bytes, int] = {}
        for row in stood:
            log = touched.get(row.log) or touched.setdefault(row.log, self.logs.by_code[row.log])
            hashed = leaf_hash(row.leaf)
            # A bit that flipped in memory between hashing and storing would be signed for good, and the log
            # lost (CT log Yeti 2022).
            if row.at != log.tree.size or hashed not in hashes:
                raise StoreHalted(
                    f"log {log.code}: entry {row.at} is not what was to be stored; restart the hub"
                )
            log.tree.append(hashed)
            # A late copy of an entry takes an index of its own; the first is the one that counts.
            standing.setdefault(row.leaf, row.at)
        for pending in news:
            self.logs.places[pending.event] = (pending.log, standing[pending.entry])
        return list(touched.values())

    def _stop_on(self, error: StoreHalted) -> None:
        """For good; but where several share the logs, what another did in between is read, and gone on with."""
        if self._guard is not None and isinstance(error, StoreMoved):
            self.trouble = str(error)
            hub_log.warning("ledger-stepped-down", reason=self.trouble[:200])
            self.step_down(self.trouble)
        else:
            self._halt(str(error))

    def _halt(self, reason: str) -> None:
        self.halted = reason
        self.open = False
        hub_log.error("ledger-halted", reason=reason[:200])

    def _fail_queued(self) -> None:
        left: list[Pending] = []
        try:
            while True:
                found = self._queue.get_nowait()
                left += [found] if found else []
        except queue.Empty:
            pass
        fail_all(left, LedgerUnavailable(self.halted or "the ledger is closed"))
