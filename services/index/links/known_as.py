"""Under which ids the records of one person stand and ever stood, from when to when, and who stood there with them.

Promise: told from what held at the time, not from what was decided again later: an id that only a rewritten history names is not
there. Where it cannot be told to the second, a span is too long rather than too short.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from services.contract.reviews import KnownAs, Span, Stood
from services.index.links import edges, history
from services.index.people import People, in_parts
from services.index.schema import EVENT, IDENTITY

OPEN = ""


@dataclass(frozen=True, slots=True)
class _Stay:
    """A record under an id for a while; `until` is open while it stands there."""

    item: str
    person: str
    since: str
    until: str


def known_as(people: People, person: str) -> KnownAs:
    """The id itself first. Of an id that nobody ever had: that alone, as if it were all."""
    mine = _items(people, person)
    own = list(_stays(people, mine))
    came = {stay.item: stay.since for stay in own if not stay.until}
    ids = {stay.person for stay in own} - {person}
    stays = _by_person(people, {person, *ids})
    found = [_stood(person, stays[person], came, "")]
    for id in sorted(ids):
        since = min(came[stay.item] for stay in own if stay.person == id)
        found.append(_stood(id, stays[id], came, since))
    others = {stay.item for id in (person, *ids) for stay in stays[id]} - mine
    theirs = {stay.person for stay in _stays(people, _together(people, others))}
    return KnownAs(tuple(found), frozenset(theirs - {person, *ids}))


def _stood(id: str, stays: Sequence[_Stay], mine: Collection[str], since: str) -> Stood:
    """How one id was this person's."""
    own = [stay for stay in stays if stay.item in mine]
    others = [stay for stay in stays if stay.item not in mine]
    if not others:
        return Stood(id, since=since)
    # An id that nobody stands under any more took nothing after its last record left it: what was under way then is theirs.
    last = max(stay.until for stay in stays) if all(stay.until for stay in stays) else None
    spans, beside = ([_span(stay, last) for stay in some] for some in (own, others))
    return Stood(id, tuple(_merged(spans)), tuple(_merged(_both(spans, beside))), since)


def _span(stay: _Stay, last: str | None) -> Span:
    return stay.since, OPEN if stay.until == last else stay.until


def _merged(spans: Collection[Span]) -> Iterator[Span]:
    """The same time in as few spans as it takes, oldest first."""
    at: Span | None = None
    for since, until in sorted(spans):
        if at is None:
            at = since, until
        elif at[1] and since > at[1]:
            yield at
            at = since, until
        else:
            at = at[0], OPEN if OPEN in (at[1], until) else max(at[1], until)
    if at is not None:
        yield at


def _both(some: Collection[Span], others: Collection[Span]) -> list[Span]:
    """The time that both have."""
    found = []
    for one in some:
        for other in others:
            since, until = max(one[0], other[0]), min(filter(None, (one[1], other[1])), default=OPEN)
            if not until or since <= until:
                found.append((since, until))
    return found


def _items(people: People, person: str) -> set[str]:
    standing = select(IDENTITY.c.item).where(IDENTITY.c.person == person)
    return set(people.connection.execute(standing).scalars())


def _together(people: People, items: Collection[str]) -> set[str]:
    """Every record of the people of whom these are now."""
    persons: set[str] = set()
    for some in in_parts(sorted(items)):
        wanted = select(IDENTITY.c.person).where(IDENTITY.c.item.in_(some))
        persons |= set(people.connection.execute(wanted).scalars())
    return {item for person in persons for item in _items(people, person)} | set(items)


def _by_person(people: People, persons: Collection[str]) -> dict[str, list[_Stay]]:
    found: dict[str, list[_Stay]] = defaultdict(list)
    for stay in _stays(people, history.ever(people, persons)):
        found[stay.person].append(stay)
    return found


def _stays(people: People, items: Collection[str]) -> Iterator[_Stay]:
    """Where each record stood as time went by, oldest first of each."""
    rows = edges.of(people, items)
    redone = _moments(people, {row.again for of in rows.values() for row in of if row.again})
    for item, of in rows.items():
        steps: list[tuple[str, str, int]] = []
        for row in of:
            if row.status == edges.WITHDRAWN:
                continue
            if row.again and steps and steps[-1][2] == row.again:
                # What was decided again in one go held from then on, and of it only how it ended.
                steps[-1] = (steps[-1][0], row.person, row.again)
            else:
                steps.append((redone.get(row.again, row.at), row.person, row.again))
        kept = [step for at, step in enumerate(steps) if not at or steps[at - 1][1] != step[1]]
        ends = [*(step[0] for step in kept[1:]), OPEN]
        for (since, person, _), until in zip(kept, ends, strict=True):
            yield _Stay(item, person, since, until)


def _moments(people: People, events: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in in_parts(sorted(events)):
        for row in people.connection.execute(select(EVENT.c.seq, EVENT.c.at).where(EVENT.c.seq.in_(some))):
            found[row.seq] = row.at
    return found
