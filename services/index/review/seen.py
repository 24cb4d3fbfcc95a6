"""A task as one reviewer may see it: its queue as things stand now, whether two must speak, and whom it touches.

Promise: a task of a queue that is not the reviewer's, one of nobody and one whose doubt is gone look the same; the queue is
worked out afresh each time, so that a protection that came a moment ago counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services.contract.canonical import b64u, digest
from services.contract.people import PersonFacts
from services.contract.problems import NotFound
from services.contract.reviews import DECIDED, GENERAL, OPEN, UNDONE, Reviewer
from services.index import facts
from services.index.links import exclusions
from services.index.people import Known, People
from services.index.review import keep, queues
from services.index.review.pairs import ASKED, Pair
from services.index.schema import REVIEW

AT_ONCE = 50
"""Tasks of which what is known is read together: more than a list has, so that most lists are read in one go."""


@dataclass(frozen=True, slots=True, repr=False)
class Seen:
    """One task, with what is worked out of it."""

    row: Any
    pairs: Mapping[str, Pair]
    known: Mapping[str, Known]
    """Item -> its record of introduction, the record in doubt among them."""
    queue: str
    two: bool
    facts: Mapping[str, PersonFacts]
    """Of everybody it touches, and perhaps of others."""

    @property
    def persons(self) -> tuple[str, ...]:
        """Everybody it touches, the person of the record in doubt first."""
        return tuple(dict.fromkeys(self.known[item].person for item in (self.row.item, *self.pairs)))

    @property
    def kind(self) -> str:
        """The kind of its first pair."""
        return next(iter(self.pairs.values())).kind


def find(people: People, reviewer: Reviewer, id: str) -> Seen:
    """One task, open or decided. Raises `NotFound`."""
    row = people.connection.execute(select(REVIEW).where(REVIEW.c.id == id)).first()
    task = see(people, [row])[0] if row is not None and row.state in (OPEN, DECIDED, UNDONE) else None
    if task is None or not may_see(people, reviewer, task):
        raise NotFound("no review with this id is yours")
    return task


def see(people: People, rows: Sequence[Any]) -> list[Seen | None]:
    """The tasks, by position; None where a record that it is about is no longer kept. What many have to know is read once."""
    pairs = keep.pairs_of_all(people, {row.id for row in rows})
    known = people.of_items({item for row in rows for item in (row.item, *pairs[row.id])})
    told = facts.facts_of(people, {one.person for one in known.values()})
    return [_see(people, row, pairs[row.id], known, told) for row in rows]


def _see(
    people: People,
    row: Any,
    pairs: Mapping[str, Pair],
    known: Mapping[str, Known],
    told: Mapping[str, PersonFacts],
) -> Seen | None:
    pairs = {other: pair for other, pair in pairs.items() if other in known}
    if row.item in known and row.state == OPEN:
        # What was linked or held apart a moment ago by another way is in doubt no more.
        apart = exclusions.excluded(people.connection, row.item, pairs.keys())
        mine = known[row.item].person
        pairs = {
            one: pair
            for one, pair in pairs.items()
            if pair.kind == ASKED or (one not in apart and known[one].person != mine)
        }
    if row.item not in known or not pairs:
        return None
    known = {item: known[item] for item in (row.item, *pairs)}
    persons = {one.person for one in known.values()}
    now = queues.of_pairs(people, {(row.item, other) for other in pairs}, persons, told)
    queue = queues.strictest([row.queue, now])
    ages = [told[person].age for person in persons]
    return Seen(row, pairs, known, queue, queues.takes_two(queue, ages), told)


def may_see(people: People, reviewer: Reviewer, task: Seen) -> bool:
    """Whether the task is in a queue that the reviewer reads."""
    sources = people.book.sources
    holders = {sources[one.source].organisation for one in task.known.values()}
    return queues.may_read(reviewer, task.queue, holders)


def listed(people: People, reviewer: Reviewer, *, decided: bool) -> Iterator[Seen]:
    """The reviewer's tasks: open ones, the longest waiting first, or decided ones, the latest first."""
    states = (DECIDED, UNDONE) if decided else (OPEN,)
    order = (REVIEW.c.closed.desc(), REVIEW.c.id) if decided else (REVIEW.c.since, REVIEW.c.id)
    readable = [code for code in queues.STRICTER if queues.may_read_some(reviewer, code)]
    # Whoever reads a restricted queue is shown what came under a restriction a moment ago, too.
    wanted = select(REVIEW).where(REVIEW.c.state.in_(states)).order_by(*order)
    if readable == [GENERAL]:
        wanted = wanted.where(REVIEW.c.queue == GENERAL)
    rows = people.connection.execute(wanted).all() if readable else []
    for start in range(0, len(rows), AT_ONCE):
        for task in see(people, rows[start : start + AT_ONCE]):
            if task is not None and may_see(people, reviewer, task):
                yield task


def open_of(people: People, item: str) -> list[Any]:
    """The open tasks of one record."""
    wanted = select(REVIEW).where(REVIEW.c.item == item, REVIEW.c.state == OPEN)
    return list(people.connection.execute(wanted))


def ref_of(review: str, item: str) -> str:
    """How a record is named within one task: by nothing that is the same in another."""
    return b64u(digest(f"{review}:{item}".encode()))[:16]
