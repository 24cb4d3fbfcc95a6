"""What the hub's user, and an auditor's, may do at the broker, found out by trying it on a topic that holds nothing.

Promise: no attempt can do harm, even where it is let through: all are made on the canary, `mash.HUB._doctor`, an empty
topic beside the logs and under the same rights. What is let through that should not be is told, with the remedy.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    KafkaError,
    PolicyViolationError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
    TopicDeletionDisabledError,
)

from services.ledger.doctor.file_checks import clock_finding
from services.ledger.doctor.findings import Finding, bad, ok
from services.ledger.store.broker import BASE, Broker, topic_of
from services.ledger.store.cluster import Cluster
from services.ledger.store.topic_settings import wanted

CANARY = "_doctor"
"""No log has such a code, so the hub never takes it for one."""
REFUSED = (TopicAuthorizationFailedError, TopicDeletionDisabledError, PolicyViolationError)
_A_DAY = "86400000"
_REMEDY = "have the Kafka administrator run mash ledger acls"
_PRODUCER = {**BASE, "acks": "all", "enable_idempotence": False, "max_block_ms": 5000}


def canary_of(hub: str) -> str:
    """The topic on which the doctor tries."""
    return topic_of(hub, CANARY)


def own_findings(broker: Broker, hub: str) -> Iterator[Finding]:
    """Of the hub's own user: it writes, and can neither delete nor change. Raises `StoreAway`."""
    topic = canary_of(hub)
    yield from _made(broker, topic)
    error, time_there = _written(broker.cluster, topic)
    if error:
        said = f"writing was refused or not acknowledged ({error})"
        yield bad("right-to-write", said, f"{_REMEDY}; nothing can be released until then", topic)
    else:
        yield ok("right-to-write", "a record was written and acknowledged", topic)
        yield clock_finding("broker-clock", time_there - time.time(), "the broker", topic)
    yield from _attempts("deletion-refused", broker, topic)
    # Where deleting the topic was let through it is gone; an auditor is still to be tried on it.
    yield from _made(broker, topic)


def auditor_findings(cluster: Cluster, hub: str) -> Iterator[Finding]:
    """Of an auditor's user: it reads, and can do nothing else. Raises `StoreAway`."""
    topic, broker = canary_of(hub), Broker(cluster)
    error, _ = _written(cluster, topic)
    yield _judged("auditor-refused", f"{cluster.user} writing", error, topic)
    error = _read(cluster, topic)
    if error:
        said = f"{cluster.user} cannot read ({error})"
        yield bad("auditor-refused", said, _REMEDY, topic)
    else:
        yield ok("auditor-refused", f"{cluster.user} reads", topic)
    yield from _attempts("auditor-refused", broker, topic, f"{cluster.user} ")


def _made(broker: Broker, topic: str) -> Iterator[Finding]:
    """The canary, made where it is not there yet; a topic so set that its records go after a day."""
    with broker.admin() as admin:
        if topic in admin.list_topics():
            return
        new = wanted(len(admin.describe_cluster()["brokers"]))
        try:
            admin.create_topics(
                {topic: {**new, "configs": {**new["configs"], "retention.ms": _A_DAY}}},
                wait_for_metadata=True,
            )
        except TopicAlreadyExistsError:
            return
        except KafkaError as error:
            said = f"the canary is not there and cannot be made ({type(error).__name__})"
            yield Finding("right-to-write", "unknown", said, _REMEDY, topic)


def _attempts(check: str, broker: Broker, topic: str, who: str = "") -> Iterator[Finding]:
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": _A_DAY})

    def altered(admin: Any) -> None:
        """The client gives this refusal back as text."""
        said = admin.alter_configs([resource], validate_only=True, raise_on_unknown=False)["topic"][topic]
        if said != "OK":
            refused = [kind for kind in REFUSED if kind.__name__ in said]
            raise refused[0] if refused else KafkaError(said)

    tries: dict[str, Callable[[Any], object]] = {
        "deleting records": lambda admin: admin.delete_records({TopicPartition(topic, 0): 0}),
        "changing settings": altered,
        "adding partitions": lambda admin: admin.create_partitions({topic: 2}, validate_only=True),
        "deleting the topic": lambda admin: admin.delete_topics([topic]),
    }
    for what, attempt in tries.items():
        with broker.admin() as admin:
            error = _error_of(lambda attempt=attempt, admin=admin: attempt(admin))  # type: ignore[misc]
        yield _judged(check, f"{who}{what}", error, topic)


def _judged(check: str, what: str, error: str, topic: str) -> Finding:
    if not error:
        return bad(check, f"{what} was let through on the canary", _REMEDY, topic)
    if error in {kind.__name__ for kind in REFUSED}:
        return ok(check, f"{what}: refused", topic)
    return Finding(check, "unknown", f"{what}: {error}, which is no refusal", "run it again", topic)


def _error_of(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except KafkaError as error:
        said = f"{type(error).__name__} {error}"
        return next((kind.__name__ for kind in REFUSED if kind.__name__ in said), type(error).__name__)
    return ""


def _written(cluster: Cluster, topic: str) -> tuple[str, float]:
    """What kept one record from being written, "" where it was; and the time that the broker gave it, in seconds."""
    stamps: list[float] = []

    def write() -> None:
        producer = KafkaProducer(**_PRODUCER, **cluster.access())
        try:
            stamps.append(producer.send(topic, b"doctor", partition=0).get(10).timestamp / 1000)
        finally:
            producer.close(timeout=5)

    error = _error_of(write)
    return error, stamps[0] if stamps else 0.0


def _read(cluster: Cluster, topic: str) -> str:
    place = TopicPartition(topic, 0)

    def read() -> None:
        reader = KafkaConsumer(
            **BASE,
            **cluster.access(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            allow_auto_create_topics=False,
        )
        try:
            reader.assign([place])
            reader.seek(place, reader.beginning_offsets([place])[place])
            reader.poll(timeout_ms=2000, max_records=1)
        finally:
            reader.close()

    return _error_of(read)
