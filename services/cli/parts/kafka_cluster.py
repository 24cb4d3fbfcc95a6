"""Apache Kafka as three nodes of one cluster, each broker and controller, three processes on loopback.

Promise: what an acknowledgement says here is what it says in production: three copies, two of them in step
before it is given, and no leader that lacks what was acknowledged. Each node stops, dies and freezes by itself.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.cli.parts.kafka import KafkaBroker, cluster_id
from services.cli.parts.process import ports_of

NODES = 3
KINDS = ("broker", "controller", "inside")
COPIED: Mapping[str, str] = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    # A follower that stands still is out of step in seconds, so that the others go on without it.
    "replica.lag.time.max.ms": "4000",
}


class KafkaCluster:
    """Three nodes, numbered from 1, in folders below `folder`; ports and data stay across stop, kill and restart.

    `settings` are each node's, by its number and its ports (`broker`, `controller`, `inside`); `scram` as for one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: Callable[[int, Mapping[str, int]], Mapping[str, str]] = lambda _number, _ports: {},
        scram: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        names = [f"{kind}-{number}" for number in range(1, NODES + 1) for kind in KINDS]
        # Drawn together: nodes that drew for themselves could draw the same.
        ports = ports_of(folder, names)
        voters = ",".join(f"{n}@127.0.0.1:{ports[f'controller-{n}']}" for n in range(1, NODES + 1))
        cluster = _kept_id(folder / "cluster")
        self.nodes = []
        for number in range(1, NODES + 1):
            home = folder / f"node-{number}"
            own = _own_ports(home, {kind: ports[f"{kind}-{number}"] for kind in KINDS})
            shared = {"node.id": str(number), "controller.quorum.voters": voters, **COPIED}
            self.nodes.append(
                KafkaBroker(home, settings={**shared, **settings(number, own)}, scram=scram, cluster=cluster)
            )
        self.folder = folder

    @property
    def address(self) -> str:
        """Every broker, as MASH_LEDGER takes them after kafka://."""
        return ",".join(node.address for node in self.nodes)

    def node(self, number: int) -> KafkaBroker:
        """The node with this node.id."""
        return self.nodes[number - 1]

    def start(self, seconds: float = 120) -> None:
        """All nodes side by side: none serves before two of them have met. Those that run are left alone."""
        with ThreadPoolExecutor(NODES) as pool:
            list(pool.map(lambda node: node.start(seconds), self.nodes))

    def stop(self) -> list[int]:
        """A clean stop of all, side by side; their exit statuses."""
        with ThreadPoolExecutor(NODES) as pool:
            return list(pool.map(KafkaBroker.stop, self.nodes))

    def kill(self) -> None:
        for node in self.nodes:
            node.kill()

    def freeze(self) -> None:
        for node in self.nodes:
            node.freeze()

    def thaw(self) -> None:
        for node in self.nodes:
            if node.is_running():
                node.thaw()

    def is_running(self) -> bool:
        """Whether every node does."""
        return all(node.is_running() for node in self.nodes)


def _own_ports(folder: Path, ports: Mapping[str, int]) -> Mapping[str, int]:
    """Left where the node looks for its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ports").write_text(
        "".join(f"{kind}={port}\n" for kind, port in ports.items()), encoding="utf-8"
    )
    return ports


def _kept_id(file: Path) -> str:
    if not file.is_file():
        file.write_text(cluster_id(), encoding="utf-8")
    return file.read_text(encoding="utf-8")
