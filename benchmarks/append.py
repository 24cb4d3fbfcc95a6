"""Ledger append against its floor: the same callers, the same bytes, as many fsyncs a batch, and nothing
else.

Promise: both sides of a ratio run on the same machine in the same run, turn by turn; the vault is left out on
both (entries about nobody). A missed gate ends with exit code 1.

The gate is against the plain loop, which lets all its callers go at once. The ledger has each wake the next one, which is
quicker where there are many; so a second bare loop does that, too, and the ratio against it stands beside, without a gate.

    python -m benchmarks.append
    python -m benchmarks.append --callers 1 64 256
    python -m benchmarks.append --kafka 127.0.0.1:9092 --rounds 5
"""

import argparse
import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count, pairwise, product
from pathlib import Path
from statistics import median
from typing import Any

from kafka import KafkaProducer

from services.contract.canonical import b64u
from services.contract.releases import Asking, Draft
from services.ledger.open import open_ledger
from services.ledger.store.broker import Broker
from services.ledger.store.kafka import PRODUCER
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

GATES = {"embedded": 0.6, "kafka": 0.7}
_DIGEST = b64u(bytes(32))
_SIZE = 640
"""Bytes of a bare entry: about those of the entries that the other side stores."""


@dataclass
class Run:
    """One side of one round: appends a second, and the milliseconds of each."""

    rate: float
    times: list[float]


def drive(append: Callable[[int], object], callers: int, each: int) -> Run:
    """So many threads, each calling `append(caller)` `each` times, one after another."""
    times: list[list[float]] = [[] for _ in range(callers)]
    ready = threading.Barrier(callers + 1)

    def call(caller: int) -> None:
        ready.wait()
        for _ in range(each):
            begun = time.perf_counter()
            append(caller)
            times[caller].append((time.perf_counter() - begun) * 1000)

    threads = [threading.Thread(target=call, args=(n,)) for n in range(callers)]
    for thread in threads:
        thread.start()
    ready.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    return Run(callers * each / took, sorted(value for row in times for value in row))


class Waiting:
    """A bare entry on its way, and who is woken after its caller."""

    __slots__ = ("done", "log", "next", "raw")

    def __init__(self, log: int) -> None:
        self.log, self.raw = log, os.urandom(16) + bytes(_SIZE - 16)
        self.next: Waiting | None = None
        self.done = threading.Lock()
        self.done.acquire()


class Bare:
    """A group commit and no more: what queued while the last batch was made durable is the next batch. `in_turn`: each
    caller wakes the next, and the next batch is begun when the last is awake, as in the ledger; else all at once."""

    def __init__(self, commit: Callable[[Sequence[tuple[int, bytes]]], None], in_turn: bool) -> None:
        self._commit, self._in_turn = commit, in_turn
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def append(self, log: int) -> None:
        """Queue an entry and wait until it is durable."""
        mine = Waiting(log)
        self._queue.put(mine)
        mine.done.acquire()
        if mine.next is not None:
            mine.next.done.release()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            try:
                while (more := self._queue.get_nowait()) is not None:
                    batch.append(more)
            except queue.Empty:
                pass
            self._commit([(one.log, one.raw) for one in batch])
            if self._in_turn:
                self._wake_in_turn(batch)
            else:
                for one in batch:
                    one.done.release()

    def _wake_in_turn(self, batch: list[Waiting]) -> None:
        last = Waiting(0)
        for one, after in pairwise([*batch, last]):
            one.next = after
        batch[0].done.release()
        last.done.acquire()

    def close(self) -> None:
        """End the thread."""
        self._queue.put(None)
        self._thread.join()


@contextmanager
def bare_file(folder: Path, logs: int, in_turn: bool) -> Iterator[Callable[[int], object]]:
    """One file for the entries and one for the checkpoint, an fsync each."""
    files = [os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND) for name in ("entries", "head")]

    def commit(batch: Sequence[tuple[int, bytes]]) -> None:
        os.write(files[0], b"".join(raw for _, raw in batch))
        os.fdatasync(files[0])
        os.write(files[1], bytes(64) * min(logs, len(batch)))
        os.fdatasync(files[1])

    bare = Bare(commit, in_turn)
    yield lambda caller: bare.append(caller % logs)
    bare.close()


