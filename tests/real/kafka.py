"""A real Kafka broker for tests."""

from pathlib import Path

from services.cli.parts.cache import cache_folder
from services.cli.parts.java import java_version, system_java
from services.cli.parts.kafka import KafkaBroker, kafka_jars, kafka_version, kept_as
from services.cli.parts.kafka_cluster import KafkaCluster
from services.cli.parts.process import free_port
from tests.real.containers import Contained
from tests.real.find import Elsewhere, Server, Way, by_address, by_container


def ways(folder: Path) -> list[Way[Server]]:
    """In order; a broker that is started here keeps its data in `folder`."""
    return [
        by_address("kafka", lambda address: Elsewhere("kafka", address)),
        by_container(f"apache/kafka:{kafka_version()}", contained),
        Way("local", outlook, lambda: local(folder)),
    ]


def outlook() -> str:
    found = system_java()
    java = f"Java {java_version(found)} of the system" if found else "Java out of a wheel"
    jars = "jars kept" if (cache_folder() / kept_as()).is_dir() else "jars to be fetched"
    return f"Kafka {kafka_version()}, {java}, {jars}"


def local(folder: Path) -> Server:
    kafka_jars()
    broker = KafkaBroker(folder)
    broker.start()
    return broker


def cluster_ways(folder: Path) -> list[Way[KafkaCluster]]:
    """One way: tests kill and freeze its nodes one by one, which somebody else's cluster is not for."""
    return [Way("local", outlook, lambda: local_cluster(folder))]


def local_cluster(folder: Path) -> KafkaCluster:
    kafka_jars()
    cluster = KafkaCluster(folder)
    cluster.start()
    return cluster


def contained() -> Server:
    port = free_port()
    address = f"127.0.0.1:{port}"
    container = Contained(
        f"apache/kafka:{kafka_version()}",
        address,
        (9092, port),
        lambda: serves(address),
        environment={
            "KAFKA_NODE_ID": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{address}",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
            "KAFKA_DELETE_TOPIC_ENABLE": "false",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_BROKER_SESSION_TIMEOUT_MS": "3000",
            "KAFKA_BROKER_HEARTBEAT_INTERVAL_MS": "500",
        },
    )
    container.start()
    return container


def serves(address: str) -> bool:
    """Whether a broker answers as one; a port may be open long before."""
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    try:
        admin = KafkaAdminClient(bootstrap_servers=address, bootstrap_timeout_ms=3000)
    except (KafkaError, OSError):
        return False
    try:
        return bool(admin.describe_cluster()["brokers"])
    except KafkaError:
        return False
    finally:
        admin.close()
