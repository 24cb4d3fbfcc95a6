"""A broker with TLS, names, passwords and ACLs: the sequencer writes, auditors read, nobody deletes; each tried as each."""

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import ACLOperation, ACLPermissionType, ConfigResource, ConfigResourceType
from kafka.errors import KafkaError
from typer.testing import CliRunner

from services.cli.main import app
from services.contract.problems import BadSetting, LedgerUnavailable
from services.ledger.store import broker
from services.ledger.store.acls import acls, give
from services.ledger.store.broker import BASE, Broker, topic_of
from services.ledger.store.cluster import Cluster
from services.ledger.store.ports import StoreAway
from tests.real.certificates import Authority
from tests.real.kafka_secured import USERS, Secured
from tests.verification.ledger_world import Place, intent, refusal

# kafka-python leaves sockets open where it is not let in; the collector would blame whichever test runs then.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def hub(kafka_secured: Secured) -> str:
    """A hub whose ACLs are given."""
    name = f"hub-{uuid.uuid4().hex[:12]}"
    give(kafka_secured.cluster("kafka-admin"), acls(name, "sequencer", ["auditor"]))
    return name


def place_of(folder: Path, secured: Secured, hub: str, user: str = "sequencer") -> Place:
    access = {
        "ledger_user": user,
        "ledger_password_file": secured.password_of(user),
        "ledger_ca": secured.authority,
    }
    return Place(folder, f"kafka://{secured.address}", hub, wait=15, more=access)