@contextmanager
def bare_kafka(
    folder: Path, logs: int, in_turn: bool, where: Callable[[], tuple[str, str]]
) -> Iterator[Callable[[int], object]]:
    """One flush of kafka-python and one checkpoint write a batch, with the settings and the kind of topics
    that the ledger uses; topics new in each round, as the ledger's are."""
    servers, hub = where()
    head = os.open(folder / "head", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    topics = [f"bare.{hub}.{n}" for n in range(logs)]
    for topic in topics:
        Broker([servers]).make(topic)
    producer = KafkaProducer(bootstrap_servers=[servers], **PRODUCER)
    for topic in topics:
        producer.partitions_for(topic)

    def commit(batch: Sequence[tuple[int, bytes]]) -> None:
        for log, raw in batch:
            producer.send(topics[log], raw, partition=0)
        producer.flush()
        os.write(head, bytes(64) * min(logs, len(batch)))
        os.fdatasync(head)

    bare = Bare(commit, in_turn)
    yield lambda caller: bare.append(caller % logs)
    bare.close()
    producer.close()


@contextmanager
def ledger(
    folder: Path, logs: int, where: Callable[[], tuple[str, str]]
) -> Iterator[Callable[[int], object]]:
    """The ledger itself, as the gateway calls it; `where` gives store and hub, new for each round on a
    broker."""
    store, hub = where()
    settings = Settings(mode="demo", home=folder, hub=hub, ledger=store, ledger_wait=60)
    opened = open_ledger(settings, KeyFolder(folder / "keys"))
    drafts = [draft(f"org-{n}") for n in range(logs)]
    for first in drafts:
        opened.append(first)
    yield lambda caller: opened.append(drafts[caller % logs])
    opened.close()


def draft(log: str) -> Draft:
    return Draft(
        log,
        "release.refused",
        Asking(log, "SW-CHILD", "a-user"),
        purpose="FAM-OVERVIEW",
        basis="6-1-e",
        case="a-case",
        policy_revision="0123456789abcdef",
        policy_digest=_DIGEST,
        decision_digest=_DIGEST,
        facts={"code": "PURPOSE_NOT_PERMITTED"},
    )


def measure(sides: Sequence[Callable[[Path], Any]], callers: int, rounds: int, each: int) -> list[list[Run]]:
    """Each side in turn, `rounds` times, each time in a folder of its own; the first round warms up and is
    dropped."""
    runs: list[list[Run]] = [[] for _ in sides]
    for number in range(rounds + 1):
        for side, opened in enumerate(sides):
            with tempfile.TemporaryDirectory() as name, opened(Path(name)) as append:
                drive(append, callers, max(each // 10, 1))
                run = drive(append, callers, each)
            if number:
                runs[side].append(run)
    return runs


def row(title: str, runs: list[list[Run]], gate: float) -> bool:
    """Print one line; whether the gate is met by the median over the rounds."""
    mine, bare, turn = ([run.rate for run in side] for side in runs)
    ratio = median(a / b for a, b in zip(mine, bare, strict=True))
    second = median(a / b for a, b in zip(mine, turn, strict=True))
    p50 = [median(run.times[len(run.times) // 2] for run in side) for side in runs]
    p99 = [median(run.times[len(run.times) * 99 // 100] for run in side) for side in runs]
    print(
        f"{title:26} {median(mine):9.0f} {median(bare):9.0f} {ratio:6.2f} {gate:5.1f}  "
        f"{p50[0]:6.1f} {p50[1]:6.1f}  {p99[0]:6.1f} {p99[1]:6.1f}  {median(turn):9.0f} {second:6.2f}  "
        f"{'ok' if ratio >= gate else 'MISSED'}",
        flush=True,
    )
    return ratio >= gate


def sides(name: str, kafka: str, logs: int, hubs: Iterator[str]) -> list[Callable[[Path], Any]]:
    """Ledger, bare loop, and bare loop that wakes in turn, on a file or on the broker."""
    if name == "embedded":
        own = partial(ledger, logs=logs, where=lambda: ("file", "bench"))
        bare = partial(bare_file, logs=logs)
    else:
        own = partial(ledger, logs=logs, where=lambda: (f"kafka://{kafka}", next(hubs)))
        bare = partial(bare_kafka, logs=logs, where=lambda: (kafka, next(hubs)))
    return [own, partial(bare, in_turn=False), partial(bare, in_turn=True)]


def main() -> int:
    """Measure, print the table, and say by the exit code whether every gate is met."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--kafka", metavar="HOST:PORT", default="", help="also measure on this broker")
    arguments.add_argument("--rounds", type=int, default=5, help="rounds that count (default 5)")
    arguments.add_argument(
        "--callers", type=int, nargs="+", default=[64], help="how many at once (default 64)"
    )
    arguments.add_argument("--appends", type=int, default=7680, help="appends of all callers (default 7,680)")
    chosen = arguments.parse_args()
    head = "ledger      bare  ratio  gate  p50 ms: l, b    p99 ms: l, b    in turn  ratio"
    print(f"{'appends a second:':>26}    {head}")
    good, hubs = True, (f"bench-{os.getpid()}-{number}" for number in count())
    for name in ("embedded", "kafka") if chosen.kafka else ("embedded",):
        for callers, logs in product(chosen.callers, (1, 8)):
            each = max(chosen.appends // callers, 1)
            runs = measure(sides(name, chosen.kafka, logs, hubs), callers, chosen.rounds, each)
            good &= row(f"{name}, {callers} on {logs} log(s)", runs, GATES[name])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
