"""kill -9 at any moment, and at each step of a batch: no acknowledged entry is lost, and the ledger starts by itself."""

import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import parse
from services.ledger.open import Ledger
from services.ledger.proof import Proof
from services.ledger.verify import verify_folder
from tests.verification.ledger_world import Place, refusal, trusted

STEPS = [
    "Vault.store.before",
    "Vault.store.after",
    "Disk.write.half",
    "Disk.write.after",
    "Disk.sync.after",
    "Checkpoints.swap.before",
    "Checkpoints.swap.after",
    "Log.sign.after",
    "Disk.overwrite.before",
]


def run_and_kill(
    place: Place, seconds: float, threads: int, point: str = "none"
) -> list[tuple[str, int, str]]:
    """What the process said it had receipts for before it died."""
    arguments = [str(place.home), place.store, place.hub, str(threads), point]
    command = [sys.executable, "-m", "tests.verification.ledger_child", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline()]
        if point == "none":
            time.sleep(seconds)
            child.kill()
        said += child.stdout.readlines()
        assert child.wait(30) in (-9, 9), child.stderr and child.stderr.read()
    # The last line may be cut in the middle: that receipt was never held by anybody.
    rows = [line.split() for line in said if line.endswith("\n")]
    return [(log, int(index), id) for log, index, id in rows]


def all_stand(ledger: Ledger, said: list[tuple[str, int, str]]) -> None:
    """Every receipt that was given out still holds, at its index."""
    assert ledger.health().ready, ledger.health().detail
    keys = trusted(ledger)
    for log, index, id in said:
        proof = Proof.parse(ledger.receipt(id) or b"")
        assert proof.index == index
        assert proof.verify(keys).origin.endswith(f"/{log}")
        assert parse(proof.leaf)["entry"]["event_id"] == id
        assert ledger.opening(id) is not None


def test_kill_at_any_moment_loses_nothing_acknowledged(tmp_path: Path) -> None:
    place = Place(tmp_path)
    said: list[tuple[str, int, str]] = []
    for round_ in range(5):
        said += run_and_kill(place, 0.15 + 0.2 * round_, threads=6)
        with place.opened() as ledger:
            all_stand(ledger, said)
    assert len(said) > 50
    with place.opened() as ledger:
        assert verify_folder(place.folder, trusted(ledger)).exit_code == 0


@pytest.mark.parametrize("point", STEPS)
def test_death_at_each_step_of_a_batch_is_recovered(tmp_path: Path, point: str) -> None:
    place = Place(tmp_path)
    said = run_and_kill(place, 0, threads=4, point=point)
    with place.opened() as ledger:
        all_stand(ledger, said)
        at = ledger.health().sizes.get("council", 0)  # It may have died before the log had begun.
        assert ledger.append(refusal()).index == at
    with place.opened() as ledger:
        report = verify_folder(place.folder, trusted(ledger))
        assert (report.exit_code, report.findings, report.notes) == (0, [], [])


def test_kill_on_kafka_loses_nothing_acknowledged(tmp_path: Path, kafka_broker: Any) -> None:
    place = Place(tmp_path, f"kafka://{kafka_broker.address}", f"hub-{uuid.uuid4().hex[:12]}")
    said: list[tuple[str, int, str]] = []
    for round_ in range(3):
        said += run_and_kill(place, 0.3 + 0.3 * round_, threads=6)
        with place.opened() as ledger:
            all_stand(ledger, said)
            ledger.append(refusal())
    assert len(said) > 20
