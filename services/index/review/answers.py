"""What a reviewer says, what it would do, and its being done; and undoing what was decided.

Promise: an answer counts for the round in which it was given; where two have to say the same, nothing follows from one, and
nobody counts twice; what was foreseen when the entry was made is what is done, or nothing is.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from services.contract.canonical import b64u
from services.contract.problems import BadInput, Conflict
from services.contract.reviews import (
    APART,
    DECIDED,
    DIFFER,
    FIRST,
    OPEN,
    SAME,
    UNDONE,
    UNSURE,
    Foreseen,
    ReviewAnswer,
    Reviewer,
)
from services.index.people import People
from services.index.review import effects, keep, seen
from services.index.review.seen import Seen
from services.index.schema import REVIEW, REVIEW_ANSWER

UNDO = "undone"
"""Stands as an answer of its own: who undid what was decided, and why."""


def foresee(people: People, reviewer: Reviewer, said: ReviewAnswer) -> Foreseen:
    """What this answer would do now. Raises `NotFound`, `Conflict` (decided, said already, or no join can be), `BadInput`."""
    task = seen.find(people, reviewer, said.task)
    if task.row.state != OPEN:
        raise Conflict("the task is decided already", next_step="Open it to see how.")
    chosen = _chosen(task, said)
    given = of_round(people, task.row)
    if any(one.by == by_of(people, reviewer) for one in given):
        raise Conflict("you have answered already", next_step="A second person has to answer now.")
    if said.answer == SAME:
        # Told before there is an entry of it, and to the first of two already.
        effects.check(people, task.row.item, chosen)
    return Foreseen(_effect(task, said, given), task.row.round, task.persons)


def give(people: People, reviewer: Reviewer, said: ReviewAnswer, foreseen: Foreseen, at: str) -> None:
    """Count the answer and do what was foreseen. Raises as `foresee`, and `Conflict` where something else would follow."""
    now = foresee(people, reviewer, said)
    if now != foreseen:
        raise Conflict("the task changed at the same moment", next_step="Open it again and answer again.")
    task = seen.find(people, reviewer, said.task)
    chosen = _chosen(task, said)
    write(people, reviewer, task.row, said.answer, chosen, said.reason, at)
    if now.effect == DIFFER:
        people.connection.execute(
            update(REVIEW).where(REVIEW.c.id == task.row.id).values(round=REVIEW.c.round + 1)
        )
    elif now.effect != FIRST:
        _decide(people, task, now.effect, chosen, effects.Word(reviewer.asker.user, said.reason, at))


def undo(people: People, reviewer: Reviewer, task_id: str, reason: str, at: str) -> None:
    """Take back what was decided: an un-link, an exclusion lifted, or the question put again. Raises `NotFound`, `Conflict`."""
    task = undoable(people, reviewer, task_id)
    row = task.row
    write(people, reviewer, row, UNDO, "", reason, at)
    closed = {"state": UNDONE, "closed": at}
    people.connection.execute(update(REVIEW).where(REVIEW.c.id == row.id).values(**closed))
    word = effects.Word(reviewer.asker.user, reason, at)
    if row.outcome == SAME:
        effects.part(people, row.effect, row.chosen, word)
    elif row.outcome == APART:
        effects.lift(people, row.item, tuple(task.pairs), word)
    fresh = People(people.connection, people.store, people.book, people.on)
    left = dict(task.pairs) if row.outcome != SAME else {}
    for open_row in seen.open_of(fresh, row.item):
        left = keep.pairs_of(fresh, open_row) | left
    keep.sync(fresh, row.item, left, at)


def undoable(people: People, reviewer: Reviewer, task_id: str) -> Seen:
    """The decided task. Raises `NotFound`, `Conflict` where nothing was decided, or it was undone."""
    task = seen.find(people, reviewer, task_id)
    if task.row.state != DECIDED:
        raise Conflict("nothing is decided here that could be undone")
    return task


def of_round(people: People, row: Any) -> Sequence[Any]:
    """The answers that count now, in the order in which they were given."""
    wanted = select(REVIEW_ANSWER).where(
        REVIEW_ANSWER.c.review == row.id, REVIEW_ANSWER.c.round == row.round, REVIEW_ANSWER.c.answer != UNDO
    )
    return people.connection.execute(wanted.order_by(REVIEW_ANSWER.c.id)).all()


def by_of(people: People, reviewer: Reviewer) -> str:
    """How a reviewer is known from one answer to the next, whatever the role."""
    return b64u(people.store.mac.of("reviewer", reviewer.asker.user)[:16])


def write(
    people: People, reviewer: Reviewer, row: Any, answer: str, chosen: str, reason: str, at: str
) -> None:
    """Keep an answer; who gave it and why stand sealed."""
    told = {"user": reviewer.asker.user, "organisation": reviewer.asker.organisation}
    told |= {"role": reviewer.role, "reason": reason}
    # An undoing belongs to no round; a task is undone once.
    number, by = row.round if answer != UNDO else 0, by_of(people, reviewer)
    fresh = {"review": row.id, "round": number, "by": by, "answer": answer, "chosen": chosen, "at": at}
    sealed = people.store.seal(told, sealed_at(row.id, number, by))
    people.connection.execute(insert(REVIEW_ANSWER).values(**fresh, sealed=sealed))


def sealed_at(review: str, number: int, by: str) -> str:
    """The place for which an answer is sealed."""
    return f"review-answer:{review}:{number}:{by}"


def _chosen(task: Seen, said: ReviewAnswer) -> str:
    """The item that `same` is said of; empty for any other answer."""
    if said.answer not in (SAME, APART, UNSURE):
        raise BadInput("some places do not fit", places=("answer: not an answer of a review",))
    if said.answer != SAME:
        return ""
    found = next((other for other in task.pairs if seen.ref_of(task.row.id, other) == said.chosen), "")
    if not found:
        raise BadInput("some places do not fit", places=("chosen: not a record of this task",))
    return found


def _effect(task: Seen, said: ReviewAnswer, given: Collection[Any]) -> str:
    if not task.two:
        return said.answer
    if not given:
        return FIRST
    before = next(iter(given))
    same = (before.answer, before.chosen) == (said.answer, _chosen(task, said))
    return said.answer if same else DIFFER


def _decide(people: People, task: Seen, outcome: str, chosen: str, word: effects.Word) -> None:
    row = task.row
    effect = effects.join(people, row.item, chosen, word) if outcome == SAME else ""
    if outcome == APART:
        effects.exclude(people, row.item, tuple(task.pairs), word)
    closed = {"state": DECIDED, "outcome": outcome, "chosen": chosen, "closed": word.at, "open_key": None}
    people.connection.execute(update(REVIEW).where(REVIEW.c.id == row.id).values(**closed, effect=effect))
    fresh = People(people.connection, people.store, people.book, people.on)
    # Whoever else it might have been is in doubt still; and others may have been in doubt of either.
    left = {other: pair for other, pair in task.pairs.items() if outcome == SAME and other != chosen}
    keep.sync(fresh, row.item, left, word.at)
    keep.after(fresh, set(task.pairs), word.at)
