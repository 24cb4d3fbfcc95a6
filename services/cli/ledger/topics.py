"""The entries of a hub's topics on a Kafka cluster, log by log.

Promise: every entry from the first on, its CRC checked; a hole or a lost beginning stops the reading.
"""

from collections.abc import Iterator

from services.ledger.store.broker import Broker, log_of
from services.ledger.verify import Record


def records_of_topics(servers: str, hub: str) -> Iterator[Record]:
    """`servers`: HOST:PORT[,HOST:PORT]. Raises `StoreAway`, `StoreHalted`."""
    broker = Broker(servers.split(","))
    for topic in broker.topics():
        if log := log_of(hub, topic):
            for row in broker.read(topic, 0):
                yield Record(log, row.at, row.leaf)
