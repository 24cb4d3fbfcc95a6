"""Keeps the tasks in step with what is in doubt: raised once, re-pointed when people change, closed when the doubt is gone.

Promise: a record has at most one open task in a queue, however often it is published; a doubt that stands in one task is in
no other; what was decided is not raised again until what speaks for or against it changes; the answer to a publish never
depends on any of it.

Called inside the transaction of the publish (or of a link, an un-link, an ended protection), after everything else in it.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from services.contract.canonical import b64u
from services.contract.reviews import DECIDED, GENERAL, GONE, OPEN, SILENT, UNSURE
from services.index.links import exclusions
from services.index.people import People, in_parts
from services.index.review import pairs, queues
from services.index.review.pairs import Pair
from services.index.schema import CONFLICT, DOUBT, REVIEW, REVIEW_PAIR
from services.index.store import opaque


def after(people: People, touched: Collection[str], at: str, decided: Collection[str] = ()) -> None:
    """Bring every task that these records bear on in step.

    `touched`: items of which something changed; `decided`: those that were compared with everybody just now.
    """
    now = People(people.connection, people.store, people.book, people.on)
    fresh = _doubted(now, touched) | set(decided)
    bear = _bearing(now, touched) | _claiming(now, touched)
    for item in sorted(fresh | bear):
        wanted = pairs.of_doubts(now, item) | pairs.of_conflicts(now, item)
        if item in fresh:
            # What a person asked stands until people answer it, whatever is published meanwhile.
            wanted |= _standing(now, item, (pairs.ASKED,))
        else:
            # Only who somebody is, or how they are protected, changed: what was in doubt is in doubt still. Numbers are
            # read off the records.
            wanted = _standing(now, item, (pairs.LIKENESS,)) | wanted | _standing(now, item, (pairs.ASKED,))
        sync(now, item, wanted, at)


def sync(people: People, item: str, wanted: Mapping[str, Pair], at: str) -> None:
    """Make the open tasks of one record say exactly what of `wanted` is in doubt."""
    rows = {row.queue: row for row in _open(people, [item])}
    left = _doubtful(people, item, wanted)
    hushed = set(pairs_of(people, rows[SILENT])) if SILENT in rows else set()
    groups: dict[str, dict[str, Pair]] = {}
    for other, (pair, queue) in left.items():
        silent = queue == GENERAL and other in hushed
        groups.setdefault(SILENT if silent else queue, {})[other] = pair
    for queue in sorted(rows.keys() | groups.keys()):
        _put(people, item, queue, rows.get(queue), groups.get(queue, {}), at)


def hush(people: People, id: str) -> None:
    """Move an open task of the general queue out of it: policy is silent about somebody in it."""
    row = people.connection.execute(
        select(REVIEW).where(REVIEW.c.id == id, REVIEW.c.queue == GENERAL, REVIEW.c.state == OPEN)
    ).first()
    if row is not None:
        key = _open_key(people, row.item, SILENT)
        taken = people.connection.execute(select(REVIEW.c.id).where(REVIEW.c.open_key == key)).first()
        moved = {"state": GONE, "open_key": None} if taken else {"open_key": key}
        people.connection.execute(update(REVIEW).where(REVIEW.c.id == id).values(queue=SILENT, **moved))


def pairs_of(people: People, row: Any) -> dict[str, Pair]:
    """The pairs of a task, by the item of the other record."""
    return pairs_of_all(people, {row.id})[row.id]


def pairs_of_all(people: People, reviews: Collection[str]) -> dict[str, dict[str, Pair]]:
    """The same of many tasks, by id, in one statement for each few hundred."""
    found: dict[str, dict[str, Pair]] = {id: {} for id in reviews}
    for some in in_parts(sorted(reviews)):
        wanted = select(REVIEW_PAIR).where(REVIEW_PAIR.c.review.in_(some))
        for one in people.connection.execute(wanted.order_by(REVIEW_PAIR.c.review, REVIEW_PAIR.c.other)):
            place = _place(one.review, one.other)
            found[one.review][one.other] = pairs.opened(people.store, one, place)
    return found


def open_pairs(people: People, item: str) -> dict[str, Pair]:
    """What is in doubt of a record as all its open tasks have it."""
    found: dict[str, Pair] = {}
    for row in _open(people, [item]):
        found |= pairs_of(people, row)
    return found


def _standing(people: People, item: str, kinds: Collection[str]) -> dict[str, Pair]:
    return {other: pair for other, pair in open_pairs(people, item).items() if pair.kind in kinds}


def _doubted(people: People, touched: Collection[str]) -> set[str]:
    """Records of which matching left something in doubt, where it is about any of these."""
    found: set[str] = set()
    for some in in_parts(sorted(touched)):
        wanted = select(DOUBT.c.item).where(or_(DOUBT.c.item.in_(some), DOUBT.c.other.in_(some)))
        found |= set(people.connection.execute(wanted).scalars())
    return found


def _claiming(people: People, touched: Collection[str]) -> set[str]:
    """Those of these records whose number stood under two dates of birth."""
    found: set[str] = set()
    for some in in_parts(sorted(touched)):
        for column in (CONFLICT.c.item, CONFLICT.c.other):
            found |= set(people.connection.execute(select(column).where(column.in_(some))).scalars())
    return found


def _bearing(people: People, touched: Collection[str]) -> set[str]:
    """The records in doubt whose tasks name anybody of whom something changed, or who shares a home with them."""
    if people.connection.execute(select(REVIEW.c.id).where(REVIEW.c.state == OPEN).limit(1)).first() is None:
        return set()
    persons = {known.person for known in people.of_items(touched).values()}
    persons |= {other for others in people.same_home(persons).values() for other in others}
    items = sorted({*touched, *people.items(persons)})
    found: set[str] = set()
    for some in in_parts(items):
        named = select(REVIEW_PAIR.c.review).where(REVIEW_PAIR.c.other.in_(some))
        wanted = select(REVIEW.c.item).where(
            REVIEW.c.state == OPEN, or_(REVIEW.c.item.in_(some), REVIEW.c.id.in_(named))
        )
        found |= set(people.connection.execute(wanted).scalars())
    return found


def _doubtful(people: People, item: str, wanted: Mapping[str, Pair]) -> dict[str, tuple[Pair, str]]:
    """Of what is wanted, what is still in doubt, in no other task and not decided: each with its queue."""
    known = people.of_items({item, *wanted})
    if item not in known:
        return {}
    mine = known[item].person
    found: dict[str, tuple[Pair, str]] = {}
    seen = {mine}
    decided = _decided(people, item) if wanted else {}
    apart = exclusions.excluded(people.connection, item, wanted.keys())
    for other in sorted(wanted.keys() & known.keys()):
        person = known[other].person
        # Whether two who were joined or held apart should be is what a person asks.
        if wanted[other].kind != pairs.ASKED:
            if person in seen or other in apart or wanted[other].digest in decided.get(other, ()):
                continue
            if _elsewhere(people, item, mine, person):
                continue
            seen.add(person)
        found[other] = wanted[other], queues.of_pairs(people, {(item, other)}, {mine, person})
    return found


def _elsewhere(people: People, item: str, mine: str, person: str) -> bool:
    """Whether the same two people are in doubt already, in an open task of another record."""
    ours, theirs = sorted(people.items([mine])), sorted(people.items([person]))
    for one, other in ((ours, theirs), (theirs, ours)):
        named = select(REVIEW_PAIR.c.review).where(REVIEW_PAIR.c.other.in_(other))
        wanted = select(REVIEW.c.id).where(
            REVIEW.c.state == OPEN, REVIEW.c.item.in_(one), REVIEW.c.item != item, REVIEW.c.id.in_(named)
        )
        if people.connection.execute(wanted.limit(1)).first() is not None:
            return True
    return False


def _decided(people: People, item: str) -> dict[str, set[str]]:
    """other -> digests of what nobody could tell of it and this record, from either side.

    It holds until there is something new to look at. What was found not to be the same is an exclusion.
    """
    joined = select(REVIEW.c.item, REVIEW_PAIR.c.other, REVIEW_PAIR.c.digest).where(
        REVIEW.c.id == REVIEW_PAIR.c.review,
        REVIEW.c.state == DECIDED,
        REVIEW.c.outcome == UNSURE,
        or_(REVIEW.c.item == item, REVIEW_PAIR.c.other == item),
    )
    found: dict[str, set[str]] = {}
    for row in people.connection.execute(joined):
        found.setdefault(row.other if row.item == item else row.item, set()).add(row.digest)
    return found


def _open(people: People, items: Collection[str]) -> list[Any]:
    wanted = select(REVIEW).where(REVIEW.c.item.in_(sorted(items)), REVIEW.c.state == OPEN)
    return list(people.connection.execute(wanted))


def _put(people: People, item: str, queue: str, row: Any, wanted: Mapping[str, Pair], at: str) -> None:
    if row is None:
        row_id = opaque()
        fresh = {"id": row_id, "item": item, "queue": queue, "since": at, "state": OPEN, "round": 1}
        fresh |= {"open_key": _open_key(people, item, queue), "outcome": "", "chosen": "", "closed": ""}
        people.connection.execute(insert(REVIEW).values(**fresh, effect=""))
        _write(people, row_id, wanted)
        return
    before = pairs_of(people, row)
    if not wanted:
        gone = {"state": GONE, "open_key": None, "closed": at}
        people.connection.execute(update(REVIEW).where(REVIEW.c.id == row.id).values(**gone))
    elif {other: pair.digest for other, pair in wanted.items()} != {
        other: pair.digest for other, pair in before.items()
    }:
        # Who answered, answered about something else: it begins again.
        people.connection.execute(
            update(REVIEW).where(REVIEW.c.id == row.id).values(round=REVIEW.c.round + 1)
        )
        people.connection.execute(delete(REVIEW_PAIR).where(REVIEW_PAIR.c.review == row.id))
        _write(people, row.id, wanted)


def _write(people: People, review: str, wanted: Mapping[str, Pair]) -> None:
    rows = [
        {
            "review": review,
            "other": other,
            "kind": pair.kind,
            "digest": pair.digest,
            "evidence": pairs.sealed(people.store, pair, _place(review, other)),
        }
        for other, pair in sorted(wanted.items())
    ]
    people.connection.execute(insert(REVIEW_PAIR), rows)


def _open_key(people: People, item: str, queue: str) -> str:
    return b64u(people.store.mac.of("review-open", item, queue)[:16])


def _place(review: str, other: str) -> str:
    return f"review-pair:{review}:{other}"
