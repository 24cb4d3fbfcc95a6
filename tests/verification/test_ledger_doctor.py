"""The doctor names each fault that was planted, and a hub does not start upon those that endanger the promise."""

import json
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.contract.problems import BadSetting
from services.ledger.doctor import file_checks
from services.ledger.doctor.findings import CHECKS
from services.ledger.open import open_ledger
from services.ledger.store.disk import Disk
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.verification.ledger_world import Place, intent, refusal

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


# --- The page that says which of them stop a start ---------------------------------------------------------


def test_the_table_in_the_documents_is_the_one_in_the_code() -> None:
    page = Path(__file__).parents[2] / "docs/how-to/kafka-for-the-ledger.md"
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    words = {"always": "does not start", "live": "does not start in live mode", "never": "starts"}
    assert rows == [(name, check.what, words[check.stops]) for name, check in CHECKS.items()]
