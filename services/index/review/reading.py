"""Tasks read for a reviewer: lines of a list, one task opened, and the month's numbers.

Promise: nothing is decided or written here; what one reviewer said is in nothing that another is given before they have
spoken; of evidence about a place nothing is said where anybody is protected.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select

from services.contract.people import Item, Related
from services.contract.reviews import (
    DECIDED,
    GENERAL,
    OPEN,
    UNDONE,
    MonthOfReviews,
    Reviewer,
    ReviewLine,
    ReviewRecord,
    ReviewTask,
    Said,
)
from services.index import relate
from services.index.links import exclusions
from services.index.people import Known, People
from services.index.review import agreement, answers, seen, wording
from services.index.review.pairs import Pair
from services.index.review.seen import Seen
from services.index.schema import REVIEW, REVIEW_ANSWER
from services.index.sources import published


def lines(people: People, reviewer: Reviewer, *, decided: bool, most: int) -> tuple[ReviewLine, ...]:
    """At most so many of the reviewer's tasks."""
    listed = seen.listed(people, reviewer, decided=decided)
    return tuple(line(people, reviewer, task) for task in islice(listed, most))


def general(people: People, reviewer: Reviewer, *, decided: bool, most: int) -> tuple[ReviewTask, ...]:
    """Of the same tasks those of the general queue, opened: for whoever has to know whether policy may speak of them."""
    listed = islice(seen.listed(people, reviewer, decided=decided), most)
    tasks = [task for task in listed if task.queue == GENERAL]
    return _opened(people, reviewer, tasks) if tasks else ()


def line(people: People, reviewer: Reviewer, task: Seen) -> ReviewLine:
    """One task as a list names it."""
    row = task.row
    given = answers.of_round(people, row)
    return ReviewLine(
        id=row.id,
        kind=task.kind,
        queue=task.queue,
        since=row.since,
        state=row.state,
        two=task.two,
        given=len(given),
        mine=any(one.by == answers.by_of(people, reviewer) for one in given),
        outcome=row.outcome,
        decided=row.closed,
    )


def open_task(people: People, reviewer: Reviewer, id: str) -> ReviewTask:
    """One task with its records side by side. Raises `NotFound`."""
    return _opened(people, reviewer, [seen.find(people, reviewer, id)])[0]


def _opened(people: People, reviewer: Reviewer, tasks: Sequence[Seen]) -> tuple[ReviewTask, ...]:
    parts = [_contents(people, task) for task in tasks]
    everybody = dict.fromkeys(person for one in parts for person in (*one.task.persons, *one.beside))
    related = {one.person: one for one in relate.alone(people, tuple(everybody), reviewer.asker)}
    return tuple(_task(people, reviewer, one, related) for one in parts)


@dataclass(frozen=True, slots=True, repr=False)
class _Contents:
    """The records of one task, and in whose files they stand."""

    task: Seen
    held: tuple[Item | None, ...]
    others: tuple[Item, ...]
    beside: tuple[str, ...]


def _contents(people: People, task: Seen) -> _Contents:
    held = tuple(_item(people, task.known[item]) for item in (task.row.item, *task.pairs))
    others = tuple(_others(people, task))
    files = {one.person for one in (*held, *others) if one is not None} - set(task.persons)
    return _Contents(task, held, others, tuple(sorted(files)))


def _task(
    people: People, reviewer: Reviewer, contents: _Contents, related: Mapping[str, Related]
) -> ReviewTask:
    task, beside = contents.task, contents.beside
    known = {person: related[person].facts for person in (*task.persons, *beside)}
    # A record that is kept restricted is found by no place: nothing of a place is said of it here, either.
    placeless = any(one.protected for one in known.values()) or any(
        one.summary.restricted for one in task.known.values()
    )
    return ReviewTask(
        line=line(people, reviewer, task),
        records=tuple(_records(people, task, contents.held, placeless=placeless)),
        related=tuple(related[person] for person in task.persons),
        facts=known,
        others=contents.others,
        beside=tuple(related[person] for person in beside),
        said=tuple(_said(people, reviewer, task)),
    )


