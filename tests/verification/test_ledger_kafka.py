"""A broker that is frozen, killed, absent or shared with somebody else: callers are bounded, nothing is lost or forked."""

import gc
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from services.contract.problems import LedgerUnavailable
from services.ledger.auditing.check import Record
from services.ledger.auditing.report import Report
from services.ledger.open import Ledger
from services.ledger.store import kafka as store
from services.ledger.store.broker import Broker, topic_of
from services.ledger.verify import read_checkpoints, verify_records
from tests.verification.ledger_world import Place, intent, refusal, trusted

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def place(tmp_path: Path, kafka_broker: Any) -> Place:
    return Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}", wait=2.0)


@pytest.fixture
def frozen(kafka_broker: Any) -> Iterator[Any]:
    """The broker, to be frozen; thawed whatever happens."""
    yield kafka_broker
    kafka_broker.thaw()
    forget_sockets()


@pytest.fixture
def killed(kafka_broker: Any) -> Iterator[Any]:
    """The broker, to be killed; running again afterwards whatever happens."""
    yield kafka_broker
    if not kafka_broker.is_running():
        kafka_broker.start()
    forget_sockets()


def forget_sockets() -> None:
    """kafka-python leaves a socket open when it cannot bootstrap; Python would say so in some later test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.1)


def freeze(broker: Any) -> None:
    """SIGSTOP, and time for it to be obeyed: on a busy machine a thread of the broker may still run a moment."""
    broker.freeze()
    time.sleep(0.5)


def in_topic(place: Place, log: str = "council") -> list[Record]:
    broker = Broker(place.store.removeprefix("kafka://").split(","))
    return [Record(log, row.at, row.leaf) for row in broker.read(topic_of(place.hub, log), 0)]


def report(place: Place, ledger: Ledger, records: list[Record]) -> Report:
    """Of the log whose records are given, and of the hub's own, which lists it."""
    every = [*in_topic(place, "hub"), *records]
    return verify_records(every, place.hub, lambda: read_checkpoints(place.folder), trusted(ledger))


def signed(found: Report, log: str = "council") -> int:
    """The signed size of a log that was found good."""
    return next(int(row["signed"]) for row in found.logs if str(row["origin"]).endswith(f"/{log}"))


def refused_within(ledger: Ledger, seconds: float) -> float:
    begun = time.monotonic()
    with pytest.raises(LedgerUnavailable):
        ledger.append(intent(ledger))
    took = time.monotonic() - begun
    assert took < seconds
    return took


def test_a_frozen_broker_is_waited_for_no_longer_than_the_setting_and_a_late_ack_leaves_an_intent(
    place: Place, frozen: Any
) -> None:
    with place.opened() as ledger:
        ledger.append(intent(ledger))
        freeze(frozen)
        assert refused_within(ledger, 3.5) > 1.9
        # The sequencer took the entry up a moment after its caller began to wait: so much later it counts as late, too.
        until(lambda: not ledger.health().ready, 2)
        assert "Kafka" in ledger.health().detail
        assert ledger.health().sizes["council"] == 1
        frozen.thaw()
        until(lambda: ledger.health().ready)
        # What was under way when the broker froze stands now: an intent without outcome, which counts as released.
        until(lambda: ledger.health().sizes["council"] == 2)
        assert ledger.append(intent(ledger)).index == 2
        assert report(place, ledger, in_topic(place)).exit_code == 0


def test_callers_that_gave_up_while_waiting_in_the_queue_leave_no_entry(place: Place, frozen: Any) -> None:
    with place.opened() as ledger:
        ledger.append(refusal())
        freeze(frozen)
        threads = [threading.Thread(target=lambda: refused_within(ledger, 8)) for _ in range(6)]
        threads[0].start()
        time.sleep(0.5)
        for thread in threads[1:]:
            thread.start()
        for thread in threads:
            thread.join()
        frozen.thaw()
        until(lambda: ledger.health().ready)
        # The first was handed to the client before anything was amiss; the other five never were.
        assert ledger.append(refusal()).index == 2
        assert report(place, ledger, in_topic(place)).exit_code == 0


