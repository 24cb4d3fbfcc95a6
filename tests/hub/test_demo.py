"""The demonstration as a newcomer meets it: `mash demo --once`, its own folder, twice; and what stops it.

The hub, the practice and the sign-in provider run in processes of their own; the hub is asked over HTTP only.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.exits import Exit
from tests.families import MIA, SAFE

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 180


def mash(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MASH_")}
    return subprocess.run(
        [sys.executable, "-c", "from services.cli.main import app; app()", *arguments],
        env=environment | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def first(home: Path) -> subprocess.CompletedProcess[str]:
    # Each kind of the day's work several times over; all 500 are played by `make demo`.
    return mash("demo", "--once", "--decisions", "60", "--home", str(home))


def test_every_step_is_played_and_told(first: subprocess.CompletedProcess[str]) -> None:
    assert first.returncode == Exit.OK, first.stdout[-2000:] + first.stderr
    done = [line for line in first.stdout.splitlines() if line.startswith("done ")]
    assert [line.split(".")[0] for line in done] == [f"done {number}" for number in range(1, len(done) + 1)]
    for words in (
        "DEMO",
        "publishes",
        "child protection enquiry",
        "strategy discussion",
        "asks for the family",
        "60 decisions, each an entry",
    ):
        assert words in first.stdout
    assert first.stderr == ""


def test_the_family_is_told_person_by_person_with_what_was_withheld_and_the_receipt(
    first: subprocess.CompletedProcess[str],
) -> None:
    for words in (MIA.name, "Dana Reid", "substance use, in treatment", SAFE.postcode, "Receipt "):
        assert words in first.stdout
    assert "OWNER_APPROVAL" in first.stdout
    # Silent: the answer is as if it were not held.
    for words in ("immunodeficiency", "Termination", "SENSITIVE_CATEGORY"):
        assert words not in first.stdout


def test_the_ledger_it_leaves_is_verified_again_with_the_keys_it_gave(
    first: subprocess.CompletedProcess[str], home: Path
) -> None:
    assert first.returncode == Exit.OK
    checked = mash("ledger", "verify", str(home / "ledger"), "--trust", str(home / "trust.vkeys"))
    assert checked.returncode == Exit.OK, checked.stdout + checked.stderr


def test_a_second_run_on_the_same_folder_works(first: subprocess.CompletedProcess[str], home: Path) -> None:
    assert first.returncode == Exit.OK
    second = mash("demo", "--once", "--decisions", "0", "--home", str(home))
    assert second.returncode == Exit.OK, second.stdout[-2000:] + second.stderr
    assert " 0 new" in second.stdout
    assert "decisions, each an entry" not in second.stdout


def test_a_partner_whose_key_is_lost_stops_it(first: subprocess.CompletedProcess[str], home: Path) -> None:
    assert first.returncode == Exit.OK
    (home / "partners" / "brook-hospice.json").unlink()
    stopped = mash("demo", "--once", "--home", str(home))
    assert stopped.returncode == Exit.USAGE
    assert "failed 1." in stopped.stdout
    assert "--home" in stopped.stderr
    assert "Traceback" not in stopped.stderr


def test_a_folder_of_live_mode_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mode").write_text("live\n")
    refused = mash("demo", "--once", "--home", str(tmp_path))
    assert refused.returncode == Exit.USAGE
    assert "live mode" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_signed_demonstration_starts_with_a_book_that_its_own_signers_put_in_force(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for _ in range(2):
        told = mash("demo", "--once", "--decisions", "0", "--signed", "--home", str(home))
        assert told.returncode == Exit.OK, told.stdout[-2000:] + told.stderr
    keys = tmp_path / "home-signers"
    assert sorted(path.name for path in keys.glob("*.key")) == [
        "hugh.governance.key",
        "imogen.governance.key",
        "samir.guardian.key",
    ]
    assert [path.stat().st_mode & 0o077 for path in keys.iterdir()] == [0] * 4
    assert len(list((home / "policy/activated").iterdir())) == 1
