"""What a reviewer answers, and undoing what was decided: each an entry before anything follows from it.

Promise: the reason stands sealed in the index and is in no entry; an entry says by code what the answer is and what it does;
where the index has moved on meanwhile nothing is done, and the entry tells of an answer that came too late.
"""

from dataclasses import dataclass

from services.contract.cases import Asker
from services.contract.problems import BadInput
from services.contract.reviews import FIRST, GENERAL, ReviewAnswer
from services.contract.views import Refused
from services.gateway.cases.entries import enter_about, refuse
from services.gateway.links.telling import Told, tell
from services.gateway.parts import Parts, stamp
from services.gateway.profiles import day
from services.gateway.reviews.asking import PURPOSE, case_id, conflicting, hushed, reviewer_of, unspoken
from services.gateway.tasks.opening import CONFLICT

LEAST = 3
"""Letters of a reason."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did. `told`: what was raised because it took people apart; None where it took nobody apart."""

    effect: str
    told: Told | None = None


def answer_review(parts: Parts, asker: Asker, said: ReviewAnswer) -> Answered | Refused:
    """Give an answer; what it did. Where it takes apart people who had been taken for one, that is a link withdrawn like any
    other (`links/telling.py`).

    Raises `NotFound`, `BadInput`, `Conflict`, `Unavailable`.
    """
    _reasoned(said.reason)
    reviewer, on = reviewer_of(parts, asker), day(parts.now())
    foreseen = parts.index.reviews.foresee(reviewer, said, on)
    spoken = _spoken(parts, asker, said.task)
    if isinstance(spoken, Refused):
        return spoken
    _enter(
        parts, asker, "review.answered", said.task, spoken, {"answer": said.answer, "effect": foreseen.effect}
    )
    told = (
        tell(parts, asker, foreseen.parts, ("review", said.task), once=case_id(said.task))
        if foreseen.parts
        else None
    )
    parts.index.reviews.give(reviewer, said, foreseen, told.aware if told else stamp(parts.now()))
    return Answered(foreseen.effect, told)


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of undoing a decision. `told`: what was raised because people had been joined; None where none were."""

    told: Told | None
    waits: bool = False
    """A second person has to say so, and nothing is undone before."""


def undo_review(parts: Parts, asker: Asker, id: str, reason: str) -> Undone | Refused:
    """Take back what was decided; where it had joined people, that is a link withdrawn like any other (`links/telling.py`).

    Raises `NotFound`, `BadInput`, `Conflict` (nothing is decided), `Unavailable`.
    """
    _reasoned(reason)
    reviewer, on = reviewer_of(parts, asker), day(parts.now())
    found = parts.index.reviews.undoable(reviewer, id, on)
    spoken = _spoken(parts, asker, id)
    if isinstance(spoken, Refused):
        return spoken
    facts = {"outcome": found.outcome} | ({"effect": FIRST} if found.first else {})
    _enter(parts, asker, "review.undone", id, spoken, facts)
    parted = None if found.first else found.joined
    told = tell(parts, asker, parted, ("review", id), once=case_id(id)) if parted else None
    done = parts.index.reviews.undo(reviewer, id, reason.strip(), told.aware if told else stamp(parts.now()))
    return Undone(told, waits=not done)


def _reasoned(reason: str) -> None:
    if len(reason.strip()) < LEAST:
        raise BadInput("some places do not fit", places=("reason: say why, in your own words",))


def _spoken(parts: Parts, asker: Asker, id: str) -> list[str] | Refused:
    """Whom the entry may name: those of whom policy is not silent; or a refusal of somebody connected to one of them."""
    task = parts.index.reviews.open(reviewer_of(parts, asker), id, day(parts.now()))
    if conflicting(task):
        return refuse(parts.ledger, asker, CONFLICT, PURPOSE, case_id(id))
    silent = unspoken(parts, asker, task)
    if task.line.queue == GENERAL and hushed(parts, asker, task):
        parts.index.reviews.hush(id, day(parts.now()))
        # The same words as for a task that never was.
        parts.index.reviews.open(reviewer_of(parts, asker), id, day(parts.now()))
    return [one.person for one in task.related if one.person not in silent]


def _enter(parts: Parts, asker: Asker, kind: str, id: str, people: list[str], facts: dict[str, str]) -> None:
    enter_about(parts.ledger, kind, asker, people, case=case_id(id), purpose=PURPOSE, facts=facts)
