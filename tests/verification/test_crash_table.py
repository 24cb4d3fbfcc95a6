"""The crash table: death, EIO and ENOSPC at each call of the journal's file-system seam, in a process of its own.

What must hold after each: nothing acknowledged is lost; what was refused is refused until a restart, however well the disk is
again; the start puts right what was left; the log verifies. Every call of an append is tried with LONG=1, else of each kind
its first and its last. The same under strace, where it is installed, at the system calls themselves.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.ledger.verify import verify_folder
from tests.verification.ledger_world import Place, refusal, trusted
from tests.verification.seam_child import ENTRIES, FAULTS
from tests.verification.test_ledger_crash import all_stand

LONG = os.environ.get("LONG") == "1"
JOURNAL_CALLS = ("write", "sync")
"""Those by which an entry becomes durable: after one of them has failed, nothing more is taken."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("seam")
    which = "all" if LONG else "some"
    command = [sys.executable, "-m", "tests.verification.seam_child", str(folder), which]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [(folder / f"{case['at']}-{case['fault']}", case) for case in told]


def test_every_call_and_every_fault_was_tried(played: list[tuple[Path, dict[str, Any]]]) -> None:
    tried = Counter((case["call"], case["fault"]) for _, case in played)
    for call in ("open", "write", "sync", "read", "sync_folder", "overwrite", "replace", "close"):
        assert all(tried[(call, fault)] for fault in FAULTS), tried
    for _, case in played:
        (_, killed), *_ = case["told"]
        assert killed == (case["fault"] == "KILL"), case


def test_after_a_failed_write_or_fsync_nothing_is_taken_until_a_restart(
    played: list[tuple[Path, dict[str, Any]]],
) -> None:
    seen = 0
    for _, case in played:
        outcomes = [row for row in case["told"] if row[0] in ("receipt", "refused")]
        kinds = [row[0] for row in outcomes]
        if case["fault"] == "KILL" or not outcomes:
            continue
        if ["refused", case["call"]] in outcomes and case["call"] in JOURNAL_CALLS:
            seen += 1
            first = kinds.index("refused")
            assert set(kinds[first:]) == {"refused"}, case
            assert ["ready", False] in case["told"], case
        elif case["call"] in ("overwrite", "replace", "close"):
            # Signed checkpoints can be published again. The first entry of a log waits for its beginning to be published.
            assert kinds.count("refused") <= 1, case
            assert ["ready", True] in case["told"], case
    assert seen >= 4


def test_whatever_was_acknowledged_stands_after_the_restart(
    played: list[tuple[Path, dict[str, Any]]],
) -> None:
    given = 0
    for home, case in played:
        given += holds_after_a_restart(home, case["told"])
    assert given > 20


def holds_after_a_restart(home: Path, told: list[Any]) -> int:
    """Start it again, on a disk that is well; how many receipts were held."""
    said = [(row[1], row[2], row[3]) for row in told if row[0] == "receipt"]
    place = Place(home)
    with place.opened() as ledger:
        assert ledger.health().ready, (home.name, ledger.health().detail)
        keys = trusted(ledger)
        for log, index, id in said:
            assert ledger.receipt(id) is not None, (home.name, log, index)
        stood = ledger.health().sizes.get("council", 0)
        assert ledger.append(refusal()).index == stood
        # At most what was under way stands besides, as an entry without outcome: it counts as released.
        stand = sum(size for log, size in ledger.health().sizes.items() if log != "hub")
        assert len(said) <= stand - 1 <= ENTRIES
        keys = trusted(ledger)
    report = verify_folder(place.folder, keys)
    assert (report.exit_code, report.findings) == (0, []), (home.name, report.findings)
    return len(said)


# --- The same at the system calls themselves --------------------------------------------------------------

SYSTEM_CALLS = ("fdatasync", "pwrite64", "write", "ftruncate", "fsync", "openat")
NEEDS_STRACE = pytest.mark.skipif(
    shutil.which("strace") is None,
    reason="strace is not installed (apt-get install strace): the seam above was tried all the same",
)


def traced(home: Path, *inject: str) -> subprocess.CompletedProcess[str]:
    home.mkdir()
    child = [sys.executable, "-m", "tests.verification.ledger_once", str(home)]
    log = ["-o", str(home / "trace"), "-f", "-qq"]
    return subprocess.run(
        ["strace", *log, *inject, *child], capture_output=True, text=True, timeout=120, check=False
    )


def injections(folder: Path) -> Iterator[tuple[str, str, int]]:
    """(system call, fault, which) for the part of the run that appends."""
    well = traced(folder / "well", "-e", f"trace={','.join(SYSTEM_CALLS)}")
    assert well.returncode == 0, well.stderr
    lines = (folder / "well" / "trace").read_text().splitlines()
    began = next(n for n, line in enumerate(lines) if "begin" in line)
    for name in SYSTEM_CALLS:
        own = [n for n, line in enumerate(lines) if re.search(rf"^\d+ +{name}\(", line)]
        after = [place + 1 for place, n in enumerate(own) if n > began]
        chosen = after if LONG else after[:1] if name in ("fdatasync", "write") else []
        for which in chosen:
            faults = ("signal=KILL", "error=EIO", "error=ENOSPC")
            yield from ((name, fault, which) for fault in faults)


@NEEDS_STRACE
def test_the_same_at_system_calls(tmp_path: Path) -> None:
    tried = 0
    for name, fault, which in injections(tmp_path):
        home = tmp_path / f"{name}-{which}-{fault.partition('=')[2]}"
        done = traced(home, "-e", f"inject={name}:{fault}:when={which}")
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
        if fault == "signal=KILL":
            assert done.returncode in (-9, 137), (home.name, done.returncode, done.stderr)
        holds_after_a_restart(home, told)
        tried += 1
    assert tried >= 6


def test_every_receipt_of_a_well_run_stands(tmp_path: Path) -> None:
    """The check itself: what it holds is what was told."""
    command = [sys.executable, "-m", "tests.verification.ledger_once", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert [row[0] for row in told].count("receipt") == ENTRIES
    with Place(tmp_path).opened() as ledger:
        all_stand(ledger, [])
    assert holds_after_a_restart(tmp_path, told) == ENTRIES
    with pytest.raises(AssertionError):
        holds_after_a_restart(tmp_path, [*told, ["receipt", "council", 9, "A" * 22]])
