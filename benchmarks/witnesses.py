"""What it costs that a release waits for witnesses: the same appends with none, and with a quorum of two out of three.

Promise: both sides run in the same run, turn by turn; the witnesses are processes of their own (`mash witness serve`) with
their own fsyncs, on this machine: the network's round trip comes on top. There is no gate: it is a price, to be known.

    python -m benchmarks.witnesses
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from services.contract.releases import Asking, Draft
from services.ledger.open import log_signer, open_ledger
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

HUB, LOGS = "bench-hub", ("council", "hub")
WITNESSES, QUORUM = 3, 2
REFUSED = {"code": "CONSENT_REFUSED"}


def main() -> None:
    """Print a row for each number of callers and each side."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--callers", type=int, nargs="+", default=[1, 64])
    asked.add_argument("--seconds", type=float, default=4.0)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    for callers in given.callers:
        sides: dict[str, list[tuple[float, float, float]]] = {"off": [], "sync": []}
        for _ in range(given.rounds):
            for mode, runs in sides.items():
                runs.append(_run(mode, callers, given.seconds))
        for mode, runs in sides.items():
            rate, middle, late = (median(values) for values in zip(*runs, strict=True))
            print(f"{callers} callers, {mode}: {rate:.0f} a second, p50 {middle:.1f} ms, p99 {late:.1f} ms")


def _run(mode: str, callers: int, seconds: float) -> tuple[float, float, float]:
    """Appends a second, and the milliseconds of the middle and of the 99th of a hundred."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as opened:
        folder = Path(name)
        keys = KeyFolder(folder / "home/keys")
        settings = {"mode": "demo", "home": folder / "home", "hub": HUB}
        if mode == "sync":
            settings |= {"witness_mode": "sync", "witness_policy": _witnesses(folder, keys, opened)}
        ledger = open_ledger(Settings.model_validate(settings), keys)
        opened.callback(ledger.close)
        ledger.append(_draft())
        times: list[list[float]] = [[] for _ in range(callers)]
        until = time.perf_counter() + seconds

        def call(mine: list[float]) -> None:
            while (begun := time.perf_counter()) < until:
                ledger.append(_draft())
                mine.append((time.perf_counter() - begun) * 1000)

        threads = [threading.Thread(target=call, args=(mine,)) for mine in times]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = sorted(one for mine in times for one in mine)
        return len(took) / seconds, median(took), took[len(took) * 99 // 100]


def _draft() -> Draft:
    """A refused request: about nobody, so the vault has no part in it."""
    return Draft(
        "council", "release.refused", Asking("council", "GP", "a-doctor"), purpose="TREAT", facts=REFUSED
    )


def _witnesses(folder: Path, keys: KeyFolder, opened: ExitStack) -> Path:
    """Started, in processes of their own; the policy file that names them."""
    logs = folder / "logs.vkeys"
    logs.write_text(
        "".join(f"{log_signer(HUB, code, keys).verifier.vkey}\n" for code in LOGS), encoding="utf-8"
    )
    names = [f"w{n}" for n in range(WITNESSES)]
    lines = [
        f"witness {name} {_key(folder, name)} {opened.enter_context(_serving(folder, name, logs))}"
        for name in names
    ]
    policy = folder / "policy"
    text = "\n".join([*lines, f"group all-of-them {QUORUM} {' '.join(names)}", "quorum all-of-them"])
    policy.write_text(text + "\n", encoding="utf-8")
    return policy


def _key(folder: Path, name: str) -> str:
    said = subprocess.run(
        _mash("key", "--home", folder / name, "--name", name), check=True, capture_output=True, text=True
    )
    return said.stdout.strip()


@contextmanager
def _serving(folder: Path, name: str, logs: Path) -> Iterator[str]:
    command = _mash("serve", "--home", folder / name, "--logs", logs, "--port", "0")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    try:
        said = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", said)
        if not found:
            raise RuntimeError(f"the witness {name} did not start: {said}")
        yield found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        if process.stdout:
            process.stdout.close()


def _mash(*arguments: str | Path) -> Sequence[str | Path]:
    return [Path(sys.executable).with_name("mash"), "witness", *arguments]


if __name__ == "__main__":
    main()
