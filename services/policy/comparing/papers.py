"""The paper between two organisations under two books, for whoever asks whom, as what, for what, on any day to come.

Promise: every state that paper can have on or after a day is among the pairs, each with all the holders, roles and purposes for
which it arises; organisations, roles and purposes are put together only where both books give them the same paper.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from services.contract.decisions import Context
from services.policy.paper import Paper, paper_between
from services.policy.tables.domains import ANY_OTHER
from services.runtime.book import Book

OVER = "9999-12-31"
Together = frozenset[str]


@dataclass(frozen=True, slots=True)
class Shift:
    """One pair of states of the paper, and where it arises."""

    before: Paper
    after: Paper
    holders: Together
    roles: Together
    purposes: Together


def shifts(
    before: Book, after: Book, roles: Sequence[str], purposes: Sequence[str], since: str
) -> tuple[Shift, ...]:
    """Every pair, from the day `since` on. `roles`, `purposes`: all there are; a word of nobody's is added here."""
    found: dict[Shift, None] = {}
    for (asker, holder), holders in _alike(before, after, since).items():
        old, new = (_between(book, asker, holder) for book in (before, after))
        untouched = _all_of(before, asker, holder) == _all_of(after, asker, holder)
        for in_roles, in_purposes, on in product(
            _split((*roles, ANY_OTHER), [isa["roles"] for isa in (*old, *new)]),
            _split((*purposes, ANY_OTHER), [isa["purposes"] for isa in (*old, *new)]),
            _days(before, after, asker, holder, since),
        ):
            context = Context(on, asker, "", min(in_roles), min(in_purposes), "NONE")
            was = paper_between(before, context, holder)
            now = was if untouched else paper_between(after, context, holder)
            found[Shift(was, now, holders, in_roles, in_purposes)] = None
    return tuple(found)


def _all_of(book: Book, asker: str, holder: str) -> object:
    """All that paper between the two can say: where it is the same in both books, so is the paper."""
    between = _between(book, asker, holder)
    return _known(book, asker, holder), between, [book.frameworks.get(isa["framework"]) for isa in between]


def _known(book: Book, asker: str, holder: str) -> object:
    both = [book.organisations.get(one) for one in (asker, holder)]
    return [(one.suspended, one.dspt_until) if one else None for one in both]


def _alike(before: Book, after: Book, since: str) -> dict[tuple[str, str], Together]:
    """(asker, holder) that stands for all that both books treat alike -> every such holder."""
    organisations = (*dict.fromkeys((*before.organisations, *after.organisations)), ANY_OTHER)
    first: dict[object, tuple[str, str]] = {}
    holders: dict[tuple[str, str], set[str]] = {}
    for two in product(organisations, organisations):
        stands = first.setdefault(repr([_read(book, *two, since) for book in (before, after)]), two)
        holders.setdefault(stands, set()).add(two[1])
    return {two: frozenset(every) for two, every in holders.items()}


def _read(book: Book, asker: str, holder: str, since: str) -> object:
    """Everything that `paper_between` reads of these two, from the day `since` on."""
    papers = [
        (
            isa["id"],
            [_of_both(paper, asker, holder, since) for paper in (isa, book.frameworks.get(isa["framework"]))],
        )
        for isa in _between(book, asker, holder)
    ]
    return asker == holder, _known(book, asker, holder), papers


def _of_both(paper: Mapping[str, Any] | None, asker: str, holder: str, since: str) -> object:
    """Whether both are parties, and from when both have signed; whatever lies before the first day is as if on it."""
    if paper is None:
        return None
    days = [
        min((one["day"] for one in paper["signatories"] if one["organisation"] == who), default=OVER)
        for who in (asker, holder)
    ]
    return [who in paper["parties"] for who in (asker, holder)], max(*days, since)


def _between(book: Book, asker: str, holder: str) -> list[Mapping[str, Any]]:
    """The ISAs that name both."""
    return [
        isa
        for isa in book.isas
        if asker in isa["parties"]
        and holder in isa["parties"]
        and isa.get("only_with", asker) in (asker, holder)
    ]


def _split(words: Sequence[str], lists: Sequence[Sequence[str]]) -> list[Together]:
    """The words put together by which of the lists name them."""
    found: dict[tuple[bool, ...], set[str]] = {}
    for word in words:
        found.setdefault(tuple(word in one for one in lists), set()).add(word)
    return [frozenset(one) for one in found.values()]


def _days(before: Book, after: Book, asker: str, holder: str, since: str) -> list[str]:
    """The first day, and each later one on which anything between the two may change."""
    found = {day for book in (before, after) for day in _changes(book, asker, holder)}
    return [since, *sorted(day for day in found if since < day <= OVER)]


def _changes(book: Book, asker: str, holder: str) -> Iterator[str]:
    ends = [
        one.dspt_until for id in (asker, holder) if (one := book.organisations.get(id)) and one.dspt_until
    ]
    for isa in _between(book, asker, holder):
        for paper in filter(None, (isa, book.frameworks.get(isa["framework"]))):
            yield paper["effective_from"]
            yield _after(paper["last_day"])
            yield from (one["day"] for one in paper["signatories"])
        yield from (_after(end, isa["dspt"].get("after_days", 0)) for end in ends)


def _after(day: str, days: int = 0) -> str:
    """The day after a last one, and so many days of grace."""
    try:
        return (date.fromisoformat(day) + timedelta(days + 1)).isoformat()
    except OverflowError:
        return OVER
