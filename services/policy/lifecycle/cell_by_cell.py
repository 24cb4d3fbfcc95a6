"""The comparison of two books question by question, as the hub and whoever proposes both make it.

Promise: that nothing widens is said only after every question of the book was asked under both; where that is not done,
because the change is not of the kinds that take away or the two cannot both be decided under here, each changed file counts
as widening.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from services.contract.problems import BadSetting
from services.policy.build import BUILT
from services.policy.impact.impact import impact_of
from services.policy.impact.report import NARROWER, WIDER, Report, plain
from services.policy.lifecycle.by_file import by_file
from services.policy.lifecycle.impact import Found, Line
from services.policy.lifecycle.proposals import Version
from services.policy.lifecycle.takes_away import takes_away
from services.policy.recorded import Recorded
from services.policy.tabled import Tabled
from services.policy.wasm import EmbeddedEngine

LONGEST = 60.0
"""Seconds for one call of many profiles."""


def weighed(before: Version, after: Version) -> Found:
    """What the hub and whoever proposes both go by: dear only where one signature may be enough."""
    if before.book.digest != after.book.digest and not takes_away(before, after):
        return by_file(before, after)
    return cell_by_cell(before, after)


def in_words(before: Version, after: Version) -> Found:
    """The verdict of `weighed`, with what every question of the book says of the change: what signers read and sign."""
    found = weighed(before, after)
    if not found.widens or takes_away(before, after):
        return found
    asked = cell_by_cell(before, after)
    # What cannot be decided here has the lines of its files alone, and them once.
    return Found(True, tuple(dict.fromkeys((*asked.lines, *found.lines))), asked.detail)


def cell_by_cell(before: Version, after: Version, records: Iterable[Recorded] = ()) -> Found:
    """Every question of the book, today, and the recorded decisions that are given, under both books."""
    if before.book.digest == after.book.digest:
        return Found(False, ())
    engine = EmbeddedEngine(BUILT, LONGEST)
    try:
        engine.prepare(before.book)
        engine.prepare(after.book)
        tabled = Tabled()
        rows = tabled.rows(engine, before.book), tabled.rows(engine, after.book)
        today = datetime.now(ZoneInfo("Europe/London")).date().isoformat()
        report = impact_of(before.book, after.book, *rows, records, on=today)
    except BadSetting:
        return by_file(before, after)
    finally:
        engine.close()
    return Found(report.widens, _lines(report), plain(report))


def _lines(report: Report) -> tuple[Line, ...]:
    """What widens and what narrows, each with whom it concerns: who asks and who holds."""
    told = []
    for line in report.lines:
        if line.direction in (WIDER, NARROWER):
            text = f"{line.sentence}{_recorded(line.recorded, report, line.direction)}"
            concerned = tuple(sorted({*line.organisations, *line.holders}))
            told.append(Line(text, line.direction == WIDER, concerned, line.roles))
    beside = [one for one in (*report.elsewhere, *report.factors) if one.direction in (WIDER, NARROWER)]
    return (*told, *(Line(one.sentence, one.direction == WIDER) for one in beside))


def _recorded(count: int, report: Report, direction: str) -> str:
    if not report.recorded.decisions:
        return ""
    what = "more" if direction == WIDER else "less"
    return f" {count} of the last {report.recorded.decisions} decisions would have released {what}."
