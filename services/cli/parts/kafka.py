"""Apache Kafka as one KRaft node: its jars by their locked hashes, started on loopback in seconds.

Promise: the data folder and the ports stay across stop, kill and restart; every jar on the class path has
the SHA-256 that `.ci/locks/kafka.txt` names.
"""

import base64
import re
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

from services.cli.parts.cache import CannotObtain, cache_folder, file_sha256, keep, locks_folder, say
from services.cli.parts.java import java, java_version
from services.cli.parts.process import Child, Served, ports_of

# A broker dies with 192 MB. Serial collector and first compiler only: it starts sooner.
JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
READY = "Kafka Server started"
LOGGING = """\
status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1} %m%n
rootLogger.level=warn
rootLogger.appenderRef.out.ref=out
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=info
"""


class Jar(NamedTuple):
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def locked_jars() -> tuple[Jar, ...]:
    lines = (locks_folder() / "kafka.txt").read_text(encoding="utf-8").splitlines()
    rows = (re.fullmatch(r"([^:#]+):([^:]+):([^ ]+) sha256:([0-9a-f]{64})", line) for line in lines)
    return tuple(Jar(*row.groups()) for row in rows if row)


def kafka_version() -> str:
    return next(jar.version for jar in locked_jars() if jar.artifact == "kafka_2.13")


# --- Obtaining ---------------------------------------------------------------------------------------------


@cache
def kafka_jars() -> Path:
    """The folder with Kafka's jars, fetched the first time. Raises `CannotObtain`."""
    return keep(kept_as(), _fetch)


def kept_as() -> str:
    """The name of the jars' folder in the cache."""
    return f"kafka-{kafka_version()}-{file_sha256(locks_folder() / 'kafka.txt')[:12]}"


def _fetch(folder: Path) -> None:
    """By jgo, which is Python alone; by Maven, with its own settings and mirrors, where jgo fails."""
    say(f"fetching Kafka {kafka_version()}, 44 MB, once")
    try:
        _by_jgo(folder)
    except Exception as why:  # whatever a downloader raises, Maven is the second way
        if shutil.which("mvn") is None:
            raise CannotObtain(
                f"Kafka's jars could not be fetched ({why}), and there is no Maven to try"
            ) from why
        _by_maven(folder)
    for jar in locked_jars():
        if file_sha256(folder / jar.file) != jar.sha256:
            raise CannotObtain(f"{jar.file} is not the file that .ci/locks/kafka.txt names")


def _by_jgo(folder: Path) -> None:
    from jgo.maven import MavenContext

    context = MavenContext()

    def fetch(jar: Jar) -> None:
        artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
        shutil.copy(artifact.resolve(), folder / jar.file)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fetch, locked_jars()))


def _by_maven(folder: Path) -> None:
    rows = "".join(
        f"<dependency><groupId>{jar.group}</groupId><artifactId>{jar.artifact}</artifactId>"
        f"<version>{jar.version}</version></dependency>"
        for jar in locked_jars()
    )
    head = "<modelVersion>4.0.0</modelVersion><groupId>mash</groupId><artifactId>parts</artifactId>"
    pom = folder / "pom.xml"
    pom.write_text(f"<project>{head}<version>1</version><dependencies>{rows}</dependencies></project>")
    command = [
        "mvn",
        "-q",
        "-B",
        "-f",
        str(pom),
        "dependency:copy-dependencies",
        f"-DoutputDirectory={folder}",
    ]
    answer = subprocess.run(
        [*command, "-DexcludeTransitive=true"], check=False, capture_output=True, text=True
    )
    if answer.returncode:
        raise CannotObtain(f"Maven could not fetch Kafka's jars: {answer.stdout[-400:]}")
    pom.unlink()


def cluster_id() -> str:
    """An id for a new cluster: 22 characters of URL-safe base64."""
    # An id that began with "-" would be read as an option; a first byte below 0xf8 never encodes to one.
    drawn = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes((drawn[0] & 0x7F,)) + drawn[1:]).decode().rstrip("=")


ARCHIVE = "kafka.jsa"


def classes_kept_as() -> str:
    """The name in the cache of the folder with the classes of these jars for this Java (kafka_classes.py makes it)."""
    return f"{kept_as()}-classes-java{java_version(java())}"


@cache
def _archived(archive: Path) -> tuple[str, ...]:
    return (f"-XX:SharedArchiveFile={archive}",) if archive.is_file() else ()


# --- Running -----------------------------------------------------------------------------------------------


class KafkaBroker(Served):
    """One node, broker and controller, in `folder`. `settings` are added to its properties, or replace them.

    `scram` holds users and passwords (SCRAM-SHA-512) that are put into the cluster when it is formatted; `cluster`
    is the id that the nodes of one cluster share, drawn where it is not given; `jvm` are options more for Java.
    """

    def __init__(
        self,
        folder: Path,
        *,
        settings: Mapping[str, str] | None = None,
        scram: Mapping[str, str] | None = None,
        cluster: str = "",
        jvm: Sequence[str] = (),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.settings, self.scram = folder.resolve(), dict(settings or {}), dict(scram or {})
        self._cluster, self._jvm = cluster, jvm
        self.ports = ports_of(self.folder, ("broker", "controller"))
        self.address = f"127.0.0.1:{self.ports['broker']}"
        self._child = Child((), self.folder / "kafka.log")

    def start(self, seconds: float = 90) -> None:
        """Format the data folder if it is new, and start; returns when the broker serves."""
        (self.folder / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
        properties = self.folder / "server.properties"
        properties.write_text("".join(f"{key}={value}\n" for key, value in self._properties().items()))
        if not (self.folder / "data/meta.properties").is_file():
            self._format(properties)
        self._child.command = self._java("kafka.Kafka", str(properties))
        self._child.start(lambda: self._child.said(READY), seconds)

    def _properties(self) -> dict[str, str]:
        broker, controller = self.ports["broker"], self.ports["controller"]
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}",
            "log.dirs": str(self.folder / "data"),
            "auto.create.topics.enable": "false",
            "delete.topic.enable": "false",
            "unclean.leader.election.enable": "false",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            # With these a broker that was killed is back in 8 s; with Kafka's own, in up to 18 s.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            **self.settings,
        }

    def _format(self, properties: Path) -> None:
        arguments = ["format", "-t", self._cluster or cluster_id(), "-c", str(properties)]
        for user, password in self.scram.items():
            arguments += ["--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]"]
        command = self._java("kafka.tools.StorageTool", *arguments)
        answer = subprocess.run(command, check=False, capture_output=True, text=True)
        if answer.returncode:
            raise CannotObtain(
                f"Kafka could not format {self.folder}: {(answer.stdout + answer.stderr)[-400:]}"
            )

    def _java(self, main: str, *arguments: str) -> Sequence[str]:
        logging = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}"
        more = self._jvm or _archived(cache_folder() / classes_kept_as() / ARCHIVE)
        return [str(java()), *JVM, *more, logging, "-cp", f"{kafka_jars()}/*", main, *arguments]
