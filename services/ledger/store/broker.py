"""What the ledger asks of a Kafka broker apart from appending: topics that cannot lose entries, and reading
them.

Promise: a topic is made and checked by admin, never by accident; reading starts where it is told, verifies
every CRC and never skips: a hole, a lost beginning or a setting that would delete entries stops the ledger.
"""

import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import crc32c  # noqa: F401 (without it kafka-python checks CRCs in Python, eight times slower: refuse at import)
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
    TopicAlreadyExistsError,
)

from services.ledger.store.ports import MARK, Row, StoreAway, StoreHalted

PATIENCE = 5.0
"""Seconds without an answer after which the broker counts as away."""
BASE: Mapping[str, Any] = {"bootstrap_timeout_ms": int(PATIENCE * 1000), "request_timeout_ms": 10_000}
_SETTINGS = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "unclean.leader.election.enable": "false",
    "message.timestamp.type": "LogAppendTime",
}
# Without them entries vanish; the timestamp's type only tells what time the broker gives.
_VITAL = ("cleanup.policy", "retention.ms", "retention.bytes", "unclean.leader.election.enable")


def topic_of(hub: str, log: str) -> str:
    """The topic that holds a log."""
    return f"mash.{hub}.{log}"


def log_of(hub: str, topic: str) -> str:
    """The log that a topic of this hub holds; "" for another topic."""
    head = topic_of(hub, "")
    return topic[len(head) :] if topic.startswith(head) else ""


class Broker:
    """One cluster. A client is made for each admin use, for one held across a restart of the broker goes
    stale."""

    def __init__(self, servers: Sequence[str]) -> None:
        self.servers = list(servers)
        self._one = threading.Lock()
        self._reader: Any = None

    def topics(self) -> Sequence[str]:
        """Names of all topics. Raises `StoreAway`."""
        with self._admin() as admin:
            return sorted(admin.list_topics())

    def make(self, topic: str) -> None:
        """Make the topic, or check that the one that is there keeps everything. Raises `StoreAway`,
        `StoreHalted`."""
        with self._admin() as admin:
            if topic not in admin.list_topics():
                copies = min(3, len(admin.describe_cluster()["brokers"]))
                configs = {**_SETTINGS, "min.insync.replicas": str(2 if copies == 3 else 1)}
                wanted = {"num_partitions": 1, "replication_factor": copies, "configs": configs}
                # Another sequencer may be first; the check that follows, and the offsets, tell.
                with suppress(TopicAlreadyExistsError):
                    admin.create_topics({topic: wanted}, wait_for_metadata=True)
            self._check(admin, topic)

    def _check(self, admin: Any, topic: str) -> None:
        (found,) = admin.describe_topics([topic])
        if len(found["partitions"]) != 1:
            raise StoreHalted(
                f"topic {topic} has {len(found['partitions'])} partitions; a log is one partition"
            )
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        configs = admin.describe_configs([resource], config_filter="all")["topic"][topic]
        for name in _VITAL:
            value = configs[name]["value"]
            if value != _SETTINGS[name]:
                raise StoreHalted(
                    f"topic {topic}: {name} is {value} and would lose entries; set it to {_SETTINGS[name]}"
                )

    def read(self, topic: str, start: int) -> Iterator[Row]:
        """Every record from `start` to the end as it is now; `Row.log` is the topic. Raises `StoreAway`,
        `StoreHalted` (the beginning is gone, or a record is damaged)."""
        place = TopicPartition(topic, 0)
        with self._consumer() as consumer:
            consumer.assign([place])
            first = consumer.beginning_offsets([place])[place]
            end = consumer.end_offsets([place])[place]
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
                    raise StoreAway(f"the Kafka broker at {','.join(self.servers)} stopped answering")
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
                with _plain(self.servers):
                    self._reader = self._reader or KafkaConsumer(**self._options())
                    self._reader.assign([place])
                    self._reader.seek(place, at)
                    until = monotonic() + PATIENCE
                    while monotonic() < until:
                        for record in self._reader.poll(timeout_ms=200, max_records=1).get(place, ()):
                            return bytes(record.value)
            except StoreAway:
                self._forget()
                raise
            self._forget()
        raise StoreAway(f"the Kafka broker at {','.join(self.servers)} did not answer")

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
            "bootstrap_servers": self.servers,
            # 'latest' and 'earliest' hide a truncated log: the client would silently seek.
            "auto_offset_reset": "none",
            "enable_auto_commit": False,
            "check_crcs": True,
            "allow_auto_create_topics": False,
        }

    @contextmanager
    def _consumer(self) -> Iterator[Any]:
        with _plain(self.servers):
            knock(self.servers)
            consumer = KafkaConsumer(**self._options())
            try:
                yield consumer
            finally:
                consumer.close()

    @contextmanager
    def _admin(self) -> Iterator[Any]:
        with _plain(self.servers):
            knock(self.servers)
            admin = KafkaAdminClient(bootstrap_servers=self.servers, **BASE)
            try:
                yield admin
            finally:
                admin.close()


def knock(servers: Sequence[str]) -> None:
    """Whether anybody listens. A client that cannot bootstrap takes its whole time to say so, and leaves its
    sockets open. Raises `OSError` of the last server."""
    for number, server in enumerate(servers, 1):
        host, _, port = server.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE).close()
        except (OSError, ValueError) as error:
            if number == len(servers):
                raise OSError(str(error)) from None
        else:
            return


@contextmanager
def _plain(servers: Sequence[str]) -> Iterator[None]:
    """The client's errors in the store's two words."""
    try:
        yield
    except (CorruptRecordError, LogTruncationError, OffsetOutOfRangeError) as error:
        raise StoreHalted(
            f"Kafka: {type(error).__name__}: a log was cut or damaged. Restore the topic"
        ) from None
    except (KafkaError, OSError, AssertionError) as error:
        raise StoreAway(
            f"the Kafka broker at {','.join(servers)} does not answer ({type(error).__name__}); start it, "
            "or mend MASH_LEDGER"
        ) from None


def _row(record: Any, topic: str) -> Row:
    mark = record.key if isinstance(record.key, bytes) and len(record.key) == MARK else b""
    return Row(topic, record.offset, record.value or b"", mark)
