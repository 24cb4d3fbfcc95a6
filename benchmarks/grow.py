"""What the length of a log costs: appending to it and verifying it, from a thousand entries to as many as are asked for.

Promise: the log grows by the ledger's own appends; each length is measured in the same run, by processor time and by the
clock; memory is that of a process of its own which verifies the whole log. What lies between the lengths is appended by one
caller that waits for one entry in two thousand, which is quicker; what is measured is appended by 64 that wait for each.
A missed gate ends with exit code 1.

    python -m benchmarks.grow
    python -m benchmarks.grow --entries 10000000
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from benchmarks.append import draft
from services.ledger.open import Ledger, open_ledger
from services.ledger.verify import keys_beside, verify_folder
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

GATE = 1.2
AT_ONCE = 64
LOG = "org-0"
SAMPLES = 15
EACH = 320
"""Appends of one sample."""
BURST = 2_000
"""Entries that one caller queues before it waits; fewer than a sequencer's longest queue."""


def opened(folder: Path) -> Ledger:
    """The ledger in this folder, embedded."""
    settings = Settings(mode="demo", home=folder, hub="bench", ledger="file", ledger_wait=60)
    return open_ledger(settings, KeyFolder(folder / "keys"))


def add(ledger: Ledger, count: int) -> float:
    """Append as many from 64 callers; processor time an append, in microseconds."""
    one = draft(LOG)

    def call(mine: int) -> None:
        for _ in range(mine):
            ledger.append(one)

    threads = [threading.Thread(target=call, args=(count // AT_ONCE,)) for _ in range(AT_ONCE)]
    begun = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.process_time() - begun) / (count // AT_ONCE * AT_ONCE) * 1e6


def fill(ledger: Ledger, count: int) -> None:
    """Append as many from one caller, which waits for the last of each burst."""
    one = draft(LOG)
    for left in range(count, 0, -BURST):
        for _ in range(min(BURST, left) - 1):
            ledger.append_later(one)
        ledger.append(one)


def grow(folder: Path, entries: int) -> Path:
    """A ledger of one log of this many entries; its folder."""
    ledger = opened(folder)
    fill(ledger, entries)
    ledger.close()
    return folder / "ledger"


def memory_of_verifying(folder: Path) -> tuple[float, float]:
    """Seconds, and MiB at most, of a process of its own."""
    begun = time.perf_counter()
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.grow", "--verify", str(folder)], check=True, capture_output=True
    )
    return time.perf_counter() - begun, int(answer.stdout) / 1024


def _verify(folder: Path) -> int:
    if verify_folder(folder, keys_beside(folder)).exit_code:
        raise SystemExit("the log does not verify")
    print(most_memory())
    return 0


def most_memory() -> int:
    """KiB that this process had at most. `ru_maxrss` of Linux counts in what its parent had when it was started."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(one for one in status.read_text("ascii").splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1])


def main() -> int:
    """Grow, measure at each power of ten, and say by the exit code whether the gate is met."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--entries", type=int, default=100_000, help="how far to grow (default 100,000)")
    arguments.add_argument("--verify", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.verify:
        return _verify(chosen.verify)
    costs: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder, size, target = Path(name), 0, 1_000
        while target <= chosen.entries:
            begun = time.perf_counter()
            ledger = opened(folder)
            begin = time.perf_counter()
            fill(ledger, target - size)
            filled = time.perf_counter()
            samples = SAMPLES if target < 10_000_000 else SAMPLES // 2
            costs.append(median(add(ledger, EACH) for _ in range(samples)))
            size = target + samples * (EACH // AT_ONCE * AT_ONCE)
            ledger.close()
            print(
                f"{size:12,} entries: append {costs[-1]:6.1f} us; opened in {begin - begun:6.1f} s, "
                f"filled in {filled - begin:6.1f} s",
                flush=True,
            )
            took, most = memory_of_verifying(folder / "ledger")
            stored = (folder / "ledger/journal").stat().st_size / 1e6
            print(
                f"{'':12} journal {stored:8,.0f} MB; verified whole in {took:7.1f} s with {most:6.0f} MiB",
                flush=True,
            )
            target *= 10
    ratio = costs[-1] / costs[0]
    print(
        f"append at the end against the start: {ratio:.2f} (gate {GATE}) {'ok' if ratio <= GATE else 'MISSED'}"
    )
    return 0 if ratio <= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
