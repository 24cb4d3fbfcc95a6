"""Cosigning as the ledger meets it: off, or a gatherer with its clock; and which checkpoint of a log is shown.

Promise: what is shown in synchronous mode has its quorum; in asynchronous mode it has, or the lack is younger than the
alarm; a log that stands longer without one is told in the log of events, once, and in the ledger's health.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from services.contract.problems import BadSetting
from services.ledger.checkpoint import open_checkpoint
from services.ledger.checkpoints import Head
from services.ledger.cosigning.gather import Gatherer, newest
from services.ledger.cosigning.peers import Peers
from services.ledger.cosigning.ports import Cosigning, Off, Publish
from services.ledger.log import Log, Signed
from services.ledger.trust_policy import NONE, BadPolicy, TrustPolicy
from services.runtime.logs import log as hub_log
from services.runtime.note import BadNote
from services.runtime.settings import Settings

_TICK = 0.2


class Kept:
    """A gatherer, its clock, and the folder in which checkpoints are published."""

    def __init__(self, gatherer: Gatherer, policy: TrustPolicy, folder: Path, peers: Peers) -> None:
        self._gatherer, self._policy, self._folder, self._peers = gatherer, policy, folder, peers
        self._told: set[str] = set()
        self._logs: Mapping[str, Log] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self.cosign = gatherer.cosign
        self.late = gatherer.late
        self.short = gatherer.short

    def begin(self, logs: Mapping[str, Log]) -> None:
        """Take up the cosignatures published before, and see that no witness knows more than we do."""
        self._logs = logs
        for log in logs.values():
            log.cosigned = self._published(log)
        self._gatherer.begin(log for log in logs.values() if log.signed.head.size)

    def shown(self, log: Log) -> Signed:
        """In synchronous mode the newest that has its quorum; else that one too, until the lack of a newer one is late."""
        if log.cosigned is None:
            return log.signed
        if self._gatherer.waits or log.code not in self.late():
            return log.cosigned
        return newest(log)

    def start(self, publish: Publish) -> None:
        """Begin with what was signed before; then now and then: try again, publish, tell what is late."""
        self._thread = threading.Thread(
            target=self._run, args=(publish,), name="ledger-witnesses", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End the clock and the connections."""
        self._ended.set()
        if self._thread:
            self._thread.join(5)
        self._gatherer.close()
        self._peers.close()

    def _run(self, publish: Publish) -> None:
        self._gatherer.want(list(self._logs.values()))
        while not self._ended.wait(_TICK):
            self._gatherer.again()
            self._publish(publish)
            self._tell()
        self._publish(publish)

    def _publish(self, publish: Publish) -> None:
        seen = self._gatherer.take_unseen()
        try:
            publish([self._logs[code] for code in seen if code in self._logs])
        except OSError as error:
            hub_log.warning("checkpoints-not-published", error=error.strerror)

    def _tell(self) -> None:
        late = self.late()
        for code in late.keys() - self._told:
            hub_log.error("witness-quorum-late", log=code, ms=round(late[code] * 1000))
        for code in self._told - late.keys():
            hub_log.info("witness-quorum-back", log=code)
        self._told = set(late)

    def _published(self, log: Log) -> Signed | None:
        with suppress(OSError, BadNote, ValueError):
            note = (self._folder / "checkpoints" / log.code).read_bytes()
            found = open_checkpoint(note, [log.signer.verifier])
            self._policy.hold_quorum(note)
            if log.tree.root(found.size) == found.root:
                return Signed(Head(found.size, found.root), note)
        return None


def open_cosigning(settings: Settings, folder: Path) -> Cosigning:
    """As the settings say. Raises `BadSetting` that names the policy's line."""
    if settings.witness_mode == "off" or settings.witness_policy is None:
        return Off()
    policy = _policy(settings.witness_policy)
    addressed = {name for name, one in policy.witnesses.items() if one.url}
    if not policy.met(addressed):
        raise BadSetting(
            "MASH_WITNESS_POLICY: the witnesses that have an address are no quorum; give each its address"
        )
    waits = settings.witness_mode == "sync"
    if waits and policy.quorum == NONE:
        raise BadSetting("MASH_WITNESS_POLICY: quorum none, and MASH_WITNESS_MODE sync waits for a quorum")
    peers = Peers(settings.witness_wait)
    gatherer = Gatherer(
        policy,
        peers.add_checkpoint,
        peers.latest,
        seconds=settings.witness_wait,
        waits=waits,
        limit=settings.witness_alarm,
    )
    return Kept(gatherer, policy, folder, peers)


def _policy(path: Path) -> TrustPolicy:
    try:
        return TrustPolicy.parse(path.read_bytes())
    except BadPolicy as error:
        raise BadSetting(f"MASH_WITNESS_POLICY: {error}") from None
    except OSError as error:
        raise BadSetting(f"MASH_WITNESS_POLICY: cannot be read ({error.strerror})") from None
