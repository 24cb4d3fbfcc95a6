"""The comparison of two books question by question, in the words that signers read.

Promise: every question of the book is asked under both, today; where the two cannot both be decided under here, each changed file
counts as widening.
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
from services.policy.recorded import Recorded
from services.policy.tabled import own
from services.policy.wasm import EmbeddedEngine

LONGEST = 60.0
"""Seconds for one call of many profiles."""


def cell_by_cell(before: Version, after: Version, records: Iterable[Recorded] = ()) -> Found:
    """Every question of the book, today, and the recorded decisions that are given, under both books."""
    if before.book.digest == after.book.digest:
        return Found(False, ())
    engine = EmbeddedEngine(BUILT, LONGEST)
    try:
        tabled = own()
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
