"""What there is to requests under one idempotency key, and what must hold of it at every step (I4, I5).

Promise: the invariants are said of what is durable and of what has left alone, never of the rules by which it came about.
"""

from typing import NamedTuple

Answer = tuple[int, int]
"""(the try that it was made for, the version of the records that it was made from); equal answers have equal bytes."""
NOBODY = -1


class Try(NamedTuple):
    """One sending of the request. `phase` is what its gateway has done last."""

    phase: str = "unsent"
    standing: int = -1
    """Version of the records at its rehearsal."""
    answer: Answer | None = None


class Held(NamedTuple):
    """What the vault has under the key."""

    holder: int = NOBODY
    answer: Answer | None = None
    standing: int = -1


class State(NamedTuple):
    """What is durable, what has left, and how far each try and the sequencer have come."""

    tries: tuple[Try, ...]
    held: Held = Held()
    intents: tuple[int, ...] = ()
    """By which try each intent of the log was made, in order."""
    repeats: frozenset[int] = frozenset()
    outcomes: tuple[int, ...] = ()
    """The intent, by its try, that each outcome of the log names."""
    signed: int = 0
    """How many of the intents a checkpoint covers."""
    batch: tuple[int, ...] = ()
    step: str = "idle"
    version: int = 0
    over: bool = False
    crashes: int = 0
    left: frozenset[tuple[int, Answer]] = frozenset()


def broken(before: State, after: State, other: int) -> str:
    """The invariant that this step breaks, in words; "" where it breaks none. `other`: the try that is another request."""
    return _intents(after) or _bytes(before, after, other) or _outcomes(after) or _stuck(after)


def _intents(after: State) -> str:
    if len(after.intents) > 1:
        return "I4: two intents stand under one key"
    return ""


def _bytes(before: State, after: State, other: int) -> str:
    for number, answer in after.left - before.left:
        if number not in after.repeats and number not in after.intents[: after.signed]:
            return f"I4: try {number + 1} is given bytes without an entry of its own"
        if any(answer != was for _, was in before.left):
            return f"I4: try {number + 1} is given other bytes than those of before"
        if (number == other) != (answer[0] == other):
            return f"I4: try {number + 1} is given the answer of another request"
    for number, was in enumerate(before.tries):
        going = after.tries[number].phase in ("entered", "repeated")
        if was.phase == "again" and going and after.held.answer is not None:
            if after.held.answer[1] != after.version:
                return f"I4: try {number + 1} is given again what it would not be given now"
            if after.over:
                return f"I4: try {number + 1} is given again what should be kept no longer"
    return ""


def _outcomes(after: State) -> str:
    if len(set(after.outcomes)) < len(after.outcomes):
        return "I5: an intent has two outcomes"
    if any(intent not in after.intents for intent in after.outcomes):
        return "I5: an outcome without its intent"
    return ""


def _stuck(after: State) -> str:
    """Fail closed, not for ever: with the sequencer up and idle, a taken key has its entry."""
    if after.step == "idle" and after.held.holder != NOBODY and after.held.holder not in after.intents:
        return "I4: the key is taken for good by an entry that does not stand"
    return ""
