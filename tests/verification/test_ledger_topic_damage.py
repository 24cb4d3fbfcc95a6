"""A topic with wrong settings, with its beginning deleted, cut short, or gone: each is refused in its own words."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from services.cli.parts.kafka import KafkaBroker
from services.cli.parts.kafka_cluster import KafkaCluster
from services.contract.problems import LedgerUnavailable
from services.ledger.store.broker import Broker, topic_of
from services.ledger.store.cluster import Cluster
from services.ledger.store.ports import StoreHalted
from services.ledger.store.topic_settings import KEPT
from tests.verification.ledger_world import Place, intent, refusal

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def place(tmp_path: Path, kafka_broker: Any) -> Place:
    return Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}", wait=10)


def topic_at(address: str, hub: str, *, partitions: int = 1, copies: int = 1, **configs: str) -> None:
    """The topic of the log `council`, set as somebody else would have set it."""
    own = {name.replace("_", "."): value for name, value in configs.items()}
    new = {"num_partitions": partitions, "replication_factor": copies, "configs": {**KEPT, **own}}
    admin = KafkaAdminClient(bootstrap_servers=address.split(","))
    admin.create_topics({topic_of(hub, "council"): new}, wait_for_metadata=True)
    admin.close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"cleanup_policy": "compact"},
            "cleanup.policy is compact, not delete: entries would be taken out of",
        ),
        ({"retention_ms": "604800000"}, "retention.ms is 604800000, not -1: entries would be deleted by age"),
        ({"retention_bytes": "1000"}, "retention.bytes is 1000, not -1: entries would be deleted by size"),
        ({"unclean_leader_election_enable": "true"}, "unclean.leader.election.enable is true, not false"),
        ({"partitions": 2}, "partitions is 2, not 1: a log is one partition"),
    ],
)
def test_a_topic_that_would_lose_entries_is_not_written_to(place: Place, wrong: Any, said: str) -> None:
    topic_at(place.store.removeprefix("kafka://"), place.hub, **wrong)
    with place.opened() as ledger:
        with pytest.raises(LedgerUnavailable, match=said):
            ledger.append(refusal())
        assert not ledger.health().ready
        assert ledger.health().sizes.get("council", 0) == 0


def test_the_brokers_time_may_be_missing_from_the_log(place: Place) -> None:
    topic_at(place.store.removeprefix("kafka://"), place.hub, message_timestamp_type="CreateTime")
    with place.opened() as ledger:
        assert ledger.append(refusal()).index == 0


def test_three_copies_of_which_one_must_be_in_step_promise_nothing(
    kafka_cluster: KafkaCluster, tmp_path: Path
) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    topic_at(kafka_cluster.address, hub, copies=3, min_insync_replicas="1")
    said = r"min.insync.replicas is 1, not 2: .* one broker alone"
    place = Place(tmp_path, f"kafka://{kafka_cluster.address}", hub)
    with place.opened() as ledger, pytest.raises(LedgerUnavailable, match=said):
        ledger.append(refusal())


def test_a_hub_in_earnest_takes_no_log_that_is_kept_once(kafka_broker: Any) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    topic_at(kafka_broker.address, hub)
    Broker(Cluster((kafka_broker.address,))).make(topic_of(hub, "council"))
    with pytest.raises(StoreHalted, match=r"replication.factor is 1, not 3 or more"):
        Broker(Cluster((kafka_broker.address,), copies=3)).make(topic_of(hub, "council"))


def test_settings_that_were_changed_meanwhile_are_found_at_the_next_start(place: Place) -> None:
    with place.opened() as ledger:
        ledger.append(refusal())
    change = {"cleanup.policy": "compact,delete"}
    admin = KafkaAdminClient(bootstrap_servers=place.store.removeprefix("kafka://"))
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic_of(place.hub, "council"), change)])
    admin.close()
    with place.opened() as ledger:
        assert "cleanup.policy is " in ledger.health().detail
        with pytest.raises(LedgerUnavailable, match=r"cleanup.policy"):
            ledger.append(refusal())


def test_a_beginning_that_was_deleted_is_said_and_nothing_more_is_taken(place: Place) -> None:
    with place.opened() as ledger:
        for _ in range(4):
            ledger.append(intent(ledger))
    admin = KafkaAdminClient(bootstrap_servers=place.store.removeprefix("kafka://"))
    admin.delete_records({TopicPartition(topic_of(place.hub, "council"), 0): 3})
    admin.close()
    with place.opened() as ledger:
        assert (
            f"topic {topic_of(place.hub, 'council')} begins at 3: entries were deleted"
            in ledger.health().detail
        )
        with pytest.raises(LedgerUnavailable, match="begins at 3"):
            ledger.append(refusal())


def test_a_log_that_was_cut_short_is_said_and_nothing_more_is_taken(place: Place, kafka_broker: Any) -> None:
    if not isinstance(kafka_broker, KafkaBroker):
        pytest.skip("its files are not ours to cut")
    with place.opened() as ledger:
        for _ in range(4):
            ledger.append(intent(ledger))
        size = ledger.health().sizes["council"]
    cut_last_batch(kafka_broker, topic_of(place.hub, "council"))
    with place.opened() as ledger:
        detail = ledger.health().detail
        assert (
            f"log council has {size - 1} entries, but {size} were signed: the store has lost some" in detail
        )
        with pytest.raises(LedgerUnavailable, match="has lost some"):
            ledger.append(refusal())


def cut_last_batch(broker: KafkaBroker, topic: str) -> None:
    """The broker dies, its disk has lost the last of the log, and it starts again none the wiser."""
    broker.kill()
    file = broker.folder / f"data/{topic}-0/00000000000000000000.log"
    held = file.read_bytes()
    at = last = 0
    while at < len(held) and held[at + 8 : at + 12] != bytes(4):
        last, at = at, at + 12 + int.from_bytes(held[at + 8 : at + 12], "big")
    file.write_bytes(held[:last])
    broker.start()


def test_a_topic_that_is_gone_is_said_and_none_is_made_in_its_place(
    place: Place, kafka_cluster: KafkaCluster
) -> None:
    with place.opened() as ledger:
        ledger.append(refusal())
    # Another cluster, without the topic: what a restored or mistaken address looks like.
    moved = Place(place.home, f"kafka://{kafka_cluster.address}", place.hub)
    with moved.opened() as ledger:
        assert (
            f"topic {topic_of(place.hub, 'council')} is gone, and entries with it" in ledger.health().detail
        )
        with pytest.raises(LedgerUnavailable, match="is gone"):
            ledger.append(refusal())
    assert topic_of(place.hub, "council") not in Broker(kafka_cluster.address.split(",")).topics()
