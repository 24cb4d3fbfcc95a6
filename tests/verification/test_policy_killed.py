"""The hub killed at every step of an activation: afterwards the book is in force, entered once, answered, and nothing is lost."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.ledger.journal import Frame, read_frames, read_hub
from tests.signing_world import Installation, an_installation, end_isa
from tests.verification.activating_child import STEPS

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120


def hub(installation: Installation, step: str = "") -> subprocess.CompletedProcess[str]:
    """The hub's hand, run once through what waits."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.verification.activating_child"]
    keys = installation.home.parent / "keys"
    return subprocess.run(
        [*command, str(installation.home), str(keys), step],
        cwd=ROOT, check=False, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip


def entries(installation: Installation) -> list[dict[str, object]]:
    with next((installation.home / "ledger").glob("*journal*")).open("rb") as file:
        read_hub(file)
        return [json.loads(one.leaf)["entry"] for one in read_frames(file) if isinstance(one, Frame)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with its first book in force."""
    made = an_installation(tmp_path_factory.mktemp("installation"))
    first = made.propose(signed=("idris.bell", "carys.holt"))
    made.ask(first, first.statement.signers)
    ran = hub(made)
    assert ran.returncode == 0, ran.stderr
    return made


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_it_is_taken_up_where_it_was(template: Installation, step: str, when: str) -> None:
    before = entries(template)
    number = len(template.lifecycle.activated.all())
    # Each time a day earlier: it only takes away.
    end_isa(template.folder, f"2030-{12 - number:02}-01")
    proposal = template.propose()
    request = template.ask(proposal)
    killed = hub(template, f"{step}, {when}")
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    ran = hub(template)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split()[0] == proposal.statement.policy
    assert template.answer(request)["outcome"] == "in-force"
    new = entries(template)[len(before) :]
    assert [(entry["kind"], entry["policy"]["digest"]) for entry in new] == [  # type: ignore[index]
        ("policy.activated", proposal.statement.policy)
    ]
    records = template.lifecycle.activated.all()
    assert len(records) == number + 1
    assert records[-1].policy == proposal.statement.policy
    assert records[-1].event_id == new[0]["event_id"]
    assert not template.lifecycle.requests.waiting()
    assert not [path for path in template.lifecycle.proposals.folder.iterdir() if path.name.startswith(".")]


def test_the_first_book_of_all_too(tmp_path: Path) -> None:
    made = an_installation(tmp_path)
    first = made.propose(signed=("idris.bell", "carys.holt"))
    request = made.ask(first, first.statement.signers)
    for step in ("decided, after", "entered, before", "recorded, before", "answered, before"):
        assert hub(made, step).returncode == -signal.SIGKILL, step
    ran = hub(made)
    assert ran.stdout.split()[0] == first.statement.policy, ran.stderr
    assert [entry["kind"] for entry in entries(made)] == ["log.begun", "policy.activated"]
    assert made.answer(request)["outcome"] == "in-force"
