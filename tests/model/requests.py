"""One idempotency key, the requests that come under it, and the ledger behind them, as a machine of finitely many states.

Promise: an action here is one step of a gateway that answers a request under a key (services/gateway/once/repeat.py), one of
the sequencer as far as keys go (services/ledger/append.py: steps 1, 3, 4, 7), or one thing that the world may do between two
of them: a crash, a record that changes, ten minutes that pass. That an answered entry is durable and signed is the other
machine's matter (`ledger.py`); here a batch is stored and signed in two steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.model.under_key import NOBODY, Answer, Held, State, Try, broken

Action = tuple[str, int]
"""(what, by which try; -1 the sequencer; -2 the world)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The machine's bounds, and its rules, each of which may be taken out. The last try is another request where `other`."""

    tries: int = 3
    crashes: int = 1
    changes: int = 1
    other: bool = False
    alone: bool = True
    """A gateway serves one request under a key at a time; the first two tries come to one gateway, the others to another."""
    sequencer_looks: bool = True
    """The sequencer takes no entry under a key that another entry has."""
    in_batch: bool = True
    """Nor two of one batch."""
    swept: bool = True
    """A key whose entry never came to stand is freed at the next start."""
    kept_first: bool = True
    """The answer is kept in the transaction that takes the key, before the entry; else in one after it."""
    rehearsed_first: bool = True
    """What the answer rests on is taken down before it is made; else after."""
    compared: bool = True
    """A repeat is given only where what it rests on still holds."""
    same_request: bool = True
    """A repeat is given only to the same request."""
    timed: bool = True
    """A repeat is given only within ten minutes."""
    entered_first: bool = True
    """A repeat's own entry comes before its bytes."""
    one_outcome: bool = True
    """A repeat has no outcome."""

    def first(self) -> State:
        """Where it begins: nothing sent, nothing stored."""
        return State((Try(),) * self.tries)

    def steps(self, state: State) -> Iterator[tuple[Action, State]]:
        """Everything that may happen next."""
        for number, one in enumerate(state.tries):
            for what, after in _of_try(state, number, one, self):
                yield (what, number), after
        for what, after in _of_sequencer(state, self):
            yield (what, NOBODY), after
        for what, after in _of_the_world(state, self):
            yield (what, -2), after

    def broken(self, before: State, action: Action, after: State) -> str:
        """The invariant that this step breaks, in words; "" where it breaks none."""
        return broken(before, after, self.tries - 1 if self.other else NOBODY)

    def told(self, action: Action, state: State) -> str:
        """A line of a way: the step and what is durable after it."""
        what, number = action
        who = {NOBODY: "the sequencer", -2: "the world"}.get(number, f"try {number + 1}")
        log = [f"intent{n + 1}" for n in state.intents]
        log += [f"repeat{n + 1}" for n in sorted(state.repeats)] + [f"outcome{n + 1}" for n in state.outcomes]
        left = " ".join(f"to try {number + 1}" for number, _ in sorted(state.left))
        key = "free" if state.held.holder == NOBODY else f"try {state.held.holder + 1}"
        return f"{who}: {what}".ljust(46) + f" key [{key}] log [{' '.join(log)}] left [{left}]"


def _other(number: int, rules: Rules) -> bool:
    return rules.other and number == rules.tries - 1


def _gateway(number: int) -> int:
    return 0 if number < 2 else 1


_AT_WORK = ("looked", "rehearsed", "made", "queued", "again", "entered")


def _of_try(state: State, number: int, one: Try, rules: Rules) -> Iterator[tuple[str, State]]:
    """repeat.py, `ask_once`, in its order; where a rule is taken out, in another."""
    match one.phase:
        case "unsent":
            busy = any(
                other.phase in _AT_WORK and _gateway(n) == _gateway(number)
                for n, other in enumerate(state.tries)
            )
            if rules.alone and busy:
                yield "is told that the key is at work", _moved(state, number, "refused")
            elif _found(state):
                yield "finds the key answered", _moved(state, number, "again")
            else:
                yield "finds the key free", _moved(state, number, "looked")
        case "looked":
            if rules.rehearsed_first:
                yield "rehearses", _with(state, number, Try("rehearsed", state.version))
            else:
                yield "makes its answer", _with(state, number, Try("rehearsed", -1, (number, state.version)))
        case "rehearsed":
            answer, standing = one.answer or (number, state.version), one.standing
            yield (
                "makes its answer, or rehearses, and queues",
                _with(state, number, Try("queued", standing if standing >= 0 else state.version, answer)),
            )
        case "again":
            yield from _again(state, number, rules)
        case "entered":
            yield "sends it again", _left(state, number, state.held.answer, "repeated", rules)
        case "answered":
            yield "sends its answer", _left(state, number, one.answer, "sent", rules)
        case "sent":
            yield "notes the outcome", _noted(state, number, number)
        case "repeated" if not rules.one_outcome:
            yield "notes the outcome", _noted(state, number, state.held.holder)


