"""The model is of this code: whatever is done to real sequencers over a real journal, each step that they make is one that the
model allows, and leads to the same stores. And it can fail: a sequencer whose steps are in another order is refused.

More of it: LONG=1.
"""

import os
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from services.ledger import append
from services.ledger.append import Sequencer
from services.ledger.checkpoints import Checkpoints
from services.ledger.log import Log
from services.ledger.pending import Pending
from services.ledger.store.file import FileStore
from tests.model.trace import POINTS, WHOLE, NotOfTheModel, Trace

LONG = os.environ.get("LONG") == "1"


class Journal(RuleBasedStateMachine):
    """One sequencer after another over one journal, dying at every point."""

    lock = True
    writers = 1
    points: tuple[str, ...] = POINTS

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.trace = Trace(Path(self.folder.name), lock=self.lock)
        self.ready = [False] * self.writers

    def numbers(self, *, up: bool) -> list[int]:
        return [one for one in range(self.writers) if (one in self.trace.ledgers) == up]

    @precondition(lambda self: self.numbers(up=False))
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.numbers(up=False)))
        self.ready[number] = self.trace.start(number)

    @precondition(lambda self: any(self.ready))
    @rule(data=st.data(), count=st.integers(1, 3))
    def append(self, data: st.DataObject, count: int) -> None:
        number = data.draw(st.sampled_from([one for one, ready in enumerate(self.ready) if ready]))
        self.ready[number] = self.trace.append(number, count)

    @precondition(lambda self: any(self.ready))
    @rule(data=st.data())
    def die(self, data: st.DataObject) -> None:
        point = data.draw(st.sampled_from(self.points))
        number = data.draw(st.sampled_from([one for one, ready in enumerate(self.ready) if ready]))
        assert not self.trace.append(number, die=point)
        self.end(number)

    @precondition(lambda self: self.numbers(up=True))
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        self.end(data.draw(st.sampled_from(self.numbers(up=True))))

    def end(self, number: int) -> None:
        self.trace.end(number)
        self.ready[number] = False
        self.trace.same_store()

    def teardown(self) -> None:
        for number in list(self.trace.ledgers):
            with suppress(NotOfTheModel):
                self.trace.end(number)
        self.folder.cleanup()


class Shared(Journal):
    """Two sequencers on one journal at once, whose lock did not keep them apart."""

    lock = False
    writers = 2
    # Half a frame would stand between whole ones: that journal is read by nobody any more.
    points = WHOLE


QUICK = settings(
    max_examples=150 if LONG else 8,
    stateful_step_count=40 if LONG else 14,
    deadline=None,
    # The way to a step that is not the model's is told as it came; to shrink it takes minutes.
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
TestJournal = Journal.TestCase
TestJournal.settings = QUICK
TestShared = Shared.TestCase
TestShared.settings = QUICK


@pytest.mark.parametrize("point", POINTS)
def test_death_at_each_point_and_the_start_after_it_are_of_the_model(tmp_path: Path, point: str) -> None:
    trace = Trace(tmp_path)
    assert trace.start(0)
    assert trace.append(0, 2)
    assert not trace.append(0, die=point)
    trace.end(0)
    trace.same_store()
    assert trace.start(0)
    assert trace.append(0)
    trace.end(0)
    trace.same_store()


def test_the_second_of_two_is_stopped_at_the_swap_as_in_the_model(tmp_path: Path) -> None:
    trace = Trace(tmp_path, lock=False)
    assert trace.start(0)
    assert trace.start(1)
    assert trace.append(0)
    assert not trace.append(1)
    assert trace.steps[-2:] == ["2: store", "2: swap refused"]
    trace.end(1)
    trace.end(0)


def _signs_first(real: Callable[..., Any]) -> Callable[..., Any]:
    def signed_first(store: FileStore, rows: Any) -> Any:
        for log in logs_of():
            log.sign()
        return real(store, rows)

    return signed_first


def logs_of() -> list[Log]:
    """The logs of whichever sequencer this is."""
    thread = threading.current_thread()
    assert isinstance(thread, Sequencer)
    return list(thread.logs.by_code.values())


def _answers_first(real: Callable[..., Any]) -> Callable[..., Any]:
    def swap(base: Checkpoints, moves: Any) -> None:
        thread = threading.current_thread()
        if isinstance(thread, Sequencer) and thread.open:
            vars(append)["wake_all"]([Pending("", b"", "", b"")])
        real(base, moves)

    return swap


def _moves_blindly(_: Callable[..., Any]) -> Callable[..., Any]:
    def swap(base: Checkpoints, moves: Any) -> None:
        for move in moves:
            told = (move.new.size, move.new.root, move.origin)
            base._base.execute("UPDATE head SET size=?, root=? WHERE origin=?", told)

    return swap


@pytest.mark.parametrize(
    ("owner", "name", "changed", "two"),
    [
        pytest.param(FileStore, "append", _signs_first, False, id="signs before it is durable"),
        pytest.param(Checkpoints, "swap", _answers_first, False, id="answers before it is signed"),
        pytest.param(Checkpoints, "swap", _moves_blindly, True, id="no compare-and-swap"),
    ],
)
def test_a_sequencer_in_another_order_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, changed: Any, two: bool
) -> None:
    monkeypatch.setattr(owner, name, changed(getattr(owner, name)))
    trace = Trace(tmp_path, lock=not two)
    seen: list[str] = []
    real = trace._settled

    def settled(step: str) -> None:
        try:
            real(step)
        except NotOfTheModel as refused:
            seen.append(str(refused))
            raise

    monkeypatch.setattr(trace, "_settled", settled)
    assert trace.start(0)
    if two:
        assert trace.start(1)
    trace.append(0)
    if two:
        with suppress(NotOfTheModel):
            trace.append(1)
    assert seen, trace.steps
    for number in list(trace.ledgers):
        trace.ledgers.pop(number).close()
