"""Gathering cosignatures: every witness asked at once about each checkpoint, and who waits for the quorum.

Promise: in synchronous mode `cosign` returns only when a quorum has cosigned the very heads that are to be answered, and
raises `NoQuorum` within its wait otherwise; in asynchronous mode it waits for nobody. One witness that hangs holds
up no other. Where our own key has signed more than we have, nothing goes on.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from time import monotonic

from services.ledger.cosigning.ask import Fetch, Send, ask, what_we_lost
from services.ledger.cosigning.ports import NoQuorum
from services.ledger.cosigning.rounds import Round
from services.ledger.log import Log, Signed
from services.ledger.store.ports import StoreHalted
from services.ledger.trust_policy import NamedWitness, TrustPolicy, printable
from services.runtime.logs import log as hub_log

_AT_ONCE = 8
"""Requests to one witness at the same time: one for each log."""
_AGAIN = 1.0
"""Seconds before a checkpoint that found no quorum is tried again."""


class Gatherer:
    """The hub's logs and their witnesses. `cosign` is the sequencer's; the rest may be called from any thread."""

    def __init__(
        self, policy: TrustPolicy, send: Send, fetch: Fetch, *, seconds: float, waits: bool, limit: float
    ) -> None:
        self._policy, self._send, self._fetch = policy, send, fetch
        self._seconds, self._waits, self._limit = seconds, waits, limit
        self._asked = {name: one for name, one in policy.witnesses.items() if one.url}
        self._pools = {
            name: ThreadPoolExecutor(_AT_ONCE, f"witness-{n}") for n, name in enumerate(self._asked)
        }
        self._changed = threading.Condition()
        self._logs: dict[str, Log] = {}
        self._rounds: dict[str, Round] = {}
        self._busy: set[tuple[str, str]] = set()
        self._sizes: dict[tuple[str, str], int | None] = {}
        self._since: dict[str, float] = {}
        self._faults: dict[str, str] = {}
        self._lost = ""
        self._unseen: set[str] = set()

    def begin(self, logs: Iterable[Log]) -> None:
        """At start: learn where each witness stands. Raises `StoreHalted` where one shows what our key signed and we have
        not; one that does not answer in time is passed over."""
        with self._changed:
            # Where gateways share the logs, another one may have gone on with them since.
            self._logs = {log.code: log for log in logs}
            self._lost = ""
            for kept in (self._rounds, self._sizes, self._since):
                kept.clear()
        pairs = [(one, log) for log in self._logs.values() for one in self._asked.values()]
        done = [self._pools[one.name].submit(self._learn, one, log) for one, log in pairs]
        wait(done, timeout=self._seconds)
        for future in done:
            future.cancel()
        if self._lost:
            raise StoreHalted(self._lost)

    def cosign(self, logs: Sequence[Log]) -> None:
        """Have the newest heads of these logs cosigned; in synchronous mode wait for it. Raises `NoQuorum`,
        `StoreHalted`."""
        if self._lost:
            raise StoreHalted(self._lost)
        with self._changed:
            wanted = self._want(list(dict.fromkeys(logs)), now=self._waits)
            if self._waits:
                self._wait_for(wanted)

    def want(self, logs: Sequence[Log]) -> None:
        """Have them cosigned, and wait for nobody."""
        with self._changed:
            self._want(logs, now=False)

    def take_unseen(self) -> Sequence[str]:
        """Codes of the logs whose cosigned checkpoint has changed since this was last asked."""
        with self._changed:
            found, self._unseen = sorted(self._unseen), set()
        return found

    def short(self) -> str:
        """In synchronous mode, the log that found no quorum when it was last tried; "" where none."""
        with self._changed:
            for code, found in self._rounds.items() if self._waits else ():
                if found.ended and not found.met and not _covered(self._logs[code]):
                    return f"log {code}: {self._missing(found)}"
        return ""

    def late(self) -> Mapping[str, float]:
        """Seconds for which each log has stood without a quorum, of those beyond the limit."""
        now = monotonic()
        with self._changed:
            found = {code: now - since for code, since in self._since.items()}
        return {code: seconds for code, seconds in found.items() if seconds > self._limit}

    def again(self) -> None:
        """Try once more what found no quorum; to be called now and then."""
        with self._changed:
            for code, before in list(self._rounds.items()):
                log = self._logs[code]
                behind = before.signed.head != log.signed.head
                if before.ended and (behind or not before.met) and monotonic() - before.ended > _AGAIN:
                    self._begin_round(log)

    @property
    def waits(self) -> bool:
        """Whether a release waits for the quorum."""
        return self._waits

    def close(self) -> None:
        """Let go; whoever is under way is left to its time limit."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    # --- under the lock -------------------------------------------------------------------------------------

    def _want(self, logs: Sequence[Log], *, now: bool) -> Sequence[Log]:
        """Begin a round for each log that has something to cosign; `now`: whatever is under way. Returns those logs."""
        wanted = [log for log in logs if log.signed.head.size and not _covered(log)]
        for log in wanted:
            self._logs[log.code] = log
            self._since.setdefault(log.code, monotonic())
            before = self._rounds.get(log.code)
            if before is None or before.ended or (now and before.signed.head != log.signed.head):
                self._begin_round(log)
        return wanted

    def _begin_round(self, log: Log) -> None:
        before, begun = self._rounds.get(log.code), Round(log.signed, monotonic())
        if before and before.signed.head == log.signed.head:
            begun.lines = dict(before.lines)
        self._rounds[log.code] = begun
        for name, witness in self._asked.items():
            # Whoever is still busy with an earlier checkpoint comes to this one afterwards.
            if (name, log.code) not in self._busy:
                self._busy.add((name, log.code))
                self._pools[name].submit(self._run, witness, log.code)

    def _wait_for(self, logs: Sequence[Log]) -> None:
        until = monotonic() + self._seconds
        while True:
            open_ = [self._rounds[log.code] for log in logs if not _covered(log)]
            if not open_:
                return
            left = until - monotonic()
            if left <= 0 or any(one.ended and not one.met for one in open_):
                raise NoQuorum(self._missing(open_[0]))
            self._changed.wait(left)

    def _missing(self, missing: Round) -> str:
        why = ", ".join(f"{printable(name)} {fault}" for name, fault in missing.failed.items())
        return (
            f"cosigned by {len(missing.lines)} of {len(self._policy.witnesses)} witnesses in time, which is no quorum"
            f"{f' ({why})' if why else ''}; see that they run, or change MASH_WITNESS_MODE"
        )

    def _heard(self, witness: NamedWitness, log: Log, heard: Round, line: str, fault: str) -> None:
        if line:
            heard.lines[witness.name] = line
        else:
            heard.failed[witness.name] = fault
        heard.settle(self._policy, monotonic())
        current = self._rounds.get(log.code) is heard
        if heard.met and (log.cosigned is None or log.cosigned.head.size <= heard.signed.head.size):
            log.cosigned = heard.cosigned(self._policy)
            self._unseen.add(log.code)
            if _covered(log):
                self._since.pop(log.code, None)
            else:
                # Heads after this one were signed after its round began.
                self._since[log.code] = heard.begun
        if current and heard.met and not self._waits and not _covered(log):
            self._begin_round(log)
        self._changed.notify_all()

    # --- on a witness's own threads -------------------------------------------------------------------------

    def _run(self, witness: NamedWitness, code: str) -> None:
        """Ask about the log's current round, and the next, until this witness has been heard on the current one."""
        key = (witness.name, code)
        while True:
            with self._changed:
                current = self._rounds.get(code)
                if current is None or not current.waits_for(witness.name):
                    self._busy.discard(key)
                    return
                log = self._logs[code]
            try:
                asked = ask(self._send, witness, log, current.signed, self._sizes.get(key))
                line, fault, self._sizes[key] = asked.line, asked.fault, asked.size
                if asked.doubt:
                    self._learn(witness, log)
            except Exception as error:  # noqa: BLE001 (whatever it was: this witness has not cosigned)
                line, fault = "", type(error).__name__
            self._say(witness, fault)
            with self._changed:
                self._heard(witness, log, current, line, fault)

    def _learn(self, witness: NamedWitness, log: Log) -> None:
        note = self._fetch(witness.url, log.origin)
        size, lost = what_we_lost(log, note) if note else (None, "")
        self._sizes[witness.name, log.code] = size
        if lost and self._logs.get(log.code) is log:
            self._lost = lost
            hub_log.error("ledger-behind-its-witness", log=log.code, part=printable(witness.name))

    def _say(self, witness: NamedWitness, fault: str) -> None:
        """A witness's change of state, once."""
        if self._faults.get(witness.name, "") != fault:
            self._faults[witness.name] = fault
            tell = hub_log.warning if fault else hub_log.info
            tell("witness-fault" if fault else "witness-well", part=printable(witness.name), reason=fault)


def _covered(log: Log) -> bool:
    return log.cosigned is not None and log.cosigned.head == log.signed.head


def newest(log: Log) -> Signed:
    """The newest checkpoint, cosigned where it is."""
    return log.cosigned if log.cosigned and _covered(log) else log.signed
