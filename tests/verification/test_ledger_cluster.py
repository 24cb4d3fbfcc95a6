"""Three brokers, three copies, two in step: a leader that dies, stands still or is restarted is gone on from; without two
in step nothing is let go, and afterwards all is as before."""

import logging
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, NotEnoughReplicasAfterAppendError
from kafka.producer.sender import Sender

from services.cli.parts.kafka_cluster import KafkaCluster
from services.contract.problems import LedgerUnavailable
from services.ledger.open import Ledger
from services.ledger.store.broker import Broker, topic_of
from tests.verification import test_ledger_kafka as one_node
from tests.verification.campaign import event_of, leader_of, partition_of
from tests.verification.ledger_world import Place, intent
from tests.verification.test_ledger_kafka import freeze, in_topic, refused_within, report, signed, until

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

# The same on three nodes: these take `place` of this file.
test_a_second_writer_on_three_nodes = one_node.test_a_second_writer_on_the_topic_is_found_out_by_the_offset
test_two_ledgers_on_three_nodes = one_node.test_two_ledgers_of_one_hub_cannot_both_go_on


@pytest.fixture
def cluster(kafka_cluster: KafkaCluster) -> Iterator[KafkaCluster]:
    """All three, to be killed and frozen; all three run again afterwards whatever happens."""
    yield kafka_cluster
    kafka_cluster.thaw()
    kafka_cluster.start()
    until(lambda: alive(kafka_cluster) == 3)


@pytest.fixture
def place(tmp_path: Path, cluster: KafkaCluster) -> Place:
    return Place(tmp_path, f"kafka://{cluster.address}", f"hub-{uuid.uuid4().hex[:12]}", wait=20)


def alive(cluster: KafkaCluster) -> int:
    """Brokers that take part; 0 where the one that was asked is just going or coming."""
    try:
        admin = KafkaAdminClient(bootstrap_servers=cluster.address.split(","), bootstrap_timeout_ms=5000)
    except (KafkaError, OSError):
        return 0
    try:
        return sum(not broker["is_fenced"] for broker in admin.describe_cluster()["brokers"])
    except (KafkaError, OSError):
        return 0
    finally:
        admin.close()


def in_step(cluster: KafkaCluster, place: Place) -> int:
    return len(partition_of(cluster, topic_of(place.hub, "council")).get("isr_nodes", ()))


def whole(place: Place, ledger: Ledger) -> list[str]:
    """The event ids as they stand, each log verified to its end."""
    records = in_topic(place)
    found = report(place, ledger, records)
    assert (found.exit_code, signed(found)) == (0, len(records)), found.findings
    return [event_of(record.leaf) for record in records]


def test_a_log_is_kept_three_times_and_two_must_be_in_step(place: Place, cluster: KafkaCluster) -> None:
    with place.opened() as ledger:
        ledger.append(intent(ledger))
    topic = topic_of(place.hub, "council")
    admin = KafkaAdminClient(bootstrap_servers=cluster.address.split(","))
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    configs = admin.describe_configs([resource], config_filter="all")["topic"][topic]
    admin.close()
    assert len(partition_of(cluster, topic)["replica_nodes"]) == 3
    assert configs["min.insync.replicas"]["value"] == "2"
    assert configs["unclean.leader.election.enable"]["value"] == "false"


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_leader_that_goes_in_the_middle_of_releases_is_gone_on_from(
    place: Place, cluster: KafkaCluster, how: str
) -> None:
    with place.opened() as ledger:
        acknowledged = [ledger.append(intent(ledger)).id]
        before = leader_of(cluster, topic_of(place.hub, "council"))
        ended = threading.Event()

        def release() -> None:
            while not ended.is_set():
                acknowledged.append(ledger.append(intent(ledger)).id)
                time.sleep(0.05)

        callers = [threading.Thread(target=release) for _ in range(3)]
        for caller in callers:
            caller.start()
        node = cluster.node(before)
        node.kill() if how == "killed" else node.stop()
        reached = len(acknowledged) + 10
        until(lambda: len(acknowledged) >= reached)
        ended.set()
        for caller in callers:
            caller.join()
        assert leader_of(cluster, topic_of(place.hub, "council")) != before
        stood = whole(place, ledger)
        assert set(acknowledged) <= set(stood)
        assert len(set(stood)) == len(stood)


