"""The real sequencer's steps, as they happen, held against the model: each must be one that the model allows there.

Promise: a step is written down where the real code makes it (the very methods of store, checkpoint store, log and sequencer),
with what it then holds; where the model knows of no such step, or of none that leads to the same stores, the trace is refused.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from services.ledger import append as append_module
from services.ledger.checkpoints import Checkpoints, Head, Move
from services.ledger.journal import Frame, read_frames, read_hub
from services.ledger.log import Log
from services.ledger.open import Ledger, open_ledger
from services.ledger.pending import Pending
from services.ledger.store import chosen
from services.ledger.store.file import FileStore
from services.ledger.store.ports import Row, StoreHalted
from services.ledger.tree import Tree, leaf_hash
from tests.model.ledger import Rules, State, broken, steps, take
from tests.verification.ledger_world import Place, refusal

LOG = "council"
WHOLE = ("store", "store after", "swap", "swap after", "sign", "sign after", "answer")
POINTS = ("store half", *WHOLE)
"""Where a sequencer may die: before a step, half-way through it, or after it."""
_MANY = 1_000_000


class Died(Exception):
    """The process ends here: nothing after this is done by it."""


class NotOfTheModel(AssertionError):
    """The real code made a step that the model does not allow."""


class Trace:
    """Up to two sequencers over one folder, driven one act at a time, and every model state that they may be in."""

    def __init__(self, home: Path, *, lock: bool = True) -> None:
        self.rules = Rules(journal=True, lock=lock, entries=_MANY, crashes=_MANY)
        self.steps: list[str] = []
        # One log is followed: the emergency log is a second one, on a store of its own.
        self.place = Place(home, wait=2.0, more={"emergency_log": "off"})
        self.ledgers: dict[int, Ledger] = {}
        self._leaves: dict[bytes, int] = {}
        self._now = 0
        self._die = ""
        with self.place.opened() as ledger:
            # The hub's own log has listed it: from here on each step is this log's.
            ledger.append(refusal(LOG))
        self._leaves = {frame.leaf: 0 for frame in self._frames()}
        begun = State(store=((0, 0),), checkpoint=(0,), signed=frozenset({(0,)}))
        self.states: set[State] = {begun._replace(writers=self.rules.first().writers)}

    # --- What is done to it ---

    def start(self, number: int) -> bool:
        """Start a sequencer that is down; whether it takes entries."""
        self._now = number
        with self._watched():
            ledger = self.ledgers[number] = open_ledger(self.place.settings(), self.place.keys)
        ready = ledger.health().ready
        if ready:
            self._step("open")
        self._must(lambda state: (state.writers[number].phase == "halted") != ready, f"ready: {ready}")
        return ready

    def append(self, number: int, count: int = 1, die: str = "") -> bool:
        """Append so many entries, in whatever batches come about; whether the last was acknowledged."""
        self._now, self._die = number, die
        ledger = self.ledgers[number]
        try:
            with self._watched():
                for _ in range(count - 1):
                    ledger.append_later(refusal(LOG))
                ledger.append(refusal(LOG))
        except Exception:  # noqa: BLE001 (whatever its caller is told, the sequencer has stopped)
            return False
        finally:
            self._die = ""
        return True

    def end(self, number: int) -> None:
        """The process ends."""
        self._now = number
        ledger = self.ledgers.pop(number)
        with self._watched():
            ledger.close()
        self.states = {
            after
            for state in self.states
            for action, after in steps(state, self.rules)
            if action[:2] in (("crash", number), ("end", number))
        }
        self._settled(f"sequencer {number + 1} ends")

    # --- What is seen ---

    @contextmanager
    def _watched(self) -> Iterator[None]:
        with ExitStack() as watched:
            for owner, name, seen in (
                (FileStore, "recover", self._recover),
                (FileStore, "append", self._append),
                (Checkpoints, "swap", self._swap),
                (Log, "sign", self._sign),
                (append_module, "wake_all", self._wake_all),
            ):
                watched.enter_context(_seen(owner, name, seen))
            if not self.rules.lock:
                watched.enter_context(patch.object(chosen, "held", lambda _: True))
            yield

    def _recover(self, real: Callable[..., Any], *told: Any) -> Iterator[Row]:
        try:
            rows = list(real(*told))
        finally:
            # A store that cannot be read in order stops the start: the model's does, too.
            self._step("read")
        return iter(rows)

    def _append(self, real: Callable[..., Any], store: FileStore, rows: Sequence[Row]) -> Sequence[Row]:
        for row in rows:
            self._leaves[row.leaf] = len(self._leaves)
        number, count = self._now, len(rows)
        ready = [state for state in self.states if state.writers[number].phase == "ready"]
        self.states = {take(state, number, count) for state in ready}
        self._settled(f"take {count}")
        self._dies("store")
        if self._die == "store half":
            with patch.object(store._disk, "write", _half(store)):
                real(store, rows)
        stood: Sequence[Row] = real(store, rows)
        self._step("store")
        self._dies("store after")
        return stood

    def _swap(self, real: Callable[..., Any], base: Checkpoints, moves: Sequence[Move]) -> None:
        self._dies("swap")
        try:
            real(base, moves)
        except StoreHalted:
            self._step("swap refused")
            raise
        self._step("swap")
        new = moves[0].new
        self._must(lambda state: self._is(state.checkpoint, new), f"checkpoint at {new.size}")
        self._dies("swap after")

    def _sign(self, real: Callable[..., Any], log: Log) -> Any:
        if log.code != LOG:
            return real(log)
        self._dies("sign")
        signed = real(log)
        self._step("sign")
        self._must(
            lambda state: self._is(state.writers[self._now].new, signed.head), f"signed {signed.head.size}"
        )
        self._dies("sign after")
        return signed

    def _wake_all(self, real: Callable[..., Any], decided: Sequence[Pending]) -> None:
        self._dies("answer")
        if decided:
            self._step("answer")
        real(decided)

    def _dies(self, point: str) -> None:
        if self._die == point:
            raise Died

    # --- Held against the model ---

    def _step(self, name: str) -> None:
        held: set[State] = set()
        for state in self.states:
            for action, after in steps(state, self.rules):
                if action[:2] == (name, self._now):
                    fault = broken(state, action, after, self.rules)
                    if fault:
                        raise NotOfTheModel(f"{fault}, after {self.steps}")
                    held.add(after)
        self.states = held
        self._settled(name)

    def _settled(self, step: str) -> None:
        self.steps.append(f"{self._now + 1}: {step}")
        if not self.states:
            raise NotOfTheModel(f"the model knows of no such step: {self.steps}")

    def _must(self, holds: Callable[[State], bool], what: str) -> None:
        self.states = {state for state in self.states if holds(state)}
        if not self.states:
            raise NotOfTheModel(f"not so in the model: {what}, after {self.steps}")

    def same_store(self) -> None:
        """The journal holds what the model's store does, a torn tail apart."""
        found = tuple((one.index, self._leaves[one.leaf]) for one in self._frames())
        self._must(lambda state: state.store == found, f"the journal has {found}")

    def _frames(self) -> list[Frame]:
        with (self.place.folder / "journal").open("rb") as file:
            read_hub(file)
            frames = [one for one in read_frames(file) if isinstance(one, Frame)]
        return [one for one in frames if one.log == LOG]

    def _is(self, head: tuple[int, ...], real: Head) -> bool:
        leaves = {number: leaf for leaf, number in self._leaves.items()}
        tree = Tree()
        for entry in head:
            tree.append(leaf_hash(leaves[entry]))
        return (tree.size, tree.root()) == (real.size, real.root)


def _half(store: FileStore) -> Callable[[int, bytes], None]:
    def write(file: int, data: bytes) -> None:
        type(store._disk).write(store._disk, file, data[: len(data) * 2 // 3])
        raise Died

    return write


@contextmanager
def _seen(owner: Any, name: str, seen: Callable[..., Any]) -> Iterator[None]:
    real = getattr(owner, name)

    def watched(*told: Any, **named: Any) -> Any:
        return seen(real, *told, **named)

    with patch.object(owner, name, watched):
        yield
