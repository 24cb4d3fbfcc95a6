"""One log, its store, its checkpoint store and the sequencers over them, as a machine of finitely many states.

Promise: an action here is one step of the real sequencer (services/ledger/append.py and recover.py, step by step) or one thing
that the world may do between two of them: a crash, a late acknowledgement, a restored backup. `tests/model/test_trace.py` holds
the real sequencer's steps against these. A root is modelled by the entries under it: equal heads have one root.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

Head = tuple[int, ...]
Frame = tuple[int, int]
"""(index that its writer meant, entry); where it stands is its place in the store."""


class Writer(NamedTuple):
    """One sequencer. `phase` is what it has done last."""

    phase: str = "down"
    head: Head = ()
    """What it holds true: the head of the checkpoint store as it thinks."""
    new: Head = ()
    """Where it is going: after the swap it is `head`."""
    batch: tuple[int, ...] = ()


class State(NamedTuple):
    """What is durable, what was ever signed, cosigned and answered, and what each sequencer thinks."""

    store: tuple[Frame, ...] = ()
    checkpoint: Head = ()
    signed: frozenset[Head] = frozenset()
    witness: Head = ()
    answered: frozenset[int] = frozenset()
    flight: tuple[Frame, ...] = ()
    """Sent, and neither stored nor lost yet."""
    writers: tuple[Writer, ...] = (Writer(),)
    next: int = 1
    crashes: int = 0
    restores: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """The machine's bounds, and its safety rules, each of which may be taken out."""

    writers: int = 2
    entries: int = 3
    crashes: int = 1
    restores: int = 0
    late: int = 0
    restore: tuple[str, ...] = ("store", "checkpoint")
    """Which of the two stores may be set back; `both`: to one moment."""
    journal: bool = False
    """A file of frames that name their index, instead of a topic, where an entry's index is its offset."""
    lock: bool = False
    """One sequencer at a time, as the lock of the journal's folder has it; a topic has none."""
    compare: bool = True
    """The checkpoint store changes only by compare-and-swap."""
    durable_first: bool = True
    """Only what is durable is signed."""
    signed_first: bool = True
    """Only what is signed is answered."""
    at_its_index: bool = True
    """An acknowledgement is held against the index: services/ledger/store/kafka.py."""
    halt_if_short: bool = True
    """A store that has less than was signed stops the start."""
    witness: bool = False
    """A release waits for the cosignature of a witness."""

    def first(self) -> State:
        """Where it begins: all stores empty, every sequencer down."""
        return State(writers=(Writer(),) * self.writers)

    def steps(self, state: State) -> Iterator[tuple["Action", State]]:
        """Everything that may happen next."""
        return steps(state, self)

    def broken(self, before: State, action: "Action", after: State) -> str:
        """The invariant that this step breaks, in words; "" where it breaks none."""
        return broken(before, action, after, self)

    def told(self, action: "Action", state: State) -> str:
        """A line of a way: the step and the stores after it."""
        what, number, _ = action
        who = "the world" if number < 0 else f"sequencer {number + 1}"
        store = _words(tuple(entry for _, entry in state.store))
        answered = _words(tuple(sorted(state.answered)))
        return (
            f"{who}: {what}".ljust(34)
            + f" store {store} checkpoint {_words(state.checkpoint)} answered {answered}"
        )


Action = tuple[str, int, int]
"""(what, by which sequencer or -1 for the world, how much)."""


def entries_of(state: State) -> Head | None:
    """The entries of the store by index; None where an index is missing or stands twice."""
    whole = all(index == place for place, (index, _) in enumerate(state.store))
    return tuple(entry for _, entry in state.store) if whole else None


def steps(state: State, rules: Rules) -> Iterator[tuple[Action, State]]:
    """Everything that may happen next."""
    for number, writer in enumerate(state.writers):
        for name, after in _of_writer(state, number, writer, rules):
            yield (name, number, len(after.writers[number].batch)), after
        if writer.phase not in ("down", "halted") and state.crashes < rules.crashes:
            yield (
                ("crash", number, 0),
                _with(state, number, Writer())._replace(crashes=state.crashes + 1),
            )
        if writer.phase == "halted" and state.crashes < rules.crashes:
            yield ("end", number, 0), _with(state, number, Writer())
    yield from _of_the_world(state, rules)


