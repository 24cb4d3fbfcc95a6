"""The Kafka store: a topic of one partition for each log, one record for each entry, `offset == index`
always.

Promise: `append` returns when the broker has acknowledged every record (acks=all) at the very offset that its
entry's index says. An acknowledgement that does not come means "unknown": the store waits for it, and when
the client gives it up, reads the tail back and sends again, byte for byte, what is not there. A record of
anybody else's stops it. No transactions: their markers take offsets (ledger design, ADR 3).
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from time import monotonic
from typing import Any

from kafka import KafkaProducer
from kafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    KafkaTimeoutError,
    TopicAuthorizationFailedError,
)

from services.ledger.store.broker import BASE, Broker, log_of, plain, refused, topic_of
from services.ledger.store.cluster import Cluster
from services.ledger.store.ports import Row, StoreAway, StoreHalted, StoreMoved
from services.ledger.store.topic_settings import LARGEST_BATCH

_PATIENT_MS = 3_600_000
# An idempotent producer of kafka-python never recovers once a batch in flight has passed its delivery
# timeout. Long, so that a frozen or restarted broker is settled by the same producer, whose sequence numbers
# rule out a second copy.
PRODUCER: Mapping[str, Any] = {
    **BASE,
    "acks": "all",
    # Said aloud: left out, a conflicting setting switches it off with a line in a log.
    "enable_idempotence": True,
    "delivery_timeout_ms": _PATIENT_MS,
    "max_block_ms": 5_000,
    # Only one batch of a partition is under way at a time, so a batch must hold whatever queued meanwhile.
    "batch_size": LARGEST_BATCH,
    "linger_ms": 20,
    "allow_auto_create_topics": False,
}


def _is_refusal(error: BaseException | None) -> bool:
    """Whether the broker knows us and does not let us write. The client wraps one of its two refusals in words."""
    refusals = (TopicAuthorizationFailedError, ClusterAuthorizationFailedError)
    return isinstance(error, refusals) or any(kind.__name__ in str(error) for kind in refusals)


class _Doubt(Exception):
    """The client cannot say what became of the records."""


class KafkaStore:
    """All logs of `hub` on one cluster. Knows nothing of a log until `recover` has read it."""

    def __init__(self, servers: Sequence[str] | Cluster, hub: str) -> None:
        self._broker, self._hub = Broker(servers), hub
        self._producer: Any = None
        self._closed = threading.Event()
        self._since: float | None = None

    def recover(self, covered: Mapping[str, int]) -> Iterator[Row]:
        """See `Store`. Reads topics of this hub that the caller does not know, too: it must hear of them."""
        self._drop_producer()
        present = {log for topic in self._broker.topics() if (log := log_of(self._hub, topic))}
        for log in sorted(present | set(covered)):
            if log not in present and covered.get(log, 0):
                raise StoreHalted(
                    f"topic {topic_of(self._hub, log)} is gone, and entries with it, or this user may not see "
                    "it. Restore it, or have mash ledger acls run"
                )
            if log in covered:
                self._broker.make(topic_of(self._hub, log))
            for row in self._broker.read(topic_of(self._hub, log), 0):
                yield row._replace(log=log)
        self._renew(covered)

    def create(self, log: str) -> None:
        """See `Store`."""
        self._broker.make(topic_of(self._hub, log))
        if self._producer is None:
            self._renew([log])

    def append(self, rows: Sequence[Row]) -> Sequence[Row]:
        """See `Store`. Blocks for as long as the broker is away; callers bound their own wait."""
        self._since = monotonic()
        try:
            self._send(rows)
        except _Doubt:
            return self._settle(rows)
        finally:
            self._since = None
        return rows

    def read(self, log: str, index: int) -> bytes:
        """See `Store`."""
        return self._broker.one(topic_of(self._hub, log), index)

    def waiting(self) -> str:
        """See `Store`."""
        since = self._since
        if since is None or monotonic() - since < 1:
            return ""
        return f"waiting for the Kafka broker at {self._broker.cluster.names}"

    def close(self) -> None:
        """See `Store`."""
        self._closed.set()
        self._drop_producer()
        self._broker.close()

    def _send(self, rows: Sequence[Row]) -> None:
        """Send, and hold every acknowledgement against the index. Raises `_Doubt`, `StoreHalted`."""
        producer = self._producer
        if producer is None:
            raise _Doubt
        try:
            sent = [
                producer.send(topic_of(self._hub, row.log), row.leaf, row.mark, partition=0) for row in rows
            ]
        except KafkaError:
            # The client may not even know where the topic is any more; what of the batch it took is read back.
            raise _Doubt from None
        try:
            producer.flush(1.0)
        except KafkaTimeoutError:
            pass
        except KafkaError:
            raise _Doubt from None
        for row, future in zip(rows, sent, strict=True):
            if not future.is_done:
                self._await(future)
            if _is_refusal(future.exception):
                # Known, not in doubt; what a retry before it may have left is looked for at the next start.
                raise StoreHalted(f"{refused(self._broker.cluster, future.exception)}, and restart")
            if future.exception is not None or future.value.offset != row.at:
                raise _Doubt

    def _await(self, future: Any) -> None:
        """Until the client has decided, however long: only a store that is being closed gives up. Raises
        `_Doubt`."""
        while not future.is_done:
            try:
                future.get(1.0)
            except KafkaError:
                # Our second is over, or the client has given the record up; `is_done` tells which.
                if self._closed.is_set():
                    raise _Doubt from None

    def _settle(self, rows: Sequence[Row]) -> Sequence[Row]:
        """After a doubt: a new producer, the tail as it is, and again what is not in it, until all of it
        is."""
        while not self._closed.is_set():
            try:
                self._renew({row.log for row in rows})
                stood: list[Row] = []
                missing: list[Row] = []
                for log, mine in groupby(sorted(rows, key=lambda row: row.log), key=lambda row: row.log):
                    tail, absent = self._tail(log, list(mine))
                    stood += tail
                    missing += absent
                if not missing:
                    return stood
                self._send(missing)
            except (StoreAway, _Doubt):
                self._closed.wait(1.0)
        raise StoreHalted(
            "closed while the broker was away; what was being written is looked for at the next start"
        )

    def _tail(self, log: str, mine: Sequence[Row]) -> tuple[list[Row], list[Row]]:
        """What stands from the first of `mine` on, and which of `mine` are not there, at the places they will
        take.

        A copy that an abandoned connection delivered late stands too, and takes an index; the tree is the
        topic.
        """
        topic = topic_of(self._hub, log)
        known = {row.leaf for row in mine}
        tail = [row._replace(log=log) for row in self._broker.read(topic, mine[0].at)]
        if any(row.leaf not in known for row in tail):
            raise StoreMoved(
                f"topic {topic}: another sequencer writes here. Nothing more is signed; end the other "
                "one, run mash ledger verify, and restart"
            )
        there = {row.leaf for row in tail}
        absent = [row for row in mine if row.leaf not in there]
        free = mine[0].at + len(tail)
        return tail, [row._replace(at=free + n) for n, row in enumerate(absent)]

    def _renew(self, logs: Any) -> None:
        """A new producer that has met every topic, so that sending does not block on their whereabouts."""
        self._drop_producer()
        if self._closed.is_set():
            return
        cluster = self._broker.cluster
        with plain(cluster):
            cluster.knock()
            producer = KafkaProducer(**PRODUCER, **cluster.access())
            for log in logs:
                producer.partitions_for(topic_of(self._hub, log))
        if not producer.config["enable_idempotence"] or producer.config["acks"] != -1:
            raise StoreHalted("kafka-python would write without idempotence; its settings were changed")
        self._producer = producer

    def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            producer.close(timeout=1)
        except (KafkaError, OSError, AssertionError):
            # A flush that fails leaves the client open with its thread alive; there is no public way out of
            # that.
            producer._sender.force_close()  # noqa: SLF001
            producer._sender.join(2)  # noqa: SLF001
