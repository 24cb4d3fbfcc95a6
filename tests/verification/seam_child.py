"""A process that appends while one call of the file-system seam fails or kills it; one fork for each case, told as JSON lines.

Arguments: folder, whether to go through every call ("all") or some ("some"). Run by test_crash_table.
"""

import errno
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from services.contract.problems import Problem
from services.ledger import publish
from services.ledger.store.disk import Disk
from tests.verification.ledger_world import Place, refusal

CALLS = ("open", "write", "sync", "read", "truncate", "size", "close", "sync_folder", "overwrite", "replace")
ENTRIES = 3
FAULTS: dict[str, int] = {"KILL": 0, "EIO": errno.EIO, "ENOSPC": errno.ENOSPC}


class FaultyDisk(Disk):
    """Counts every call; at the `at`-th it fails with `fault`, and is well again from then on."""

    def __init__(self, at: int = 0, fault: str = "") -> None:
        self.at, self.fault, self.calls = at, fault, list[str]()

    def __getattribute__(self, name: str) -> Any:
        real = super().__getattribute__(name)
        return self._watched(name, real) if name in CALLS else real

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*told: Any) -> Any:
            self.calls.append(name)
            if len(self.calls) != self.at:
                return real(*told)
            if name == "write":
                # As a disk that fills up, or a process that dies in the middle of it.
                os.write(told[0], told[1][: len(told[1]) * 2 // 3])
            if self.fault == "KILL":
                os.kill(os.getpid(), signal.SIGKILL)
            if name == "close":
                real(*told)
            raise OSError(FAULTS[self.fault], "made to fail")

        return call


def play(home: Path, disk: FaultyDisk, tell: Callable[[Any], None]) -> None:
    """Three entries into two logs, and two more once something was refused; `tell` is told as it goes."""
    try:
        with Place(home, wait=10).opened(disk) as ledger:
            for number in range(ENTRIES):
                log = ("council", "nhs-trust")[number % 2]
                began = len(disk.calls)
                try:
                    receipt = ledger.append(refusal(log))
                    tell(["receipt", log, receipt.index, receipt.id])
                except Problem:
                    tell(["refused", disk.calls[disk.at - 1] if began < disk.at <= len(disk.calls) else ""])
            tell(["ready", ledger.health().ready])
    except (Problem, OSError) as error:
        tell(["not opened", type(error).__name__])
    tell(["calls", disk.calls])


def cases(calls: list[str], every: bool) -> Iterator[tuple[int, str]]:
    """(number of the call, fault): every one, or for each kind of call its first and its last."""
    some = {calls.index(name) for name in calls} | {
        len(calls) - 1 - calls[::-1].index(name) for name in calls
    }
    for at in range(len(calls)):
        for fault in FAULTS:
            if every or at in some:
                yield at + 1, fault


def main() -> None:
    # Published at each batch and not by the clock: the same calls in the same order, however busy the machine.
    publish.SETTLE = -1.0
    folder, which = Path(sys.argv[1]), sys.argv[2]
    calls = forked(folder / "well", 0, "")[-1][1]
    for at, fault in cases(calls, which == "all"):
        home = folder / f"{at}-{fault}"
        told = forked(home, at, fault)
        sys.stdout.write(json.dumps({"at": at, "call": calls[at - 1], "fault": fault, "told": told}) + "\n")


def forked(home: Path, at: int, fault: str) -> list[Any]:
    """One case in a process of its own; what it told before its end."""
    home.mkdir(parents=True)
    said = home / "said"
    child = os.fork()
    if child == 0:
        with said.open("ab", buffering=0) as out:

            def tell(what: Any) -> None:
                out.write(json.dumps(what).encode() + b"\n")

            play(home, FaultyDisk(at, fault), tell)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return [["killed", killed], *map(json.loads, said.read_bytes().splitlines())]


if __name__ == "__main__":
    main()
