"""What the paper asks for: whoever looks after information governance is told in time that an ISA ends or is overdue for review.

Promise: each party's IG lead has one task for each ISA and day named, however often the clock looks.
"""

from collections.abc import Iterator

from services.gateway.monitoring.papers import attention
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.tasks.post import Post, post
from services.runtime.book import Book

EVERY = 3600.0
"""Seconds between two looks."""
KINDS = {"ends-soon": "isa-near-end", "review-overdue": "isa-review-overdue"}


def tell_ig_leads(parts: Parts) -> None:
    """Raise what is to be told today. Raises `StoreUnavailable`: the next look raises it."""
    for one in due(parts.shelf.current(), day(parts.now())):
        # The occasion is the ISA and its day: once told it is not told again, done or not.
        post(parts, one, once=f"{one.kind}/{one.organisation}/{one.key}")


def due(book: Book, on: str) -> Iterator[Post]:
    """One task for each party of each ISA that ends within 30 days or is past its review, on a day in Europe/London."""
    for state in attention(book, on):
        kind = KINDS.get(state.state)
        for party in state.parties if kind else ():
            facts = {"isa": state.id, "day": state.day}
            yield Post(str(kind), party, facts=facts, key=f"{state.id}/{state.day}")
