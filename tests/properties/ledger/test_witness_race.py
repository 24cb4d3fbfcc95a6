"""The race of C2SP tlog-witness: a smaller size stored after a larger one. Real threads, and a model beside the machine.

A witness calls its clock while it decides, so a clock that counts tells in which order checkpoints were accepted. The long
campaign (`LONG=1`) is twenty times as long. Memory stands in for the disk where there is a file system in memory: what is
tried here is the order of things, and not their durability.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.ledger.cosignature import cosigned_by
from services.ledger.witness.state import State
from services.ledger.witness.witness import Witness
from tests.witnessing import GrownLog, Said, a_cosigner, a_signer, a_witness

ROUNDS = 40_000 if os.environ.get("LONG") else 2_000
THREADS = 3
LOG = GrownLog().grow(40)
KEY = a_cosigner()


@pytest.fixture
def often() -> Iterator[None]:
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def two_processes(folder: Path) -> list[Witness]:
    """Two witnesses with one key over one database, as if two processes had been started; their clock counts together."""
    tick = count(1)
    return [
        Witness(
            [KEY],
            [LOG.signer.verifier],
            State(folder / "witness.db"),
            folder / "proofs",
            Said(),
            lambda: next(tick),
        )
        for _ in range(2)
    ]


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as name:
        yield Path(name)


def test_no_smaller_size_is_cosigned_after_a_larger_one(quick_folder: Path, often: None) -> None:
    """The scenario of the specification, over and over: all ask from one size, each for another."""
    chance, cosigned, done = random.Random(7), 0, 0
    with ThreadPoolExecutor(THREADS) as pool:
        for epoch in count():
            folder = quick_folder / str(epoch)
            folder.mkdir()
            witnesses, stored, accepted = two_processes(folder), 0, []
            while stored < LOG.tree.size and done < ROUNDS:
                sizes = [
                    chance.randint(max(stored, 1), min(LOG.tree.size, stored + 4)) for _ in range(THREADS)
                ]
                ready = Barrier(THREADS)

                def ask(place: int, sizes: list[int] = sizes, old: int = stored, ready: Barrier = ready,
                        witnesses: list[Witness] = witnesses) -> tuple[int, int, bytes]:  # fmt: skip
                    ready.wait()
                    answer = witnesses[place % 2].add_checkpoint(LOG.request(old, sizes[place]))
                    return sizes[place], answer.status, answer.body

                for size, status, body in pool.map(ask, range(THREADS)):
                    assert status in (200, 409)
                    if status == 200:
                        (moment,) = cosigned_by(LOG.note(size) + body, [KEY.cosigner]).values()
                        accepted.append((moment, size))
                stored, done = max(size for _, size in accepted), done + 1
            in_order = [size for _, size in sorted(accepted)]
            assert len({moment for moment, _ in accepted}) == len(accepted)
            assert all(before <= after for before, after in pairwise(in_order)), in_order
            # From one size only one request can move a log on; the others are told of the conflict.
            cosigned += len(accepted)
            if done >= ROUNDS:
                break
    assert cosigned >= ROUNDS


class Machine(RuleBasedStateMachine):
    """Two forks of one log and a model of one number and one fork against the witness, restarts among them."""

    @initialize(base=st.integers(0, 9))
    def begin(self, base: int) -> None:
        self.folder = Path(self.enter(tempfile.TemporaryDirectory()))
        shared = GrownLog().grow(base)
        self.logs = [shared.fork().grow(12, "one"), shared.fork().grow(12, "two")]
        self.base, self.size, self.on, self.shown = base, 0, 0, set[tuple[int, int]]()
        self.witness, self.said, self.state = a_witness(self.folder)

    def enter(self, context: "tempfile.TemporaryDirectory[str]") -> str:
        self.context = context
        return context.name

    def side(self, fork: int, size: int) -> int:
        """-1 while the two are one."""
        return fork if size > self.base else -1

    @rule(fork=st.integers(0, 1), old=st.integers(0, 21), new=st.integers(0, 21), honest=st.booleans())
    def ask(self, fork: int, old: int, new: int, honest: bool) -> None:
        log = self.logs[fork]
        old, new = (self.size if honest else min(old, log.tree.size)), min(new, log.tree.size)
        answer = self.witness.add_checkpoint(log.request(old, new))
        if old > new:
            assert answer.status == 400
            return
        if old != self.size:
            assert (answer.status, answer.body) == (409, b"%d\n" % self.size)
        elif self.size and self.side(fork, self.size) != self.side(self.on, self.size):
            assert answer.status == 422
        else:
            assert answer.status == 200
            self.size, self.on = new, fork
        if new:
            self.shown.add((self.side(fork, new), new))

    @rule(fork=st.integers(0, 1), size=st.integers(1, 21))
    def hear_of(self, fork: int, size: int) -> None:
        size = min(size, self.logs[fork].tree.size)
        self.witness.compare(self.logs[fork].note(size), "a peer")
        self.shown.add((self.side(fork, size), size))

    @rule()
    def restart(self) -> None:
        self.state.close()
        said = self.said.lines
        self.witness, self.said, self.state = a_witness(self.folder)
        self.said.lines = said

    @rule(seed=st.integers(20, 22), size=st.integers(1, 9))
    def forge(self, seed: int, size: int) -> None:
        assert self.witness.add_checkpoint(GrownLog(a_signer(seed=seed)).grow(size).request(0)).status == 403

    @precondition(lambda self: hasattr(self, "logs"))
    @invariant()
    def both_pasts_of_one_size_are_never_without_a_proof(self) -> None:
        split = {size for side, size in self.shown if side == 0} & {
            size for side, size in self.shown if side == 1
        }
        proofs = sum(line.startswith("SPLIT VIEW") for line in self.said.lines)
        assert (proofs > 0) >= bool(split)

    def teardown(self) -> None:
        if hasattr(self, "state"):
            self.state.close()
            self.context.cleanup()


TestWitness = Machine.TestCase
TestWitness.settings = settings(
    max_examples=400 if os.environ.get("LONG") else 25, stateful_step_count=20, deadline=None
)