def test_a_leader_that_stands_still_is_voted_out_and_wakes_to_nothing_of_its_own(
    place: Place, cluster: KafkaCluster
) -> None:
    with place.opened() as ledger:
        first = ledger.append(intent(ledger)).id
        before = leader_of(cluster, topic_of(place.hub, "council"))
        freeze(cluster.node(before))
        # A caller waits for the client to give the frozen one up (10 s), or is refused: never in between.
        answers: list[str] = []
        try:
            answers.append(ledger.append(intent(ledger)).id)
        except LedgerUnavailable:
            until(lambda: ledger.health().ready)
        answers.append(ledger.append(intent(ledger)).id)
        cluster.node(before).thaw()
        until(lambda: in_step(cluster, place) == 3)
        answers.append(ledger.append(intent(ledger)).id)
        stood = whole(place, ledger)
        assert {first, *answers} <= set(stood)
        assert len(set(stood)) == len(stood)


def test_two_of_three_gone_is_refused_in_time_and_recovers(place: Place, cluster: KafkaCluster) -> None:
    short = Place(place.home, place.store, place.hub, wait=2)
    with place.opened() as ledger:
        kept = ledger.append(intent(ledger)).id
    with short.opened() as ledger:
        leader = leader_of(cluster, topic_of(place.hub, "council"))
        gone = [node for number, node in enumerate(cluster.nodes, 1) if number != leader]
        for node in gone:
            node.kill()
        assert refused_within(ledger, 4) > 1.9
        until(lambda: not ledger.health().ready)
        for node in gone:
            node.start()
        until(lambda: ledger.health().ready)
        until(lambda: in_step(cluster, place) == 3)
        stood = whole(short, ledger)
        assert stood[0] == kept
        # What was refused as "unknown" may have come to stand, once.
        assert len(stood) in (1, 2)


def test_too_few_in_step_is_no_acknowledgement(
    place: Place, cluster: KafkaCluster, caplog: pytest.LogCaptureFixture
) -> None:
    short = Place(place.home, place.store, place.hub, wait=2)
    topic = topic_of(place.hub, "council")
    with place.opened() as ledger:
        ledger.append(intent(ledger))
    with short.opened() as ledger, caplog.at_level(logging.WARNING, "kafka"):
        # Three must be in step: one of them gone is too few, and two of three are left to say so.
        admin = KafkaAdminClient(bootstrap_servers=cluster.address.split(","))
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"min.insync.replicas": "3"})])
        admin.close()
        follower = cluster.node(leader_of(cluster, topic) % 3 + 1)
        freeze(follower)
        until(lambda: in_step(cluster, place) == 2)
        assert refused_within(ledger, 4) > 1.9
        assert ledger.health().sizes["council"] == 1
        # It is the broker's own refusal that was met, not a silence.
        until(lambda: "NotEnoughReplicasError" in caplog.text)
        # Asked of its leader: a client that meets the frozen one first waits for it.
        leader = cluster.node(leader_of(cluster, topic))
        assert len(list(Broker([leader.address]).read(topic, 0))) == 1
        follower.thaw()
        until(lambda: ledger.health().ready)
        assert ledger.append(intent(ledger)).index == 2
        assert len(whole(short, ledger)) == 3


class AfterAppend:
    """Makes the client hear "written, but too few in step" where the broker has said that all is well."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.heard, self.times = 0, 0
        real = Sender._complete_batch

        def changed(sender: Any, batch: Any, answer: Any) -> None:
            if self.heard < self.times and answer.error_code == 0:
                self.heard += 1
                answer.error_code = NotEnoughReplicasAfterAppendError.errno
            real(sender, batch, answer)

        patch.setattr(Sender, "_complete_batch", changed)


def test_written_but_too_few_in_step_is_never_an_acknowledgement(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = AfterAppend(monkeypatch)
    short = Place(place.home, place.store, place.hub, wait=2)
    # Topics are made at the first, in their own time.
    with place.opened() as ledger:
        ledger.append(intent(ledger))
    with short.opened() as ledger:
        # For long: the caller is refused, though the record is in.
        answers.times = 1_000_000
        refused_within(ledger, 4)
        assert answers.heard > 0
        assert len(in_topic(place)) == 2
        assert ledger.health().sizes["council"] == 1
        # Then not: the broker knows the copies by their sequence numbers, and the entry stands once.
        answers.times = 0
        until(lambda: ledger.health().ready)
        until(lambda: ledger.health().sizes["council"] == 2)
        # Once: the caller is answered when the second answer has come, and not before.
        answers.times = answers.heard + 1
        assert ledger.append(intent(ledger)).index == 2
        assert answers.heard == answers.times
        stood = whole(short, ledger)
        assert len(set(stood)) == len(stood) == 3
