"""Whether a proposal widens, as the hub and whoever proposes both find it: every rule's rows and every paper, old against new.

Promise: that nothing widens is said only where no question at all, from today on, releases more; what cannot be compared counts
as widening, and is said with its place.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.contract.problems import BadSetting
from services.policy.build import BUILT
from services.policy.comparing.beyond import beyond
from services.policy.comparing.shifts import NotCompared, compared
from services.policy.comparing.words import told
from services.policy.impact.report import WIDER, Elsewhere
from services.policy.lifecycle.by_file import by_file
from services.policy.lifecycle.cell_by_cell import cell_by_cell
from services.policy.lifecycle.impact import Found, Line
from services.policy.lifecycle.proposals import Version
from services.policy.ports import EngineFailed
from services.policy.tabled import own
from services.policy.tables.shape import CannotTabulate
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book

LONGEST = 60.0
"""Seconds for one call of many keys."""
Progress = Callable[[str], None]


def weighed(before: Version, after: Version, progress: Progress = lambda _: None) -> Found:
    """What the hub goes by: seconds, whatever was changed."""
    if before.book.digest == after.book.digest:
        return Found(False, ())
    try:
        lines = factor_lines(before.book, after.book, progress)
    except (BadSetting, CannotTabulate, EngineFailed, NotCompared):
        return by_file(before, after)
    every = [*beyond(before.book, after.book), *lines]
    return Found(
        any(one.direction == WIDER for one in every),
        tuple(Line(one.sentence, one.direction == WIDER) for one in every),
    )


def in_words(before: Version, after: Version, progress: Progress = lambda _: None) -> Found:
    """The verdict of `weighed`, with what every question of the book says of the change: what signers read and sign."""
    found = weighed(before, after, progress)
    if before.book.digest == after.book.digest:
        return found
    progress("every question of the book")
    asked = cell_by_cell(before, after)
    # What cannot be decided here has the lines of its files alone, and them once.
    lines = tuple(dict.fromkeys((*asked.lines, *found.lines)))
    return Found(found.widens or asked.widens, lines, asked.detail)


def factor_lines(old: Book, new: Book, progress: Progress = lambda _: None) -> tuple[Elsewhere, ...]:
    """Every rule that says otherwise, in words. Raises `NotCompared`, `BadSetting`, `CannotTabulate`, `EngineFailed`."""
    engine = EmbeddedEngine(BUILT, LONGEST)
    try:
        progress("the tables of the rules")
        tabled = own()
        was, now = tabled.tables(engine, old), tabled.tables(engine, new)
        return told(compared((old, was), (new, now), since(), progress), new)
    finally:
        engine.close()


def since() -> str:
    """Yesterday in London: a question that is being answered while this is worked out is under a day that is looked at."""
    return (datetime.now(ZoneInfo("Europe/London")).date() - timedelta(1)).isoformat()