def _records(
    people: People, task: Seen, held: Sequence[Item | None], *, placeless: bool
) -> Iterator[ReviewRecord]:
    for item, found in zip((task.row.item, *task.pairs), held, strict=True):
        if found is not None:
            pair = task.pairs.get(item)
            evidence = (
                wording.of_pair(pair, placeless=placeless, now=_now(people, task, pair)) if pair else ()
            )
            yield ReviewRecord(seen.ref_of(task.row.id, item), found, evidence)


def _now(people: People, task: Seen, pair: Pair) -> str:
    """What an open question's two records count as now."""
    if task.row.state != OPEN:
        return ""
    if task.known[pair.other].person == task.known[task.row.item].person:
        return wording.JOINED
    apart = exclusions.excluded(people.connection, task.row.item, {pair.other})
    return wording.HELD_APART if apart else ""


def _others(people: People, task: Seen) -> Iterator[Item]:
    """Every other record that introduces one of these people."""
    for of in people.of(task.persons).values():
        for known in of:
            found = _item(people, known) if known.item not in task.known else None
            if found is not None:
                yield found


def _item(people: People, known: Known) -> Item | None:
    """The current version of a record of introduction, as policy and release take it."""
    whose = known
    if known.type != "Patient" and known.about:
        whose = people.of_items([known.about]).get(known.about, known)
    held = published.items_of(people, [(known.source, whose.person)])
    return next((one for one in held if one.record == known.record), None)


def _said(people: People, reviewer: Reviewer, task: Seen) -> Iterator[Said]:
    row = task.row
    wanted = select(REVIEW_ANSWER).where(REVIEW_ANSWER.c.review == row.id)
    mine = answers.by_of(people, reviewer)
    for one in people.connection.execute(wanted.order_by(REVIEW_ANSWER.c.id)):
        if row.state == OPEN and one.round == row.round and one.by != mine:
            continue
        told = people.store.unseal(one.sealed, answers.sealed_at(row.id, one.round, one.by))
        chosen = seen.ref_of(row.id, one.chosen) if one.chosen else ""
        yield Said(one.answer, chosen, told["reason"], told["user"], told["role"], one.at)


def months(people: People) -> tuple[MonthOfReviews, ...]:
    """The general queue by month, the latest first; nothing of a task that touches anybody restricted is in any number."""
    raised: Counter[str] = Counter()
    decided: dict[str, Counter[str]] = defaultdict(Counter)
    undone: Counter[str] = Counter()
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    wanted = select(REVIEW).where(REVIEW.c.queue == GENERAL, REVIEW.c.state.in_((OPEN, DECIDED, UNDONE)))
    for row in people.connection.execute(wanted).all():
        (task,) = seen.see(people, [row])
        if task is None or task.queue != GENERAL:
            continue
        raised[row.since[:7]] += 1
        for month, pair in _first_pair(people, row):
            pairs[month].append(pair)
        if row.state == DECIDED:
            decided[row.closed[:7]][row.outcome] += 1
        elif row.state == UNDONE:
            undone[row.closed[:7]] += 1
    every = sorted({*raised, *decided, *undone, *pairs}, reverse=True)
    return tuple(
        MonthOfReviews(
            month,
            raised[month],
            dict(decided[month]),
            undone[month],
            len(pairs[month]),
            agreement.agreed(pairs[month]),
            agreement.kappa(pairs[month]),
        )
        for month in every
    )


def _first_pair(people: People, row: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    """The month and the two answers of the first round in which two spoke; later ones knew of these."""
    wanted = select(REVIEW_ANSWER).where(REVIEW_ANSWER.c.review == row.id, REVIEW_ANSWER.c.round > 0)
    rounds: dict[int, list[Any]] = defaultdict(list)
    for one in people.connection.execute(wanted.order_by(REVIEW_ANSWER.c.id)):
        rounds[one.round].append(one)
    for given in rounds.values():
        if len(given) > 1:
            yield given[1].at[:7], (given[0].answer, given[1].answer)
            return
