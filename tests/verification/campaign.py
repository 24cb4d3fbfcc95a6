"""Releases without a pause while brokers and the hub are killed: what left, and what stands afterwards."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from services.cli.parts.kafka_cluster import KafkaCluster
from services.contract.canonical import parse
from services.ledger.auditing.check import Record
from services.ledger.store.broker import Broker, topic_of
from services.ledger.verify import read_checkpoints, verify_records
from tests.verification.campaign_child import LOG
from tests.verification.ledger_world import Place, trusted
from tests.verification.test_ledger_kafka import signed

VICTIMS = ("leader", "hub", "follower", "hub")
SECONDS = 300


@dataclass
class Outcome:
    """Figures of a campaign. `left`: (index, event id) of each release whose first byte has left the hub."""

    left: list[tuple[int, str]]
    entries: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    verified: int = -1

    def without_entry(self) -> list[str]:
        """What left and has no entry at all."""
        stood = set(self.entries)
        return [id for _, id in self.left if id not in stood]

    def moved(self) -> list[str]:
        """What was acknowledged at an index where it does not stand."""
        return [id for index, id in self.left if self.entries[index : index + 1] != [id]]

    def __str__(self) -> str:
        kills = ", ".join(f"{count} {who}" for who, count in sorted(self.killed.items()))
        copies = len(self.entries) - len(set(self.entries))
        return (
            f"{len(self.left)} releases in {self.seconds:.0f} s across {sum(self.killed.values())} kills ({kills}): "
            f"{len(self.without_entry())} without an entry, {len(self.moved())} lost; {len(self.entries)} entries, "
            f"{copies} of them copies, {len(set(self.entries)) - len(self.left)} released to nobody"
        )


class Hub:
    """The child, started again after each kill, and everything that it let go."""

    def __init__(self, place: Place) -> None:
        self._command = [sys.executable, "-W", "ignore", "-m", "tests.verification.campaign_child"]
        self._command += [str(place.home), place.store, place.hub]
        self.left: list[tuple[int, str]] = []

    def start(self) -> None:
        self._child = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, args=(self._child,))
        self._reader.start()

    def kill(self) -> None:
        self._child.kill()
        assert self._child.wait() == -9, "the ledger halted; stderr says why"
        self._reader.join()

    def wait(self, count: int) -> None:
        seen, ends = -1, 0.0
        while len(self.left) < count:
            assert self._child.poll() is None, "the ledger halted; stderr says why"
            if len(self.left) > seen:
                seen, ends = len(self.left), time.monotonic() + SECONDS
            assert time.monotonic() < ends, f"{len(self.left)} releases, and no more for {SECONDS} s"
            time.sleep(0.02)

    def _read(self, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        with child.stdout as lines:
            for line in lines:
                index, id = line.split()
                self.left.append((int(index), id))


def leader_of(cluster: KafkaCluster, topic: str) -> int:
    """The node that leads the topic's one partition, once there is one."""
    ends = time.monotonic() + SECONDS
    while (leader := partition_of(cluster, topic).get("leader_id", -1)) < 1:
        assert time.monotonic() < ends, f"nobody leads {topic}"
        time.sleep(0.1)
    return int(leader)


def until_whole(cluster: KafkaCluster, topic: str) -> None:
    """Return once all three are in step: two that died one after the other would be too many."""
    ends = time.monotonic() + SECONDS
    while len(partition_of(cluster, topic).get("isr_nodes", ())) < 3:
        assert time.monotonic() < ends, f"{topic} is not in step on all three"
        time.sleep(0.1)


def partition_of(cluster: KafkaCluster, topic: str) -> dict[str, Any]:
    """Leader, copies and those in step; nothing where the broker that was asked is just going."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=cluster.address.split(","), bootstrap_timeout_ms=5000)
    except (KafkaError, OSError):
        return {}
    try:
        (found,) = admin.describe_topics([topic])
        return dict(found["partitions"][0])
    except (KafkaError, OSError):
        return {}
    finally:
        admin.close()


def run(
    place: Place, cluster: KafkaCluster, releases: int, kills: int, victims: Sequence[str] = VICTIMS
) -> Outcome:
    """So many releases, the kills evenly among them; a broker that died is back before the next dies, the hub may die
    while it comes."""
    begun = time.monotonic()
    outcome = Outcome([])
    topic = topic_of(place.hub, LOG)
    back = threading.Thread()
    back.start()
    with _running(place) as hub:
        outcome.left = hub.left
        for number, victim in zip(range(1, kills + 1), cycle(victims), strict=False):
            hub.wait(releases * number // (kills + 1))
            outcome.killed[victim] += 1
            if victim == "hub":
                hub.kill()
                hub.start()
                continue
            back.join()
            until_whole(cluster, topic)
            leader = leader_of(cluster, topic)
            node = cluster.node(leader if victim == "leader" else leader % 3 + 1)
            node.kill()
            hub.wait(len(hub.left) + 5)  # The other two go on without it.
            back = threading.Thread(target=node.start)
            back.start()
        hub.wait(releases)
    back.join()
    outcome.seconds = time.monotonic() - begun
    return _counted(outcome, place)


@contextmanager
def _running(place: Place) -> Iterator[Hub]:
    hub = Hub(place)
    hub.start()
    try:
        yield hub
    finally:
        hub.kill()


def _counted(outcome: Outcome, place: Place) -> Outcome:
    """What stands, read from the brokers and verified by the public key, once the ledger has settled its tail."""
    with place.opened() as ledger:
        assert ledger.health().ready, ledger.health().detail
        broker = Broker(place.store.removeprefix("kafka://").split(","))
        # The hub's own log lists the other.
        records = [
            Record(log, row.at, row.leaf)
            for log in ("hub", LOG)
            for row in broker.read(topic_of(place.hub, log), 0)
        ]
        outcome.entries = [event_of(record.leaf) for record in records if record.log == LOG]
        report: Any = verify_records(
            records, place.hub, lambda: read_checkpoints(place.folder), trusted(ledger)
        )
        assert report.exit_code == 0, report.findings
        outcome.verified = signed(report, LOG)
    return outcome


def event_of(leaf: bytes) -> str:
    return str(parse(leaf)["entry"]["event_id"])