def _of_writer(state: State, number: int, writer: Writer, rules: Rules) -> Iterator[tuple[str, State]]:
    match writer.phase:
        case "down":
            if not rules.lock or all(one.phase == "down" for one in state.writers):
                yield "read", _with(state, number, _read(state, rules))
        case "ready":
            if state.next <= rules.entries:
                yield "take", take(state, number, 1)
        case _:
            yield from _commit(state, number, writer, rules)


def take(state: State, number: int, count: int) -> State:
    """A batch of so many new entries."""
    writer = state.writers[number]
    batch = tuple(range(state.next, state.next + count))
    taken = writer._replace(phase="taken", batch=batch, new=(*writer.head, *batch))
    return _with(state, number, taken)._replace(next=state.next + count)


def _read(state: State, rules: Rules) -> Writer:
    """recover.py, steps 1 to 4: what the store holds, held against what was signed."""
    found = entries_of(state)
    if found is None:
        return Writer("halted")
    if rules.halt_if_short and found[: len(state.checkpoint)] != state.checkpoint:
        return Writer("halted")
    if found == state.checkpoint:
        return Writer("swapped", found, found)
    return Writer("stored", state.checkpoint, found)


def _commit(state: State, number: int, writer: Writer, rules: Rules) -> Iterator[tuple[str, State]]:
    """append.py, steps 4 to 8, in their order; where a rule is taken out, in another."""
    recovering = not writer.batch
    early = not rules.durable_first and not recovering
    match writer.phase:
        case "taken" if early:
            yield "sign", _with(_signed(state, writer), number, writer._replace(phase="signed early"))
        case "taken" | "signed early":
            yield from _store(state, number, writer, rules)
        case "waiting":
            yield from _settle(state, number, writer, rules)
        case "stored":
            if not rules.compare or state.checkpoint == writer.head:
                moved = writer._replace(phase="swapped", head=writer.new)
                yield "swap", _with(state._replace(checkpoint=writer.new), number, moved)
            else:
                yield "swap refused", _with(state, number, Writer("halted"))
            if not rules.signed_first and not recovering:
                yield "answer", _answered(state, number, writer)
        case "swapped":
            signed = state if early else _signed(state, writer)
            if not rules.witness or writer.new[: len(state.witness)] == state.witness:
                cosigned = signed._replace(witness=writer.new) if rules.witness else signed
                yield "sign", _with(cosigned, number, writer._replace(phase="signed"))
            else:
                yield "witness refused", _with(signed, number, Writer("halted"))
        case "signed":
            yield ("open" if recovering else "answer"), _answered(state, number, writer)


def _store(state: State, number: int, writer: Writer, rules: Rules) -> Iterator[tuple[str, State]]:
    frames = tuple((len(writer.head) + n, entry) for n, entry in enumerate(writer.batch))
    stored = state._replace(store=state.store + frames)
    yield "store", _landed(stored if rules.journal else _renumbered(stored), number, frames, rules)
    if state.late < rules.late:
        waiting = _with(state, number, writer._replace(phase="waiting"))
        yield "no acknowledgement", waiting._replace(flight=state.flight + frames, late=state.late + 1)


def _landed(state: State, number: int, frames: tuple[Frame, ...], rules: Rules) -> State:
    """The acknowledgement names the place; any other than the index stops the sequencer."""
    writer = state.writers[number]
    place = len(state.store) - len(frames)
    if rules.at_its_index and not rules.journal and place != len(writer.head):
        return _with(state, number, Writer("halted"))
    return _with(state, number, writer._replace(phase="stored"))


