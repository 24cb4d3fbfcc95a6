"""The doctor names each fault that was planted, and a hub does not start upon those that endanger the promise."""

import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ACLOperation, ACLPermissionType, ConfigResource, ConfigResourceType
from typer.testing import CliRunner

from services.cli.main import app
from services.contract.problems import BadSetting, LedgerUnavailable
from services.ledger.doctor import file_checks
from services.ledger.doctor.findings import CHECKS
from services.ledger.doctor.right_checks import canary_of
from services.ledger.open import open_ledger
from services.ledger.store.acls import acls, give
from services.ledger.store.broker import Broker, topic_of
from services.ledger.store.disk import Disk
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.real.kafka_secured import Secured
from tests.verification.ledger_world import Place, intent, refusal
from tests.verification.test_ledger_secured import place_of

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def told(place: Place, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code and findings of the command, run with the settings of `place`."""
    values = place.settings().model_dump(exclude_defaults=True)
    environment = {f"MASH_{name.upper()}": str(value) for name, value in values.items()}
    done = CliRunner().invoke(app, ["ledger", "doctor", "--json", *arguments], env=environment)
    assert done.stdout, done.stderr
    return done.exit_code, json.loads(done.stdout)["findings"]


def faulty(findings: list[dict[str, Any]], state: str = "bad") -> dict[str, str]:
    """What is not well, by check; each with a remedy."""
    found = [finding for finding in findings if finding["state"] == state]
    assert all(finding["remedy"] for finding in found)
    return {finding["check"]: finding["said"] for finding in found}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An embedded ledger of two logs, closed."""
    made = Place(tmp_path)
    with made.opened() as ledger:
        ledger.append(intent(ledger))
        ledger.append(intent(ledger))
        ledger.append(refusal("nhs-trust"))
    return made


@pytest.fixture(autouse=True)
def _on_a_medium(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests may themselves run in memory; whether that is found out has its own test."""
    monkeypatch.setattr(file_checks, "IN_MEMORY", ())
    monkeypatch.setattr(file_checks, "_TOO_QUICK", 0.0)


def starts(place: Place, **more: Any) -> None:
    """Open the ledger as a hub does. Raises `BadSetting` where it refuses."""
    settings = Settings(**place.settings().model_dump() | more)
    open_ledger(settings, KeyFolder(settings.key_folder)).close()


def live(place: Place) -> dict[str, Any]:
    """The same ledger in live mode, its keys outside."""
    keys = place.home.parent / f"{place.home.name}-keys"
    shutil.copytree(place.home / "keys", keys, dirs_exist_ok=True)
    return {"mode": "live", "keys": keys}


# --- Embedded ----------------------------------------------------------------------------------------------


def test_a_well_ledger_is_well_and_nothing_is_changed_by_looking(place: Place) -> None:
    def held() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in place.home.rglob("*") if path.is_file()}

    before = held()
    code, findings = told(place)
    assert (code, faulty(findings)) == (0, {})
    assert {finding["check"] for finding in findings} == {
        "key-folder", "key-per-log", "key-signed", "store-files", "store-sync", "file-clock", "free-disk", "store-size"
    }  # fmt: skip
    changed = {path for path, data in held().items() if before.get(path) != data}
    # SQLite's own two files beside a database that is read.
    assert {Path(path).name for path in changed} <= {"checkpoints.db-shm", "checkpoints.db-wal"}
    starts(place)
    starts(place, **live(place))


def test_it_may_be_run_beside_a_hub(place: Place) -> None:
    with place.opened() as ledger:
        ledger.append(intent(ledger))
        assert told(place)[0] == 0


def lose_key(place: Place) -> None:
    next(place.keys.folder.glob("sign-log-council.*.key")).unlink()


def share_key(place: Place) -> None:
    shutil.copy(place.keys.folder / "sign-log-council.1.key", place.keys.folder / "sign-log-nhs-trust.1.key")


def swap_key(place: Place) -> None:
    (place.keys.folder / "sign-log-council.1.key").write_bytes(os.urandom(32))


def swap_published(place: Place) -> None:
    """The key that was published agrees, the checkpoint was signed by another."""
    other = Place(place.home.parent / f"{place.home.name}-other")
    with other.opened() as ledger:
        ledger.append(refusal())
    shutil.copy(other.folder / "checkpoints/council", place.folder / "checkpoints/council")


def open_keys(place: Place) -> None:
    (place.keys.folder / "sign-log-council.1.key").chmod(0o644)


def open_vault(place: Place) -> None:
    (place.folder / "vault.db").chmod(0o640)


def cut_journal(place: Place) -> None:
    journal = place.folder / "journal"
    os.truncate(journal, journal.stat().st_size - 10)


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (lose_key, "key-per-log", "log council has 2 entries and no key"),
        (share_key, "key-per-log", "logs council and nhs-trust have the same key"),
        (swap_key, "key-signed", "the published key is not the one in the key folder"),
        (swap_published, "key-signed", "the published checkpoint was signed by another key"),
    ],
)
def test_keys_that_are_not_the_logs_own_stop_every_start(
    place: Place, spoil: Callable[[Place], None], check: str, said: str
) -> None:
    spoil(place)
    keys = {path.name for path in place.keys.folder.iterdir()}
    code, findings = told(place)
    assert code == 1
    assert said in faulty(findings)[check]
    with pytest.raises(BadSetting, match=said):
        starts(place)
    # Nothing was made in its place, by looking or by trying to start.
    assert {path.name for path in place.keys.folder.iterdir()} == keys


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (open_keys, "key-folder", "others than the hub's user may read sign-log-council.1.key"),
        (open_vault, "store-files", "others than the hub's user may read vault.db"),
    ],
)
def test_files_that_others_may_read_stop_a_start_in_live_mode(
    place: Place, spoil: Callable[[Place], None], check: str, said: str
) -> None:
    spoil(place)
    code, findings = told(place)
    assert (code, faulty(findings)[check]) == (1, said)
    starts(place)
    with pytest.raises(BadSetting, match=said):
        starts(place, **live(place))


def test_a_journal_that_lacks_a_signed_entry_is_said(place: Place) -> None:
    cut_journal(place)
    code, findings = told(place)
    assert (code, faulty(findings)["store-size"]) == (1, "0 entries, but 1 were signed")


class Unsyncing(Disk):
    """A disk on which a sync fails, or does nothing."""

    def __init__(self, *, fails: bool) -> None:
        self.fails = fails

    def sync(self, file: int) -> None:
        if self.fails:
            raise OSError(5, "Input/output error")


@pytest.mark.parametrize(("fails", "said"), [(True, "a sync failed"), (False, "too quick to be true")])
def test_a_sync_that_fails_or_does_nothing_is_found_out(
    tmp_path: Path, fails: bool, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A tenth of a millisecond: no test's own call takes so long, and no real sync of a test is asked.
    monkeypatch.setattr(file_checks, "_TOO_QUICK", 1e-4)
    found = file_checks.sync_finding(tmp_path, Unsyncing(fails=fails))
    assert found.state == "bad"
    assert said in found.said
    assert found.stops("live")
    assert not found.stops("demo")


def test_a_folder_in_memory_is_found_out(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:5 / {tmp_path} rw - tmpfs none rw\n")
    assert file_checks.file_system_of(tmp_path, mounts) == "tmpfs"
    assert file_checks.file_system_of(tmp_path.parent, mounts) == "ext4"
    monkeypatch.setattr(file_checks, "IN_MEMORY", ("tmpfs",))
    monkeypatch.setattr(file_checks, "file_system_of", lambda _: "tmpfs")
    with pytest.raises(BadSetting, match="in memory"):
        starts(place, **live(place))
    starts(place)


def test_clocks_that_differ_and_a_full_disk_are_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "_stamp", lambda _: time.time() - 3600)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Free(1_000_000))
    code, findings = told(place)
    assert code == 1
    assert faulty(findings).keys() == {"file-clock", "free-disk"}
    assert "3600.0 s behind the hub" in faulty(findings)["file-clock"]


class Free:
    def __init__(self, free: int) -> None:
        self.free = free


# --- Kafka -------------------------------------------------------------------------------------------------


def test_an_open_broker_is_told_and_what_is_wrong_with_a_topic(tmp_path: Path, kafka_broker: Any) -> None:
    place = Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}")
    with place.opened() as ledger:
        for _ in range(3):
            ledger.append(intent(ledger))
        ledger.append(refusal("nhs-trust"))
    code, findings = told(place)
    # Nobody is asked who they are: all that must be refused is let through, on the canary alone.
    assert code == 1
    assert faulty(findings).keys() == {"deletion-refused"}
    assert faulty(findings, "warn").keys() == {"broker-secured", "topic-rights"}
    topics = Broker([kafka_broker.address]).topics()
    assert {topic_of(place.hub, "council"), topic_of(place.hub, "nhs-trust")} <= set(topics)
    assert len(list(Broker([kafka_broker.address]).read(topic_of(place.hub, "council"), 0))) == 3
    admin = KafkaAdminClient(bootstrap_servers=kafka_broker.address)
    admin.delete_records({TopicPartition(topic_of(place.hub, "council"), 0): 2})
    change = {"retention.ms": "1000000000", "message.timestamp.type": "CreateTime"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic_of(place.hub, "nhs-trust"), change)])
    admin.close()
    code, findings = told(place)
    found = faulty(findings)
    assert (code, found["log-start"]) == (1, "it begins at 2: the first 2 entries were deleted")
    assert found["topic-settings"].startswith("retention.ms is 1000000000, not -1")
    assert faulty(findings, "warn")["topic-settings"].startswith("message.timestamp.type is CreateTime")
    stopping = {finding["check"] for finding in findings if finding["stops_start"]}
    assert stopping == {"log-start", "topic-settings"}
    # The canary is no log: a hub starts beside it.
    with Place(tmp_path / "another", place.store, f"hub-{uuid.uuid4().hex[:12]}").opened() as ledger:
        assert ledger.append(refusal()).index == 0


def test_a_broker_that_is_not_there_is_unavailable(place: Place) -> None:
    away = Place(place.home, "kafka://127.0.0.1:9")
    code, findings = told(away)
    assert code == 3
    (reached,) = [finding for finding in findings if finding["check"] == "broker-reached"]
    assert reached["state"] == "unknown"
    assert "start it, or mend MASH_LEDGER" in reached["said"]


@pytest.fixture
def secured(kafka_secured: Secured, tmp_path: Path) -> Place:
    """A ledger of three entries on a secured broker, the rights given."""
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    give(kafka_secured.cluster("kafka-admin"), acls(hub, "sequencer", ["auditor"]))
    place = place_of(tmp_path, kafka_secured, hub)
    with place.opened() as ledger:
        for _ in range(3):
            ledger.append(intent(ledger))
    return place


def auditor(kafka_secured: Secured) -> list[str]:
    return ["--auditor", "auditor", "--auditor-password-file", str(kafka_secured.password_of("auditor"))]


def test_every_right_is_tried_and_a_secured_broker_is_well(secured: Place, kafka_secured: Secured) -> None:
    code, findings = told(secured, *auditor(kafka_secured))
    assert (code, faulty(findings), faulty(findings, "warn"), faulty(findings, "unknown")) == (0, {}, {}, {})
    tried = [f"{finding['said']}" for finding in findings if finding["check"].endswith("-refused")]
    acts = ("deleting records", "changing settings", "adding partitions", "deleting the topic")
    wanted = [f"{act}: refused" for act in acts]
    wanted += ["auditor writing: refused", "auditor reads", *(f"auditor {act}: refused" for act in acts)]
    assert tried == wanted
    rights = {finding["said"] for finding in findings if finding["check"] == "topic-rights"}
    assert rights == {"create, describe, describe_configs, read, write"}
    assert {finding["check"] for finding in findings} == CHECKS.keys() - {"store-size"}
    # The canary, which holds what was tried, is no log.
    with secured.opened() as ledger:
        assert ledger.append(intent(ledger)).index == 3


def test_a_right_too_many_is_found_and_stops_the_start(kafka_secured: Secured, tmp_path: Path) -> None:
    hub = f"hub-{uuid.uuid4().hex[:12]}"
    # Without the denials; the sequencer may delete, and the auditor may write.
    given = [
        acl for acl in acls(hub, "sequencer", ["auditor"]) if acl.permission_type != ACLPermissionType.DENY
    ]
    for user, operation in (("sequencer", "DELETE"), ("auditor", "WRITE")):
        more = acls(hub, user, [])[0]
        more.operation = ACLOperation[operation]
        given.append(more)
    give(kafka_secured.cluster("kafka-admin"), given)
    place = place_of(tmp_path, kafka_secured, hub)
    with place.opened() as ledger, pytest.raises(LedgerUnavailable, match="rights is delete, not refused"):
        ledger.append(refusal())
    code, findings = told(place, *auditor(kafka_secured))
    assert code == 1
    found = {finding["said"] for finding in findings if finding["state"] == "bad"}
    assert "deleting records was let through on the canary" in found
    assert "deleting the topic was let through on the canary" in found
    assert "auditor writing was let through on the canary" in found
    assert any("rights is delete" in said for said in found)


def test_a_password_that_others_may_read_is_said(
    secured: Place, kafka_secured: Secured, tmp_path: Path
) -> None:
    loose = tmp_path / "loose.password"
    shutil.copy(kafka_secured.password_of("sequencer"), loose)
    loose.chmod(0o644)
    place = Place(
        secured.home, secured.store, secured.hub, more=dict(secured.more, ledger_password_file=loose)
    )
    _, findings = told(place)
    assert faulty(findings, "warn").keys() == {"password-file"}
    assert canary_of(secured.hub) in Broker(kafka_secured.cluster("sequencer")).topics()


# --- The page that says which of them stop a start ---------------------------------------------------------


def test_the_table_in_the_documents_is_the_one_in_the_code() -> None:
    page = Path(__file__).parents[2] / "docs/how-to/kafka-for-the-ledger.md"
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    words = {"always": "does not start", "live": "does not start in live mode", "never": "starts"}
    assert rows == [(name, check.what, words[check.stops]) for name, check in CHECKS.items()]
