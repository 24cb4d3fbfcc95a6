"""The next day on which paper begins or is over, and what the book then changes by itself.

Promise: every date of every ISA and gateway is looked at; what changes on that day is found by deciding, not by reading.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from services.policy.circumstances import CHILD, PLAIN, circumstances
from services.policy.clauses import gateways
from services.policy.impact.lines import lines_of
from services.policy.impact.questions import alike_on
from services.policy.impact.report import Boundary
from services.policy.impact.tables import Side, differences
from services.policy.ports import Rows
from services.runtime.book import Book


def next_boundary(book: Book, rows: Rows, on: str) -> Boundary | None:
    """The first day after `on` on which something begins or is over; None where no date lies ahead."""
    ahead = sorted({(day, what) for day, what in _events(book) if day > on})
    if not ahead:
        return None
    day = ahead[0][0]
    side = Side(book, rows)
    questions = list(alike_on(book, on, day))
    # What the day changes is paper: the plain circumstances show it, the labels take away as before.
    who = [one for one in circumstances(book) if one.code in (PLAIN, CHILD)]
    found = differences(questions, who, side, side, (on, day))
    return Boundary(day, tuple(what for when, what in ahead if when == day), lines_of(found, book))


def _events(book: Book) -> Iterator[tuple[str, str]]:
    for kind, papers in (("ISA", book.isas), ("Framework", tuple(book.frameworks.values()))):
        for paper in papers:
            if paper["status"] == "signed":
                name = f"{kind} “{paper['title']}”"
                yield paper["effective_from"], f"{name} begins"
                yield _after(paper["last_day"]), f"{name} is over"
    for gateway in gateways(book):
        if gateway["status"] == "signed":
            name = f"Gateway “{gateway['title']}” (gateways/{gateway['id']}.yaml)"
            if gateway["effective_from"]:
                yield gateway["effective_from"], f"{name} begins"
            if gateway["last_day"]:
                yield _after(gateway["last_day"]), f"{name} is over"


def _after(day: str) -> str:
    """The day after: a last day counts whole."""
    return (date.fromisoformat(day) + timedelta(1)).isoformat() if day < "9999-12-31" else "9999-12-31"
