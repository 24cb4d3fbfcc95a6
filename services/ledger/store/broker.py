"""What the ledger asks of a Kafka broker apart from appending: topics that cannot lose entries, and reading
them.

Promise: a topic is made and checked by admin, never by accident; reading starts where it is told, verifies
every CRC and never skips: a hole, a lost beginning or a setting that would delete entries stops the ledger.
"""

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import Any

import crc32c  # noqa: F401 (without it kafka-python checks CRCs in Python, eight times slower: refuse at import)
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    ClusterAuthorizationFailedError,
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
    TopicAuthorizationFailedError,
)

from services.contract.problems import Problem
from services.ledger.store.cluster import PATIENCE, Cluster, cluster_of
from services.ledger.store.ports import MARK, Row, StoreAway, StoreHalted
from services.ledger.store.topic_settings import faults, wanted

BASE: Mapping[str, Any] = {"bootstrap_timeout_ms": int(PATIENCE * 1000), "request_timeout_ms": 10_000}
# For reading one record here and one there. Turned to another log the client finds nothing under way, and sleeps this long
# before it asks: by its default a tenth of a second.
ONE: Mapping[str, Any] = {"retry_backoff_ms": 5}
_CODE = re.compile(r"[a-z0-9-]{2,32}")


def topic_of(hub: str, log: str) -> str:
    """The topic that holds a log."""
    return f"mash.{hub}.{log}"


def log_of(hub: str, topic: str) -> str:
    """The log that a topic of this hub holds; "" for another topic, the doctor's canary among them."""
    head = topic_of(hub, "")
    code = topic.removeprefix(head)
    return code if topic.startswith(head) and _CODE.fullmatch(code) else ""