def _again(state: State, number: int, rules: Rules) -> Iterator[tuple[str, State]]:
    """`_again`: compared in its order, entered, sent."""
    held = state.held
    if rules.same_request and _other(number, rules) != _other(held.holder, rules):
        yield "is another request: 422", _moved(state, number, "refused")
    elif held.answer is None or (rules.timed and state.over):
        yield "comes too late: 409", _moved(state, number, "refused")
    elif rules.compared and held.standing != state.version:
        yield "no longer holds: 409", _moved(state, number, "refused")
    elif rules.entered_first:
        yield (
            "is entered as a repeat",
            _moved(state._replace(repeats=state.repeats | {number}), number, "entered"),
        )
    else:
        yield "sends it again", _left(state, number, held.answer, "repeated", rules)


def _of_sequencer(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    queued = [number for number, one in enumerate(state.tries) if one.phase == "queued"]
    match state.step:
        case "idle" if queued:
            for batch in {(queued[0],), tuple(queued), tuple(reversed(queued))}:
                yield f"takes {len(batch)}", _taken(state, batch, rules)
        case "taken":
            yield "stores", state._replace(intents=state.intents + state.batch, step="stored")
        case "stored":
            yield "signs and answers", _signed(state)
        case "down":
            yield "starts again", _started(state, rules)


def _taken(state: State, batch: tuple[int, ...], rules: Rules) -> State:
    """Steps 1 and 3: whose the key is, and the answer kept with it."""
    own: list[int] = []
    held = state.held
    for number in batch:
        holder = state.held.holder if state.held.holder != NOBODY else (own[0] if own else NOBODY)
        earlier = state.held.holder != NOBODY
        refused = holder not in (NOBODY, number) and (rules.sequencer_looks if earlier else rules.in_batch)
        if refused:
            state = _moved(state, number, "refused")
            continue
        own.append(number)
        one = state.tries[number]
        held = Held(number, one.answer if rules.kept_first else None, one.standing)
    return state._replace(held=held, batch=tuple(own), step="taken" if own else "idle")


def _signed(state: State) -> State:
    for number in state.batch:
        if state.tries[number].phase == "queued":
            state = _moved(state, number, "answered")
    held = state.held
    if held.answer is None and held.holder in state.batch:
        held = held._replace(answer=state.tries[held.holder].answer)
    return state._replace(held=held, signed=len(state.intents), batch=(), step="idle")


def _started(state: State, rules: Rules) -> State:
    """What stands is signed; a key whose entry does not stand is freed."""
    held = state.held
    if rules.swept and held.holder not in state.intents:
        held = Held()
    return state._replace(held=held, signed=len(state.intents), batch=(), step="idle")


def _of_the_world(state: State, rules: Rules) -> Iterator[tuple[str, State]]:
    if state.crashes < rules.crashes and state.step != "down":
        crashed = state._replace(crashes=state.crashes + 1, batch=(), step="down")
        for number, one in enumerate(state.tries):
            if one.phase == "queued":
                crashed = _moved(crashed, number, "failed")
        yield "the sequencer dies", crashed
    if state.crashes < rules.crashes:
        for gateway in {_gateway(number) for number in range(rules.tries)}:
            lost = state._replace(crashes=state.crashes + 1)
            for number, one in enumerate(state.tries):
                if _gateway(number) == gateway and one.phase not in ("unsent", "sent", "repeated", "done"):
                    lost = _moved(lost, number, "failed")
            yield f"gateway {gateway + 1} dies", lost
    if state.version < rules.changes:
        yield "a record changes", state._replace(version=state.version + 1)
    if not state.over and state.held.holder != NOBODY:
        # services/ledger/once.py deletes the answer some seconds later, not at once.
        yield "ten minutes pass", state._replace(over=True)


def _found(state: State) -> bool:
    """services/ledger/receipts.py, `under_key`: a key whose entry is signed."""
    return state.held.holder in state.intents[: state.signed]


def _with(state: State, number: int, one: Try) -> State:
    return state._replace(tries=(*state.tries[:number], one, *state.tries[number + 1 :]))


def _moved(state: State, number: int, phase: str) -> State:
    return _with(state, number, state.tries[number]._replace(phase=phase))


def _left(state: State, number: int, answer: Answer | None, phase: str, rules: Rules) -> State:
    assert answer is not None, "nothing to send"
    return _moved(state._replace(left=state.left | {(number, answer)}), number, phase)


def _noted(state: State, number: int, intent: int) -> State:
    return _moved(state._replace(outcomes=(*state.outcomes, intent)), number, "done")
