"""Real gateways, killed, frozen and woken: one of them signs at a time, and the next one does within five seconds."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import b64u, parse
from services.ledger.auditing.audit import OVERLAP
from services.ledger.auditing.check import Record
from services.ledger.entry import event_bytes
from services.ledger.lease.lease import PATIENCE
from services.ledger.verify import read_checkpoints, verify_records
from tests.verification.lease_child import sharing
from tests.verification.ledger_world import Place, trusted

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

LONG = bool(os.environ.get("LONG"))
ROUNDS = 6 if LONG else 1
WITHIN = 5.0
"""Seconds in which another gateway must answer releases after the holder was killed."""


@dataclass
class Said:
    """One receipt, as the gateway said it, and when it was heard."""

    index: int
    id: str
    size: int
    root: str
    at: float


@dataclass
class Gateway:
    """One process."""

    place: Place
    number: int
    said: list[Said] = field(default_factory=list)
    began: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Gateway":
        self.began.clear()
        place = self.place
        arguments = [
            str(place.home),
            place.store,
            place.hub,
            str(self.number),
            place.more.get("database", "none"),
        ]
        command = [sys.executable, "-m", "tests.verification.lease_child", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._hear, args=(self.process.stdout,), daemon=True).start()
        return self

    def _hear(self, out: Any) -> None:
        for line in out:
            if line == "began\n":
                self.began.set()
            elif line.endswith("\n"):
                index, id, size, root = line.split()
                self.said.append(Said(int(index), id, int(size), root, time.monotonic()))

    def send(self, what: signal.Signals) -> float:
        os.kill(self.process.pid, what)
        return time.monotonic()

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()


@dataclass
class Gateways:
    """Three that share a ledger."""

    place: Place
    all: list[Gateway]

    def holder(
        self, since: float, besides: Gateway | None = None, within: float = 30.0
    ) -> tuple[Gateway, float]:
        """Who first has a receipt from now on, other than `besides`; and how many seconds after `since`."""
        while time.monotonic() < since + within:
            for one in self.all:
                later = [said for said in one.said if said.at > since]
                if one is not besides and later:
                    return one, later[0].at - since
            time.sleep(0.01)
        raise AssertionError("no gateway took over")

    def begun(self) -> None:
        for one in self.all:
            assert one.began.wait(60)

    def end(self) -> list[Said]:
        for one in self.all:
            one.end()
        return [said for one in self.all for said in one.said]


SETS = ["journal, sqlite", "kafka, postgres", *(["kafka, sqlite"] if LONG else [])]


@pytest.fixture(params=SETS)
def gateways(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gateways]:
    store, checkpoints = request.param.split(", ")
    address = "file"
    if store == "kafka":
        address = f"kafka://{request.getfixturevalue('kafka_broker').address}"
    database = request.getfixturevalue("postgres_dsn") if checkpoints == "postgres" else "none"
    place = Place(tmp_path, address, f"hub-{uuid.uuid4().hex[:12]}", more=sharing(database))
    # All at once: the folder, the tables, the keys and the lease are made by whoever is first.
    running = Gateways(place, [Gateway(place, number).start() for number in range(3)])
    yield running
    running.end()


def one_history(place: Place, said: list[Said]) -> None:
    """Every receipt that any of them gave holds in the one log that stands, which verifies whole."""
    with place.opened() as ledger:
        assert ledger.health().ready, ledger.health().detail
        keys, logs = trusted(ledger), ledger._sequencer.logs
        tree = logs.by_code["council"].tree
        rows = ledger._store.recover({code: log.tree.size for code, log in logs.by_code.items()})
        records = [Record(row.log, row.at, row.leaf) for row in rows]
        leaves = [record.leaf for record in records if record.log == "council"]
        report = verify_records(records, place.hub, lambda: read_checkpoints(place.folder), keys)
        assert (report.findings, report.gaps) == ([], [])
        for one in said:
            assert b64u(tree.root(one.size)) == one.root, "a checkpoint of another history was signed"
            assert logs.places[event_bytes(one.id)] == ("council", one.index)
            assert ledger.opening(one.id) is not None
        whole = [parse(leaf) for leaf in leaves]
        late = {leaf["entry"]["facts"]["index"] for leaf in whole if leaf["entry"]["kind"] == OVERLAP}
        chains = [value for at, leaf in enumerate(whole) if at not in late for value in leaf["chain"]]
        assert len(set(chains)) == len(chains), "a chain value was given twice, and the log does not say so"


def freeze_between_writes(gateway: Gateway, place: Place) -> float:
    """SIGSTOP, at a moment at which it holds no lock of an SQLite file: whoever sleeps with one keeps the others waiting
    until it is killed or wakes, which is safe, and the reason to have checkpoints in PostgreSQL."""
    while True:
        slept = gateway.send(signal.SIGSTOP)
        time.sleep(0.05)
        if all(map(_free, place.folder.glob("*.db"))):
            return slept
        gateway.send(signal.SIGCONT)
        time.sleep(0.02)


def _free(path: Path) -> bool:
    base = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        base.execute("BEGIN IMMEDIATE")
        base.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        base.close()
    return True


def test_kill_the_holder_and_another_answers_in_time(
    gateways: Gateways, record_property: Callable[[str, object], None]
) -> None:
    gateways.begun()
    took = []
    for _ in range(ROUNDS):
        holder, _ = gateways.holder(time.monotonic())
        time.sleep(0.5)
        took.append(gateways.holder(holder.send(signal.SIGKILL), besides=holder)[1])
        holder.end()
        holder.start()
    record_property("seconds_to_take_over", took)
    assert max(took) < WITHIN
    time.sleep(0.5)
    said = gateways.end()
    assert len(said) > 20
    one_history(gateways.place, said)


# A journal has one writer's place: while its holder sleeps nobody else writes, which the test below this one holds.
@pytest.mark.parametrize("gateways", SETS[1:], indirect=True)
def test_a_holder_that_slept_signs_nothing_when_it_wakes(
    gateways: Gateways, record_property: Callable[[str, object], None]
) -> None:
    gateways.begun()
    for _ in range(ROUNDS):
        holder, _ = gateways.holder(time.monotonic())
        slept = freeze_between_writes(holder, gateways.place)
        # What it had said before it slept may still be on its way to us.
        time.sleep(0.3)
        before = len(holder.said)
        after, took = gateways.holder(slept + 0.3, besides=holder)
        record_property("seconds_to_take_over", took + 0.3)
        assert took + 0.3 < WITHIN
        time.sleep(0.3)
        first_of_next = min(said.index for said in after.said if said.at > slept)
        woke = holder.send(signal.SIGCONT)
        gateways.holder(woke + 1.0)
        # On waking it may still tell of what was signed before it slept; from there on the other one goes on.
        assert all(said.index < first_of_next for said in holder.said[before:])
    one_history(gateways.place, gateways.end())


def test_a_journal_whose_holder_sleeps_is_nobody_elses(tmp_path: Path) -> None:
    place = Place(tmp_path, "file", f"hub-{uuid.uuid4().hex[:12]}")
    running = Gateways(place, [Gateway(place, number).start() for number in range(2)])
    try:
        running.begun()
        holder, _ = running.holder(time.monotonic())
        slept = holder.send(signal.SIGSTOP)
        time.sleep(PATIENCE + 1)
        (other,) = [one for one in running.all if one is not holder]
        assert not [said for said in other.said if said.at > slept]
        running.holder(holder.send(signal.SIGCONT))
    finally:
        said = running.end()
    one_history(place, said)