class Broker:
    """One cluster. A client is made for each admin use, for one held across a restart of the broker goes
    stale."""

    def __init__(self, servers: Sequence[str] | Cluster) -> None:
        self.cluster = cluster_of(servers)
        self._one = threading.Lock()
        self._reader: Any = None

    def topics(self) -> Sequence[str]:
        """Names of all topics. Raises `StoreAway`."""
        with self.admin() as admin:
            return sorted(admin.list_topics())

    def make(self, topic: str) -> None:
        """Make the topic, or check that the one that is there keeps everything. Raises `StoreAway`,
        `StoreHalted`."""
        with self.admin() as admin:
            if topic not in admin.list_topics():
                new = wanted(len(admin.describe_cluster()["brokers"]))
                # Another sequencer may be first; the check that follows, and the offsets, tell.
                with suppress(TopicAlreadyExistsError):
                    admin.create_topics({topic: new}, wait_for_metadata=True)
            self._check(admin, topic)

    def _check(self, admin: Any, topic: str) -> None:
        described, configs = looked_at(admin, topic)
        for fault in faults(described, configs, self.cluster.copies, named=bool(self.cluster.user)):
            if fault.vital:
                raise StoreHalted(f"topic {topic}: {fault}. Set it so, and restart")

    def read(self, topic: str, start: int) -> Iterator[Row]:
        """Every record from `start` to the end as it is now; `Row.log` is the topic. Raises `StoreAway`,
        `StoreHalted` (the beginning is gone, or a record is damaged)."""
        place = TopicPartition(topic, 0)
        with self._consumer() as consumer:
            consumer.assign([place])
            first, end = (
                found.get(place)
                for found in (consumer.beginning_offsets([place]), consumer.end_offsets([place]))
            )
            if first is None or end is None:
                raise StoreAway(f"topic {topic} is not known to the broker yet")
            if first > 0:
                raise StoreHalted(f"topic {topic} begins at {first}: entries were deleted. Restore the topic")
            if start >= end:
                return
            consumer.seek(place, start)
            at, heard = start, monotonic()
            while at < end:
                records = consumer.poll(timeout_ms=500, max_records=2000).get(place, ())
                if records:
                    heard = monotonic()
                elif monotonic() - heard > PATIENCE:
                    raise StoreAway(f"the Kafka broker at {self.cluster.names} stopped answering")
                for record in records:
                    if record.offset != at:
                        raise StoreHalted(f"topic {topic}: offset {record.offset} follows {at - 1}")
                    yield _row(record, topic)
                    at += 1

    def one(self, topic: str, at: int) -> bytes:
        """The value of one record. Raises `StoreAway`, `KeyError`."""
        place = TopicPartition(topic, 0)
        with self._one:
            try:
                with plain(self.cluster):
                    self._reader = self._reader or KafkaConsumer(**{**self._options(), **ONE})
                    self._turn_to(place, at)
                    until = monotonic() + PATIENCE
                    while monotonic() < until:
                        for record in self._reader.poll(timeout_ms=200, max_records=1).get(place, ()):
                            return bytes(record.value)
            except StoreAway:
                self._forget()
                raise
            self._forget()
        raise StoreAway(f"the Kafka broker at {self.cluster.names} did not answer")

    def _turn_to(self, place: Any, at: int) -> None:
        """The reader's next record is this one. A topic once met stays assigned: to meet one, even again, takes the client a
        tenth of a second, which every receipt would wait that is of another log than the last."""
        met = self._reader.assignment()
        if place not in met:
            self._reader.assign([*met, place])
        self._reader.pause(*(met - {place}))
        self._reader.resume(place)
        self._reader.seek(place, at)

    def close(self) -> None:
        """Let go of the reader."""
        with self._one:
            self._forget()

    def _forget(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _options(self) -> dict[str, Any]:
        return {
            **BASE,
            **self.cluster.access(),
            # 'latest' and 'earliest' hide a truncated log: the client would silently seek.
            "auto_offset_reset": "none",
            "enable_auto_commit": False,
            "check_crcs": True,
            "allow_auto_create_topics": False,
        }

    @contextmanager
    def _consumer(self) -> Iterator[Any]:
        with plain(self.cluster):
            self.cluster.knock()
            consumer = KafkaConsumer(**self._options())
            try:
                yield consumer
            finally:
                consumer.close()

    @contextmanager
    def admin(self) -> Iterator[Any]:
        """A client for one use. What it raises becomes `StoreAway` or `StoreHalted`."""
        with plain(self.cluster):
            self.cluster.knock()
            admin = KafkaAdminClient(**BASE, **self.cluster.access())
            try:
                yield admin
            finally:
                admin.close()


def looked_at(admin: Any, topic: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The topic as it is described, and its settings by name. Raises `StoreAway` where a broker does not know it yet."""
    until = monotonic() + PATIENCE
    resource = ConfigResource(ConfigResourceType.TOPIC, topic)
    # A topic that was just made is known to each broker in its own time, and its settings in their own again.
    while monotonic() < until:
        (described,) = admin.describe_topics([topic])
        settings = admin.describe_configs([resource], config_filter="all").get("topic", {}).get(topic)
        if described["partitions"] and settings:
            return described, settings
        sleep(0.05)
    raise StoreAway(f"topic {topic} is not known to every broker yet")


@contextmanager
def plain(cluster: Cluster) -> Iterator[None]:
    """The client's errors in the store's two words."""
    try:
        yield
    except (CorruptRecordError, LogTruncationError, OffsetOutOfRangeError) as error:
        raise StoreHalted(
            f"Kafka: {type(error).__name__}: a log was cut or damaged. Restore the topic"
        ) from None
    except Problem as error:
        raise StoreAway(error.detail) from None
    except (TopicAuthorizationFailedError, ClusterAuthorizationFailedError) as error:
        raise StoreAway(refused(cluster, error)) from None
    except (KafkaError, OSError, AssertionError) as error:
        raise StoreAway(cluster.silence(error)) from None


def refused(cluster: Cluster, error: BaseException) -> str:
    """What to do where the broker knows us and does not let us."""
    who = f"MASH_LEDGER_USER ({cluster.user})" if cluster.user else "a client without a user"
    return (
        f"the Kafka broker at {cluster.names} does not let {who} do this ({type(error).__name__}); "
        "have its administrator run mash ledger acls"
    )


def _row(record: Any, topic: str) -> Row:
    mark = record.key if isinstance(record.key, bytes) and len(record.key) == MARK else b""
    return Row(topic, record.offset, record.value or b"", mark)