def _settle(state: State, number: int, writer: Writer, rules: Rules) -> Iterator[tuple[str, State]]:
    """store/kafka.py: the tail read back, and sent again what is not there. A stranger's entry stops the sequencer."""
    frames = tuple((len(writer.head) + n, entry) for n, entry in enumerate(writer.batch))
    tail = tuple(entry for _, entry in state.store[len(writer.head) :])
    if len(state.store) < len(writer.head) or any(entry not in writer.batch for entry in tail):
        yield "stranger", _with(state, number, Writer("halted"))
    elif set(writer.batch) <= set(tail):
        # A late copy stands too, and takes an index of its own: the tree is the topic.
        stood = writer._replace(phase="stored", new=writer.head + tail)
        yield "found", _with(_renumbered(state), number, stood)
    else:
        missing = tuple(frame for frame in frames if frame[1] not in tail)
        again = _with(state._replace(store=state.store + missing), number, writer)
        yield "sent again", _landed(_renumbered(again), number, frames[-len(tail) - len(missing) :], rules)


def _renumbered(state: State) -> State:
    """On a topic an entry's index is its offset."""
    return state._replace(store=tuple((place, entry) for place, (_, entry) in enumerate(state.store)))


def _signed(state: State, writer: Writer) -> State:
    return state._replace(signed=state.signed | {writer.new})


def _answered(state: State, number: int, writer: Writer) -> State:
    done = writer._replace(phase="ready", head=writer.new, batch=())
    if writer.phase == "stored":
        # Answered too early; the sequencer itself goes on.
        return state._replace(answered=state.answered | set(writer.batch))
    return _with(state._replace(answered=state.answered | set(writer.batch)), number, done)


def _of_the_world(state: State, rules: Rules) -> Iterator[tuple[Action, State]]:
    for place, (_, entry) in enumerate(state.flight):
        left = state.flight[:place] + state.flight[place + 1 :]
        stored = (*state.store, (len(state.store), entry))
        yield ("lands late", -1, entry), state._replace(flight=left, store=stored)
        yield ("is lost", -1, entry), state._replace(flight=left)
    if state.restores < rules.restores and all(one.phase == "down" for one in state.writers):
        for what, after in _set_back(state, rules):
            yield (f"restore {what[0]}", -1, what[1]), after._replace(restores=state.restores + 1)


def _set_back(state: State, rules: Rules) -> Iterator[tuple[tuple[str, int], State]]:
    for size in range(len(state.store)):
        if "store" in rules.restore:
            yield ("store", size), state._replace(store=state.store[:size])
        if "both" in rules.restore:
            both = state._replace(store=state.store[:size], checkpoint=state.checkpoint[:size])
            yield ("both", size), both
    for size in range(len(state.checkpoint)):
        if "checkpoint" in rules.restore:
            yield ("checkpoint", size), state._replace(checkpoint=state.checkpoint[:size])


def _with(state: State, number: int, writer: Writer) -> State:
    writers = state.writers
    return state._replace(writers=(*writers[:number], writer, *writers[number + 1 :]))


def broken(before: State, action: Action, after: State, rules: Rules) -> str:
    """The invariant that this step breaks, in words; "" where it breaks none."""
    stands = tuple(entry for _, entry in after.store)
    for entry in after.answered - before.answered:
        if entry not in stands:
            return f"I1: entry {entry} is answered, and the store does not have it"
        if not any(entry in head for head in after.signed):
            return f"I1: entry {entry} is answered, and no signed checkpoint covers it"
    for head in after.signed - before.signed:
        if entries_of(after) is None or stands[: len(head)] != head:
            return f"I2: {_words(head)} is signed, and the store has {_words(stands)}"
        kept = (after.witness,) if rules.witness else after.signed
        for other in kept:
            if action[0] == "sign" and not _one_chain(head, other):
                return f"I3: {_words(head)} is signed, and {_words(other)} was: no log has both"
    return ""


def _one_chain(one: Head, other: Head) -> bool:
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def _words(head: Head) -> str:
    return "[" + " ".join(f"e{entry}" for entry in head) + "]"
