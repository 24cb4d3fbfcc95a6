"""A real broker that lets nobody in without TLS, name and password: the production set's own settings, on one node."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.cli.parts.kafka import KafkaBroker, kafka_jars
from services.cli.parts.kafka_cluster import KafkaCluster
from services.cli.parts.process import ports_of
from services.ledger.store.cluster import Cluster
from tests.real.certificates import Authority
from tests.real.find import Way
from tests.real.kafka import outlook

PROPERTIES = Path(__file__).resolve().parents[2] / "compose/kafka/broker.properties"
USERS = ("kafka-admin", "sequencer", "auditor", "stranger")
ALONE = {
    "node.id": "1",
    # Deletion is left to the authorizer here, so that it is the authorizer that is seen to refuse it.
    "delete.topic.enable": "true",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}


@dataclass(frozen=True)
class Secured:
    """The broker or brokers, and what each user needs to get in."""

    broker: KafkaBroker | KafkaCluster
    folder: Path

    @property
    def address(self) -> str:
        return self.broker.address

    @property
    def authority(self) -> Path:
        return self.folder / "authority.pem"

    def password_of(self, user: str) -> Path:
        return self.folder / f"{user}.password"

    def cluster(self, user: str) -> Cluster:
        return Cluster(tuple(self.address.split(",")), user, self.password_of(user), self.authority)


def ways(folder: Path) -> list[Way[Secured]]:
    """One way: a broker that somebody else runs has other users."""
    return [Way("local", outlook, lambda: local(folder))]


def local(folder: Path) -> Secured:
    """One node."""
    passwords = _prepared(folder)
    home = folder / "kafka"
    home.mkdir()
    ports = ports_of(home, ("broker", "controller", "inside"))
    settings = {**shared(), **ALONE, **_of_node(folder, ports)}
    broker = KafkaBroker(home, settings=settings, scram=passwords)
    broker.start()
    return Secured(broker, folder)


def production_set(folder: Path) -> Secured:
    """Three nodes with the settings of production, of which nothing is changed but addresses and folders."""
    passwords = _prepared(folder)
    cluster = KafkaCluster(
        folder / "kafka", settings=lambda _, ports: {**shared(), **_of_node(folder, ports)}, scram=passwords
    )
    cluster.start()
    return Secured(cluster, folder)


def _prepared(folder: Path) -> dict[str, str]:
    """Authority, certificate and the users' passwords, in files; the passwords by user."""
    kafka_jars()
    authority = Authority.new()
    authority.write(folder / "authority.pem")
    authority.issue("broker", folder / "broker.pem")
    passwords = {user: secrets.token_urlsafe(18) for user in USERS}
    for user, password in passwords.items():
        file = folder / f"{user}.password"
        file.write_text(password + "\n", encoding="utf-8")
        file.chmod(0o600)
    return passwords


def _of_node(folder: Path, ports: Mapping[str, int]) -> dict[str, str]:
    listeners = {"CLIENT": "broker", "BROKER": "inside", "CONTROLLER": "controller"}
    return {
        "listeners": ",".join(f"{name}://127.0.0.1:{ports[port]}" for name, port in listeners.items()),
        "ssl.keystore.location": str(folder / "broker.pem"),
        "ssl.truststore.location": str(folder / "authority.pem"),
    }


def shared() -> dict[str, str]:
    """The production set's settings, which say nothing of one machine but where the certificates are."""
    lines = PROPERTIES.read_text(encoding="utf-8").splitlines()
    rows = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in rows}
