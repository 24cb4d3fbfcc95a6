"""The quick pass over a ledger against a bare hash loop over the same file, and the whole pass beside them.

Promise: the three run in one process, turn by turn, over the same journal, made by the ledger's own writer; the bare loop
reads the same bytes and makes the same roots, and nothing else. A missed gate ends with exit code 1.

    python -m benchmarks.integrity
    python -m benchmarks.integrity --entries 1000000 --rounds 3
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.grow import grow
from services.ledger.auditing.blocks import root_of_block
from services.ledger.auditing.integrity import verify_integrity
from services.ledger.verify import keys_beside, verify_folder

GATE = 0.9
_WIDTH = 256


def bare(folder: Path) -> None:
    """Every entry's hash, and the tree's over each 256 of them."""
    hashed, waiting = hashlib.sha256, b""
    hashes: list[bytes] = []
    with (folder / "journal").open("rb") as file:
        file.readline()
        while more := file.read(1 << 22):
            data, place = waiting + more, 0
            while len(data) - place >= 8:
                end = place + 8 + int.from_bytes(data[place : place + 4], "big")
                if end > len(data):
                    break
                hashes.append(hashed(b"\x00" + data[place + 25 + data[place + 24] + 8 : end]).digest())
                place = end
            waiting = data[place:]
            whole = len(hashes) - len(hashes) % _WIDTH
            for at in range(0, whole, _WIDTH):
                root_of_block(b"".join(hashes[at : at + _WIDTH]))
            hashes = hashes[whole:]


def seconds(act: Callable[[], object]) -> float:
    """Processor time of one call."""
    begun = time.process_time()
    act()
    return time.process_time() - begun


def main() -> int:
    """Measure, print the table, and say by the exit code whether the gate is met."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument(
        "--entries", type=int, default=200_000, help="entries of the log (default 200,000)"
    )
    arguments.add_argument("--rounds", type=int, default=5, help="rounds that count (default 5)")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = grow(Path(name), chosen.entries)
        keys = keys_beside(folder)
        sides: list[Callable[[], object]] = [
            lambda: bare(folder),
            lambda: verify_integrity(folder, keys),
            lambda: verify_folder(folder, keys),
        ]
        runs = [[seconds(side) for side in sides] for _ in range(chosen.rounds + 1)][1:]
    loop, quick, whole = (median(run[side] for run in runs) for side in range(3))
    ratio = median(run[0] / run[1] for run in runs)
    for title, took in (("bare hash loop", loop), ("integrity pass", quick), ("whole pass", whole)):
        print(f"{title:16} {took:7.2f} s {chosen.entries / took:11,.0f} entries/s")
    print(
        f"integrity pass against the bare loop: {ratio:.2f} (gate {GATE}) {'ok' if ratio >= GATE else 'MISSED'}"
    )
    return 0 if ratio >= GATE else 1


if __name__ == "__main__":
    sys.exit(main())