@pytest.fixture(scope="module")
def topic(kafka_secured: Secured, hub: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The topic of a log with three entries."""
    with place_of(tmp_path_factory.mktemp("secured"), kafka_secured, hub).opened() as ledger:
        for index in range(3):
            assert ledger.append(intent(ledger)).index == index
    return topic_of(hub, "council")


@pytest.fixture
def admin_of(kafka_secured: Secured) -> Iterator[Callable[[str], Any]]:
    opened: list[Any] = []

    def admin(user: str) -> Any:
        opened.append(KafkaAdminClient(**BASE, **kafka_secured.cluster(user).access()))
        return opened[-1]

    yield admin
    for one in opened:
        one.close()


def attempt(act: str, topic: str, admin: Any) -> str:
    """The name of what the broker answered."""
    resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "1000"})
    acts: dict[str, Callable[[], Any]] = {
        "DeleteRecords": lambda: admin.delete_records({TopicPartition(topic, 0): 1}),
        "DeleteTopics": lambda: admin.delete_topics([topic]),
        "AlterConfigs": lambda: admin.alter_configs([resource], raise_on_unknown=False),
        "CreatePartitions": lambda: admin.create_partitions({topic: 2}),
    }
    try:
        return str(acts[act]())
    except KafkaError as error:
        return type(error).__name__


def produce(cluster: Cluster, topic: str) -> str:
    producer = KafkaProducer(**{**BASE, **cluster.access(), "acks": "all", "enable_idempotence": False})
    try:
        return str(producer.send(topic, b"not ours", partition=0).get(10))
    except KafkaError as error:
        return type(error).__name__
    finally:
        producer.close(timeout=5)


@pytest.mark.parametrize("act", ["DeleteRecords", "DeleteTopics", "AlterConfigs", "CreatePartitions"])
@pytest.mark.parametrize("user", ["sequencer", "auditor", "stranger"])
def test_nobody_deletes_or_changes(
    user: str, act: str, topic: str, kafka_secured: Secured, admin_of: Callable[[str], Any]
) -> None:
    # To a stranger there is no such topic.
    hidden = {"UnknownTopicOrPartitionError"} if user == "stranger" else set()
    answer = attempt(act, topic, admin_of(user))
    assert answer in hidden or "TopicAuthorizationFailed" in answer
    assert [row.at for row in Broker(kafka_secured.cluster("auditor")).read(topic, 0)] == [0, 1, 2]


@pytest.mark.parametrize("user", ["auditor", "stranger"])
def test_only_the_sequencer_writes(user: str, topic: str, kafka_secured: Secured) -> None:
    assert produce(kafka_secured.cluster(user), topic) == "TopicAuthorizationFailedError"


def test_an_allowance_given_elsewhere_opens_no_deletion(
    kafka_secured: Secured, tmp_path: Path, admin_of: Callable[[str], Any]
) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    mine = acls(hub, "sequencer", [])
    for operation in ("DELETE", "ALTER", "ALTER_CONFIGS"):
        allowed = acls(hub, "sequencer", [])[0]
        assert allowed.permission_type == ACLPermissionType.ALLOW
        allowed.operation = ACLOperation[operation]
        mine.append(allowed)
    give(kafka_secured.cluster("kafka-admin"), mine)
    with place_of(tmp_path, kafka_secured, hub).opened() as ledger:
        ledger.append(refusal())
    for act in ("DeleteRecords", "DeleteTopics", "AlterConfigs", "CreatePartitions"):
        assert "TopicAuthorizationFailed" in attempt(act, topic_of(hub, "council"), admin_of("sequencer"))


def test_an_auditor_reads_everything_and_a_stranger_sees_no_topic(kafka_secured: Secured, topic: str) -> None:
    assert len(list(Broker(kafka_secured.cluster("auditor")).read(topic, 0))) == 3
    # Other hubs of these tests may have let the auditor in too.
    assert topic in Broker(kafka_secured.cluster("auditor")).topics()
    assert Broker(kafka_secured.cluster("stranger")).topics() == []


def test_a_hub_that_may_not_write_says_so_and_enters_nothing(
    kafka_secured: Secured, hub: str, topic: str, tmp_path: Path
) -> None:
    with (
        place_of(tmp_path, kafka_secured, hub, "stranger").opened() as ledger,
        pytest.raises(LedgerUnavailable, match="mash ledger acls"),
    ):
        ledger.append(refusal())
    # An auditor sees the topic, and is refused when it comes to writing.
    with place_of(tmp_path / "auditor", kafka_secured, f"{hub}", "auditor").opened() as ledger:
        assert "does not know it" in ledger.health().detail
    other = f"hub-{uuid.uuid4().hex[:12]}"
    give(kafka_secured.cluster("kafka-admin"), acls(other, "sequencer", ["auditor"]))
    Broker(kafka_secured.cluster("sequencer")).make(topic_of(other, "council"))
    with place_of(tmp_path / "writer", kafka_secured, other, "auditor").opened() as ledger:
        with pytest.raises(LedgerUnavailable, match=r"does not let MASH_LEDGER_USER \(auditor\).*acls"):
            ledger.append(refusal())
        assert not ledger.health().ready


def test_who_is_not_let_in_is_told_what_to_look_at(
    kafka_secured: Secured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whom a broker does not let in, it does not answer: the client's whole patience goes by, twice here.
    monkeypatch.setattr(broker, "BASE", {**BASE, "bootstrap_timeout_ms": 1500})
    right = kafka_secured.cluster("sequencer")
    other = Authority.new().write(tmp_path / "other.pem")
    wrong_password = replace(right, password_file=kafka_secured.password_of("auditor"))
    for cluster, said in (
        (replace(right, ca=other), "certificate that MASH_LEDGER_CA does not vouch for"),
        (wrong_password, "MASH_LEDGER_PASSWORD_FILE"),
        (Cluster(right.servers), "secured clients only"),
        (replace(right, servers=("127.0.0.1:9",)), "start it, or mend MASH_LEDGER"),
        (replace(right, password_file=tmp_path / "none"), "MASH_LEDGER_PASSWORD_FILE: cannot be read"),
    ):
        with pytest.raises(StoreAway, match=said):
            Broker(cluster).topics()


def test_the_password_stands_in_no_setting_message_or_log(
    kafka_secured: Secured, hub: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = place_of(tmp_path, kafka_secured, hub, "stranger")
    secrets = [kafka_secured.password_of(user).read_text().strip() for user in USERS]
    with caplog.at_level(logging.DEBUG), place.opened() as ledger:
        with pytest.raises(LedgerUnavailable) as refused:
            ledger.append(refusal())
        said = [caplog.text, str(refused.value), ledger.health().detail, repr(place.settings())]
    said += [repr(kafka_secured.cluster("sequencer")), *(str(file) for file in tmp_path.rglob("*"))]
    said += [file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*") if file.is_file()]
    assert "kafka" in caplog.text
    assert [secret for secret in secrets for text in said if secret in text] == []


def test_the_command_gives_the_acls_and_prints_them(kafka_secured: Secured, tmp_path: Path) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    who = ["--hub", hub, "--sequencer", "sequencer", "--auditor", "auditor"]
    access = ["--ca", str(kafka_secured.authority), "--user", "kafka-admin"]
    access += ["--password-file", str(kafka_secured.password_of("kafka-admin"))]
    printed = CliRunner().invoke(app, ["ledger", "acls", kafka_secured.address, *who, "--print"])
    assert printed.exit_code == 0
    lines = printed.stdout.splitlines()
    assert len(lines) == len(acls(hub, "sequencer", ["auditor"]))
    assert sum("--deny-principal 'User:*'" in line and hub in line for line in lines) == 3
    with place_of(tmp_path, kafka_secured, hub).opened() as ledger, pytest.raises(LedgerUnavailable):
        ledger.append(refusal())
    given = CliRunner().invoke(app, ["ledger", "acls", kafka_secured.address, *who, *access])
    assert given.exit_code == 0, given.output
    assert given.stdout.startswith("Given:")
    with place_of(tmp_path / "again", kafka_secured, hub).opened() as ledger:
        assert ledger.append(refusal()).index == 0
    access[-3:] = ["auditor", "--password-file", str(kafka_secured.password_of("auditor"))]
    refused = CliRunner().invoke(app, ["ledger", "acls", kafka_secured.address, *who, *access])
    assert refused.exit_code == 3
    assert "super user" in refused.stderr or "does not let" in refused.stderr


def test_an_auditor_verifies_at_the_broker_with_a_name_of_their_own(
    kafka_secured: Secured, hub: str, tmp_path: Path
) -> None:
    name = f"hub-{uuid.uuid4().hex[:12]}"
    give(kafka_secured.cluster("kafka-admin"), acls(name, "sequencer", ["auditor"]))
    place = place_of(tmp_path, kafka_secured, name)
    with place.opened() as ledger:
        ledger.append(intent(ledger))
        trust = tmp_path / "trust"
        trust.write_text("".join(f"{vkey}\n" for vkey in ledger.keys().values()))
    command = ["ledger", "verify", place.store, "--trust", str(trust), "--checkpoints", str(place.folder)]
    access = {
        "MASH_LEDGER_USER": "auditor",
        "MASH_LEDGER_PASSWORD_FILE": str(kafka_secured.password_of("auditor")),
        "MASH_LEDGER_CA": str(kafka_secured.authority),
    }
    done = CliRunner().invoke(app, command, env=access)
    assert done.exit_code == 0, done.output
    assert "1 entries as signed" in done.stdout
    half = CliRunner().invoke(app, command, env=access | {"MASH_LEDGER_CA": ""})
    assert half.exit_code == 2
    assert "MASH_LEDGER_CA" in half.stderr
    assert CliRunner().invoke(app, command, env=access | {"MASH_LEDGER_USER": "stranger"}).exit_code != 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ledger_user": "sequencer"}, "MASH_LEDGER_PASSWORD_FILE, MASH_LEDGER_CA"),
        ({"ledger_ca": "ca.pem"}, "MASH_LEDGER_USER, MASH_LEDGER_PASSWORD_FILE"),
        ({"mode": "live", "keys": "elsewhere", "ledger": "kafka://10.0.0.1:9092"}, "must be secured"),
        ({"mode": "live", "keys": "elsewhere", "ledger": "kafka://127.0.0.1:9092,broker:9092"}, "must be secured"),
    ],
)  # fmt: skip
def test_half_a_security_cannot_be_set(more: dict[str, Any], said: str, tmp_path: Path) -> None:
    from services.runtime.settings import read_settings

    with pytest.raises(BadSetting, match=said):
        read_settings(**{"mode": "demo", "home": tmp_path, "ledger": "kafka://127.0.0.1:9092"} | more)
