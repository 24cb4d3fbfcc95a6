"""Holding the invariants against an engine or the tables: ask, compare, and tell the breaches in words.

Promise: every invariant is held against every row that was asked; the first few breaches of each are told, all are counted.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from services.contract.decisions import Context, Profile
from services.contract.vocabulary import codes
from services.policy.invariants import OF_A_CHANGE, OF_A_ROW, spaces
from services.policy.invariants.invariant import Breach
from services.policy.invariants.row import Row, in_words
from services.policy.invariants.spaces import Asked
from services.policy.invariants.written import Written, written
from services.policy.ports import Rows
from services.runtime.book import Book

CLASSES = codes("classes")
TOLD = 3
"""Breaches of one invariant that are told in words; the rest are counted."""
BATCH = 400
SEED = 20261123
Progress = Callable[[str], None]


@dataclass
class Found:
    """What a run came to."""

    rows: int = 0
    changes: int = 0
    breaches: list[Breach] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    @property
    def cells(self) -> int:
        """Cells that were held against the invariants."""
        return (self.rows + self.changes) * len(CLASSES)

    def add(self, invariant: str, told: str) -> None:
        self.counted[invariant] += 1
        if self.counted[invariant] <= TOLD:
            self.breaches.append(Breach(invariant, told))


def hold(book: Book, rows: Rows, *, quick: bool, progress: Progress = lambda _: None) -> Found:
    """Hold every invariant. `quick`: each thing otherwise by itself; else every two together too, and more at random."""
    papers, found, draw = written(book), Found(), random.Random(SEED)  # noqa: S311 - a sample, not a secret
    for_each = spaces.permitted(papers)
    progress(f"{len(for_each)} purposes with roles, one thing otherwise at a time")
    _each(found, rows, papers, spaces.refused(papers))
    for purpose, role in for_each:
        _each(found, rows, papers, spaces.one_at_a_time(spaces.usual(papers, purpose, role), papers))
    few = spaces.one_role_a_ceiling(papers)
    progress(f"{found.rows} rows so far; changes to {len(few)} purposes with roles")
    for purpose, role in few:
        plain = spaces.usual(papers, purpose, role)
        sample = [plain, Asked(plain.context, spaces.own(plain, papers))]
        sample += spaces.at_random(plain, papers, draw, 4 if quick else 40)
        _changes(found, rows, papers, sample)
    if not quick:
        progress(f"{found.rows} rows and {found.changes} changes so far; every two things otherwise together")
        for purpose, role in few:
            plain = spaces.usual(papers, purpose, role)
            _each(found, rows, papers, spaces.two_at_a_time(plain, papers))
            _each(found, rows, papers, spaces.at_random(plain, papers, draw, 400))
    progress(f"{found.rows} rows and {found.changes} changes")
    return found


def answered(rows: Rows, papers: Written, asked: Iterable[Asked]) -> Iterator[Row]:
    """The rows that were asked for, in order; those of one situation in one call."""
    waiting = iter(asked)
    while batch := list(islice(waiting, BATCH)):
        by_context: dict[Context, list[tuple[int, Profile]]] = {}
        for place, one in enumerate(batch):
            by_context.setdefault(one.context, []).append((place, one.profile))
        found: dict[int, Row] = {}
        for context, profiles in by_context.items():
            answers = rows.rows(context, [profile for _, profile in profiles])
            for (place, profile), cells in zip(profiles, answers, strict=True):
                found[place] = Row(context, profile, dict(zip(CLASSES, cells, strict=True)), papers)
        yield from (found[place] for place in range(len(batch)))


def _each(found: Found, rows: Rows, papers: Written, asked: Iterable[Asked]) -> None:
    for row in answered(rows, papers, asked):
        found.rows += 1
        for invariant in OF_A_ROW:
            for code, wrong in invariant.breaches(row):
                found.add(invariant.name, f"{in_words(row, code)}. But {wrong}.")


def _changes(found: Found, rows: Rows, papers: Written, asked: Iterable[Asked]) -> None:
    for row in answered(rows, papers, asked):
        for change in OF_A_CHANGE:
            to = list(change.to(row))
            afters = answered(rows, papers, [Asked(context, profile) for _, context, profile in to])
            for (told, _, _), after in zip(to, afters, strict=True):
                found.changes += 1
                for code, wrong in change.breaches(row, after):
                    found.add(change.name, f"{in_words(row, code)}. When {told}: {wrong}.")
