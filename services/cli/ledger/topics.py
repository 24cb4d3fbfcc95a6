"""The entries of a hub's topics on a Kafka cluster, log by log.

Promise: every entry from the first on, its CRC checked; a hole or a lost beginning stops the reading. Who asks is known to
a secured cluster by the same three settings as a hub: MASH_LEDGER_USER, MASH_LEDGER_PASSWORD_FILE, MASH_LEDGER_CA.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from services.contract.problems import BadSetting
from services.ledger.auditing.check import Record
from services.ledger.store.broker import Broker, log_of
from services.ledger.store.cluster import Cluster

ACCESS = ("MASH_LEDGER_USER", "MASH_LEDGER_PASSWORD_FILE", "MASH_LEDGER_CA")


def records_of_topics(servers: str, hub: str) -> Iterator[Record]:
    """`servers`: HOST:PORT[,HOST:PORT]. Raises `StoreAway`, `StoreHalted`, `BadSetting` (two of the three)."""
    broker = Broker(_cluster(tuple(servers.split(","))))
    for topic in broker.topics():
        if log := log_of(hub, topic):
            for row in broker.read(topic, 0):
                yield Record(log, row.at, row.leaf)


def _cluster(servers: tuple[str, ...]) -> Cluster:
    user, password_file, ca = (os.environ.get(name, "") for name in ACCESS)
    if not (user or password_file or ca):
        return Cluster(servers)
    lacking = [name for name in ACCESS if not os.environ.get(name)]
    if lacking:
        raise BadSetting(f"a secured Kafka needs {', '.join(lacking)} as well")
    return Cluster(servers, user, Path(password_file), Path(ca))