def test_a_killed_broker_that_comes_back_is_gone_on_with(place: Place, killed: Any) -> None:
    with place.opened() as ledger:
        kept = [ledger.append(intent(ledger)) for _ in range(5)]
        killed.kill()
        refused_within(ledger, 3.5)
        killed.start()
        until(lambda: ledger.health().ready)
        after = ledger.append(intent(ledger))
        assert after.index in (5, 6)
        assert all(ledger.receipt(found.id) for found in kept)
        assert report(place, ledger, in_topic(place)).exit_code == 0


def test_a_broker_absent_at_start_is_said_and_recovered_from(place: Place, killed: Any) -> None:
    killed.kill()
    with place.opened() as ledger:
        assert not ledger.health().ready
        assert place.store.removeprefix("kafka://") in ledger.health().detail
        with pytest.raises(LedgerUnavailable, match="does not answer"):
            ledger.append(refusal())
        killed.start()
        until(lambda: ledger.health().ready)
        assert ledger.append(refusal()).index == 0


def test_a_producer_that_gave_up_is_replaced_and_the_tail_settled(
    place: Place, frozen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = {**store.PRODUCER, "request_timeout_ms": 1000, "delivery_timeout_ms": 2000}
    monkeypatch.setattr(store, "PRODUCER", hasty)
    with place.opened() as ledger:
        ledger.append(intent(ledger))
        first = ledger._store._producer  # type: ignore[attr-defined]
        freeze(frozen)
        refused_within(ledger, 3.5)
        time.sleep(4)
        frozen.thaw()
        until(lambda: ledger.health().ready)
        assert ledger._store._producer is not first  # type: ignore[attr-defined]
        until(lambda: ledger.health().sizes["council"] >= 2)
        ledger.append(intent(ledger))
        records = in_topic(place)
        found = report(place, ledger, records)
        assert (found.exit_code, signed(found)) == (0, len(records))


def test_a_second_writer_on_the_topic_is_found_out_by_the_offset(place: Place) -> None:
    with place.opened() as ledger:
        ledger.append(refusal())
        note = ledger.checkpoint("council")
        producer = KafkaProducer(bootstrap_servers=place.store.removeprefix("kafka://").split(","))
        producer.send(topic_of(place.hub, "council"), b'{"chain":[],"entry":{}}', partition=0).get(10)
        producer.close()
        with pytest.raises(LedgerUnavailable, match="another sequencer"):
            ledger.append(refusal())
        assert ledger.checkpoint("council") == note
        assert not ledger.health().ready
    with place.opened() as ledger:
        assert "not written by this ledger" in ledger.health().detail


def test_two_ledgers_of_one_hub_cannot_both_go_on(place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "other", place.store, place.hub, wait=5)
    with place.opened() as one, other.opened() as two:
        one.append(refusal())
        with pytest.raises(LedgerUnavailable, match="another sequencer"):
            two.append(refusal())
        assert two.health().sizes.get("council", 0) == 0
        # The other wrote to the hub's own log, which lists each log before its first entry.
        with pytest.raises(LedgerUnavailable, match="another sequencer"):
            one.append(refusal("nhs-trust"))
    with Place(tmp_path / "third", place.store, place.hub).opened() as three:
        assert "does not know it" in three.health().detail


def test_a_topic_that_would_lose_entries_is_refused(place: Place) -> None:
    admin = KafkaAdminClient(bootstrap_servers=place.store.removeprefix("kafka://"))
    topic = topic_of(place.hub, "council")
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
    with place.opened() as ledger, pytest.raises(LedgerUnavailable, match=r"cleanup|retention"):
        ledger.append(refusal())
    kept = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, kept)])
    admin.close()
    with place.opened() as ledger:
        assert ledger.append(refusal()).index == 0


def test_the_producer_is_idempotent_and_waits_for_all_replicas(place: Place) -> None:
    with place.opened() as ledger:
        ledger.append(refusal())
        producer: Any = ledger._store._producer  # type: ignore[attr-defined]
        assert producer.config["enable_idempotence"] is True
        assert producer.config["acks"] == -1
        assert producer.config["allow_auto_create_topics"] is False
        admin = KafkaAdminClient(bootstrap_servers=place.store.removeprefix("kafka://"))
        resource = ConfigResource(ConfigResourceType.TOPIC, topic_of(place.hub, "council"))
        configs = admin.describe_configs([resource], config_filter="all")["topic"][resource.name]
        admin.close()
        kept = {
            name: configs[name]["value"] for name in ("retention.ms", "retention.bytes", "cleanup.policy")
        }
        assert kept == {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
