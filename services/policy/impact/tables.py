"""What differs between two books, question by question, kept small: equal sets of differences are kept once.

Promise: every difference of every cell is in the answer, with the direction that compare.py gives it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from services.contract.decisions import Cell, Context, Profile
from services.contract.vocabulary import codes
from services.policy.circumstances import Circumstance
from services.policy.impact.compare import direction, words_of
from services.policy.impact.questions import Alike, put
from services.policy.ports import Rows
from services.runtime.book import Book

Difference = tuple[str, str, str, str, str]
"""(direction, class, circumstance, before, after)."""


@dataclass(slots=True)
class Found:
    """The differences of all questions."""

    sets: list[frozenset[Difference]] = field(default_factory=list)
    of: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    """(asker, role, purpose, source id) -> place in `sets`."""
    questions: int = 0


def differences(
    questions: Sequence[Alike],
    every: Sequence[Circumstance],
    before: "Side",
    after: "Side",
    days: tuple[str, str] = ("", ""),
) -> Found:
    """Each question decided on both sides, on its own day or on two, and what came out otherwise."""
    found, known, directed = Found(), dict[frozenset[Difference], int](), _directed()
    for one in questions:
        was, is_now = before.decide(one, every, days[0]), after.decide(one, every, days[1])
        differing = frozenset(
            difference
            for code in was.keys() & is_now.keys()
            if was[code] != is_now[code]
            for difference in directed(code, was[code], is_now[code])
        )
        found.questions += len(was) * len(one.every)
        if differing:
            place = known.setdefault(differing, len(found.sets))
            if place == len(found.sets):
                found.sets.append(differing)
            asking = one.asking
            found.of |= {(asker, asking.role, asking.purpose, source): place for asker, source in one.every}
    return found


@dataclass(frozen=True, slots=True)
class Side:
    """One book on one day, and what decides under it."""

    book: Book
    rows: Rows

    def decide(self, one: Alike, every: Sequence[Circumstance], on: str = "") -> dict[str, tuple[Cell, ...]]:
        """Circumstance -> its row; one call for each context. Nothing at all of a source that the book has not."""
        by_context: dict[Context, list[tuple[str, Profile]]] = {}
        for code, context, profile in put(self.book, one, every, on):
            by_context.setdefault(context, []).append((code, profile))
        return {
            code: row
            for context, asked in by_context.items()
            for (code, _), row in zip(
                asked, self.rows.rows(context, [profile for _, profile in asked]), strict=True
            )
        }


def _directed() -> Callable[[str, tuple[Cell, ...], tuple[Cell, ...]], list[Difference]]:
    """Differences of two rows; a pair of cells that came before is not compared again."""
    known: dict[tuple[int, int], tuple[str, str, str]] = {}
    kept: list[Cell] = []

    def pair(was: Cell, is_now: Cell) -> tuple[str, str, str]:
        key = (id(was), id(is_now))
        if key not in known:
            # Kept, so that no later cell can have the same address.
            kept.extend((was, is_now))
            known[key] = (direction(was, is_now), words_of(was), words_of(is_now))
        return known[key]

    def of_rows(code: str, was: tuple[Cell, ...], is_now: tuple[Cell, ...]) -> list[Difference]:
        told = []
        for class_, old, new in zip(codes("classes"), was, is_now, strict=True):
            which, before, after = pair(old, new) if old is not new else ("", "", "")
            if which:
                told.append((which, class_, code, before, after))
        return told

    return of_rows
