"""The review of doubts as the gateway meets it: one method for each crossing.

Promise: each method is one transaction of its own; an answer is foreseen in one and takes effect in another, so that its
entry can stand in between.
"""

from datetime import UTC, datetime

from services.contract.reviews import (
    SAME,
    Foreseen,
    MonthOfReviews,
    ReviewAnswer,
    Reviewer,
    ReviewLine,
    ReviewTask,
    Undoable,
)
from services.index.people import People
from services.index.ports import Shelf
from services.index.review import answers, by_hand, effects, keep, reading
from services.index.review.by_hand import Named
from services.index.store import Store


class Reviews:
    """Satisfies the gateway's port."""

    def __init__(self, store: Store, shelf: Shelf) -> None:
        self._store = store
        self._shelf = shelf

    def listed(self, reviewer: Reviewer, on: str, *, decided: bool, most: int) -> tuple[ReviewLine, ...]:
        """The reviewer's tasks, open or decided, at most so many."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), on)
            return reading.lines(people, reviewer, decided=decided, most=most)

    def general(self, reviewer: Reviewer, on: str, *, decided: bool, most: int) -> tuple[ReviewTask, ...]:
        """Of the tasks that `listed` gives those of the general queue, opened in one go."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), on)
            return reading.general(people, reviewer, decided=decided, most=most)

    def open(self, reviewer: Reviewer, id: str, on: str) -> ReviewTask:
        """One task. Raises `NotFound`."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), on)
            return reading.open_task(people, reviewer, id)

    def hush(self, id: str, on: str) -> None:
        """Out of the general queue: policy is silent about somebody in it."""
        with self._store.write() as connection:
            keep.hush(People(connection, self._store, self._shelf.current(), on), id)

    def foresee(self, reviewer: Reviewer, said: ReviewAnswer, on: str) -> Foreseen:
        """What an answer would do. Raises `NotFound`, `Conflict`, `BadInput`."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), on)
            return answers.foresee(people, reviewer, said)

    def give(self, reviewer: Reviewer, said: ReviewAnswer, foreseen: Foreseen, at: str) -> None:
        """Count an answer whose entry is durable. Raises as `foresee`."""
        with self._store.write() as connection:
            people = People(connection, self._store, self._shelf.current(), at[:10])
            answers.give(people, reviewer, said, foreseen, at)

    def undoable(self, reviewer: Reviewer, id: str, on: str) -> Undoable:
        """What was decided, a code of review-answers.json, and whom it joined. Raises `NotFound`, `Conflict` where nothing is."""
        with self._store.read() as connection:
            people = People(connection, self._store, self._shelf.current(), on)
            task = answers.undoable(people, reviewer, id)
            row, first = task.row, answers.waits_for_second(people, task)
            joined = effects.joined(people, row.effect, row.chosen) if row.outcome == SAME else None
            return Undoable(row.outcome, joined, first)

    def undo(self, reviewer: Reviewer, id: str, reason: str, at: str) -> bool:
        """Take back a decision whose undoing is entered; whether it is taken back now. Raises as `undoable`."""
        with self._store.write() as connection:
            people = People(connection, self._store, self._shelf.current(), at[:10])
            return answers.undo(people, reviewer, id, reason, at)

    def put(self, reviewer: Reviewer, record: Named, other: Named | None, reason: str, at: str) -> str:
        """Ask by hand whether two records are one person's; the id of the task, empty where it is not the reviewer's to decide
        or there are no such records. Without `other`: all with which the record was joined.
        """
        with self._store.write() as connection:
            people = People(connection, self._store, self._shelf.current(), at[:10])
            return by_hand.put(people, reviewer, record, other, reason, at)

    def months(self) -> tuple[MonthOfReviews, ...]:
        """The general queue in numbers."""
        with self._store.read() as connection:
            today = datetime.now(UTC).date().isoformat()
            return reading.months(People(connection, self._store, self._shelf.current(), today))
