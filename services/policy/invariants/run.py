"""Holding the invariants against an engine or the tables: ask, compare, and tell the breaches in words.

Promise: every invariant is held against every row that was asked; the first few breaches of each are told, all are counted.
"""

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from services.contract.decisions import Context, Profile
from services.contract.vocabulary import codes
from services.policy.invariants import spaces
from services.policy.invariants.every import OF_A_CHANGE, OF_A_ROW, TABLES
from services.policy.invariants.invariant import Breach
from services.policy.invariants.promises import against
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

    def add(self, invariant: str, row: Row, code: str, wrong: str) -> None:
        """Count a breach, and tell it if it is among the first of its kind."""
        self.counted[invariant] += 1
        if self.counted[invariant] <= TOLD:
            self.breaches.append(Breach(invariant, f"{in_words(row, code)}. But {wrong}."))


def hold(
    book: Book,
    rows: Rows,
    *,
    quick: bool,
    purposes: Collection[str] = (),
    progress: Progress = lambda _: None,
) -> Found:
    """Hold every invariant; `purposes`: those alone.

    `quick`: each thing otherwise by itself; else every two together too, and more at random.
    """
    papers, found, draw = written(book), Found(), random.Random(SEED)  # noqa: S311 - a sample, not a secret
    each = [one for one in spaces.permitted(papers) if not purposes or one[0] in purposes]
    few = [one for one in spaces.one_role_a_ceiling(papers) if not purposes or one[0] in purposes]
    progress(f"{len(each)} purposes with roles, one thing otherwise at a time")
    if not purposes:
        _each(found, rows, papers, spaces.refused(papers))
    for purpose, role in each:
        _each(found, rows, papers, spaces.one_at_a_time(spaces.usual(papers, purpose, role), papers))
    progress(f"{found.rows} rows; changes to {len(few)} purposes with roles")
    for purpose, role in few:
        plain = spaces.usual(papers, purpose, role)
        _each(found, rows, papers, spaces.labels_with(plain, papers))
        sample = [plain, Asked(plain.context, spaces.own(plain))]
        sample += spaces.at_random(plain, papers, draw, 4 if quick else 40)
        _changes(found, rows, papers, sample)
    for place, (purpose, role) in enumerate(() if quick else few):
        progress(f"{found.rows} rows; every two things otherwise, {place} of {len(few)} purposes with roles")
        plain = spaces.usual(papers, purpose, role)
        _each(found, rows, papers, spaces.two_at_a_time(plain, papers))
        _each(found, rows, papers, spaces.at_random(plain, papers, draw, 400))
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
        for name, code, wrong in against(TABLES, row):
            found.add(name, row, code, wrong)
        for invariant in OF_A_ROW:
            for code, wrong in invariant.breaches(row):
                found.add(invariant.name, row, code, wrong)


def _changes(found: Found, rows: Rows, papers: Written, asked: Iterable[Asked]) -> None:
    for row in answered(rows, papers, asked):
        to = [(change, *one) for change in OF_A_CHANGE for one in change.to(row)]
        afters = answered(rows, papers, [Asked(context, profile) for _, _, context, profile in to])
        for (change, told, _, _), after in zip(to, afters, strict=True):
            found.changes += 1
            for code, wrong in change.breaches(row, after):
                found.add(change.name, row, code, f"when {told}: {wrong}")
