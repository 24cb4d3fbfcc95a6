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
    ADOPTED,
    APART,
    DECIDED,
    DIFFER,
    FIRST,
    GENERAL,
    OPEN,
    SAME,
    UNDONE,
    UNSURE,
    Foreseen,
    ReviewAnswer,
    Reviewer,
)
from services.index.links import exclusions
from services.index.people import People
from services.index.review import effects, keep, seen
from services.index.review.pairs import ASKED
from services.index.review.seen import Seen
from services.index.schema import REVIEW, REVIEW_ANSWER

UNDO, PUT = "undone", "put"
"""Stand as answers of their own: who undid what was decided, and who put the question; and why."""
_NO_ROUND = {UNDO: 0, PUT: -1}


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
        effects.check(people, task.row.item, chosen, lifts=_scope(task) if _lifts(task, chosen) else "")
    effect = _effect(task, said, given)
    parts = effects.parted(people, task.row.item, task.pairs.keys()) if effect == APART else None
    return Foreseen(effect, task.row.round, task.persons, parts)


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
        word = effects.Word(reviewer.asker.user, said.reason, at, _scope(task))
        _decide(people, task, now.effect, chosen, word)


def undo(people: People, reviewer: Reviewer, task_id: str, reason: str, at: str) -> bool:
    """Take back what was decided: an un-link, an exclusion lifted, or the question put again; whether it is taken back: of a
    restricted task by the second person who says so. Raises `NotFound`, `Conflict`.
    """
    task = undoable(people, reviewer, task_id)
    row, waits = task.row, waits_for_second(people, task)
    write(people, reviewer, row, UNDO, "", reason, at)
    if waits:
        return False
    closed = {"state": UNDONE, "closed": at}
    people.connection.execute(update(REVIEW).where(REVIEW.c.id == row.id).values(**closed))
    word = effects.Word(reviewer.asker.user, reason, at, _scope(task))
    if row.outcome == SAME:
        effects.part(people, row.effect, row.chosen, word)
    elif row.outcome == APART:
        effects.lift(people, row.item, tuple(task.pairs), word)
    fresh = People(people.connection, people.store, people.book, people.on)
    left = dict(task.pairs) if row.outcome != SAME else {}
    keep.sync(fresh, row.item, keep.open_pairs(fresh, row.item) | left, at)
    return True


def waits_for_second(people: People, task: Seen) -> bool:
    """Whether one person's undoing of this is not enough: two said it, and nobody has said yet that it was wrong."""
    return task.two and task.queue != GENERAL and not _undoing(people, task.row)


def _undoing(people: People, row: Any) -> Sequence[Any]:
    wanted = select(REVIEW_ANSWER).where(REVIEW_ANSWER.c.review == row.id, REVIEW_ANSWER.c.answer == UNDO)
    return people.connection.execute(wanted).all()


def undoable(people: People, reviewer: Reviewer, task_id: str) -> Seen:
    """The decided task. Raises `NotFound`, `Conflict` where nothing was decided, or it was undone."""
    task = seen.find(people, reviewer, task_id)
    if task.row.state != DECIDED:
        raise Conflict("nothing is decided here that could be undone")
    if any(one.by == by_of(people, reviewer) for one in _undoing(people, task.row)):
        raise Conflict("you have said so already", next_step="A second person has to say it now.")
    return task


def of_round(people: People, row: Any) -> Sequence[Any]:
    """The answers that count now, in the order in which they were given."""
    wanted = select(REVIEW_ANSWER).where(
        REVIEW_ANSWER.c.review == row.id, REVIEW_ANSWER.c.round == row.round, REVIEW_ANSWER.c.round > 0
    )
    return people.connection.execute(wanted.order_by(REVIEW_ANSWER.c.id)).all()


def by_of(people: People, reviewer: Reviewer) -> str:
    """How a reviewer is known from one answer to the next, whatever the role."""
    return b64u(people.store.mac.of("reviewer", reviewer.asker.user)[:16])


def has_put(people: People, reviewer: Reviewer, row: Any) -> bool:
    """Whether the reviewer has put this question already."""
    mine = (REVIEW_ANSWER.c.by == by_of(people, reviewer), REVIEW_ANSWER.c.answer == PUT)
    wanted = select(REVIEW_ANSWER.c.id).where(REVIEW_ANSWER.c.review == row.id, *mine)
    return people.connection.execute(wanted).first() is not None


def write(
    people: People, reviewer: Reviewer, row: Any, answer: str, chosen: str, reason: str, at: str
) -> None:
    """Keep an answer; who gave it and why stand sealed."""
    told = {"user": reviewer.asker.user, "organisation": reviewer.asker.organisation}
    told |= {"role": reviewer.role, "reason": reason}
    # Neither an undoing nor the question itself belongs to a round; nobody undoes a task or puts it twice.
    number, by = _NO_ROUND.get(answer, row.round), by_of(people, reviewer)
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


def _lifts(task: Seen, chosen: str) -> bool:
    """Whether joining goes over what was held apart before: where that is the very question."""
    return bool(chosen) and task.pairs[chosen].kind == ASKED


def _scope(task: Seen) -> str:
    return exclusions.ADOPTION if task.queue == ADOPTED else exclusions.ALL


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
    effect = ""
    if outcome == SAME:
        effect = effects.join(people, row.item, chosen, word, lifts=_lifts(task, chosen))
    elif outcome == APART:
        effects.apart(people, row.item, tuple(task.pairs), word)
    closed = {"state": DECIDED, "outcome": outcome, "chosen": chosen, "closed": word.at, "open_key": None}
    people.connection.execute(update(REVIEW).where(REVIEW.c.id == row.id).values(**closed, effect=effect))
    fresh = People(people.connection, people.store, people.book, people.on)
    # Whoever else it might have been is in doubt still; and others may have been in doubt of either.
    left = {other: pair for other, pair in task.pairs.items() if outcome == SAME and other != chosen}
    keep.sync(fresh, row.item, keep.open_pairs(fresh, row.item) | left, word.at)
    keep.after(fresh, set(task.pairs), word.at)
