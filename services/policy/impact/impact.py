"""Old book against new: the one function that makes the report.

Promise: over the tables every question of the shipped organisations is looked at, over the ledger every record that was
given; `widens` is true as soon as any part says widening.
"""

from collections.abc import Iterable, Mapping

from services.policy.impact.boundary import next_boundary
from services.policy.impact.elsewhere import elsewhere
from services.policy.impact.lines import lines_of
from services.policy.impact.questions import alike, changed_files, of_both
from services.policy.impact.recorded import Change, counted, decide_again
from services.policy.impact.report import WIDER, Elsewhere, Line, Report, directions, revision, sorted_lines
from services.policy.impact.tables import Found, Side, differences
from services.policy.ports import Rows
from services.policy.recorded import Recorded
from services.runtime.book import Book

RECORDED = "recorded"
"""The circumstance of a line that only recorded decisions told."""


def impact_of(
    old: Book,
    new: Book,
    rows_old: Rows,
    rows_new: Rows,
    records: Iterable[Recorded],
    *,
    on: str,
    kept: Mapping[str, Rows] | None = None,
    factors: tuple[Elsewhere, ...] = (),
) -> Report:
    """The report on the day `on`. `kept`: rows of further books by digest, to hold records against their own book."""
    before, after = Side(old, rows_old), Side(new, rows_new)
    found = differences(list(alike(old, new, on)), of_both(old, new), before, after)
    books = {**(kept or {}), old.digest: rows_old, new.digest: rows_new}
    again = decide_again(records, before, after, books, on)
    lines, untold = counted(lines_of(found, new), again)
    more = _untold(untold, new)
    beside = elsewhere(old, new)
    every = sorted_lines([*lines, *more])
    return Report(
        on=on,
        base=revision(old.digest),
        new=revision(new.digest),
        widens=WIDER in directions(every, beside, factors),
        files=changed_files(old, new),
        lines=every,
        elsewhere=beside,
        factors=factors,
        questions=found.questions,
        recorded=again.as_counts(),
        boundary=next_boundary(new, rows_new, on),
    )


def _untold(changes: frozenset[Change], book: Book) -> tuple[Line, ...]:
    """Lines for what only recorded decisions told, in circumstances that have no name."""
    found = Found()
    by_question: dict[tuple[str, str, str, str], set[tuple[str, str, str, str, str]]] = {}
    for which, asker, role, purpose, holder, class_, before, after in changes:
        source = next((one.id for one in book.sources.values() if one.organisation == holder), holder)
        told = by_question.setdefault((asker, role, purpose, source), set())
        told.add((which, class_, RECORDED, before, after))
    for question, told in by_question.items():
        found.of[question] = len(found.sets)
        found.sets.append(frozenset(told))
    return lines_of(found, book)
