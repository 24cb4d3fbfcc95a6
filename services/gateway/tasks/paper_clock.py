"""The clock of the paper: whoever looks after information governance is told in time that an ISA ends or is overdue for review.

Promise: each party's IG lead has one task for each ISA and day named, however often the clock looks; a part that does
not answer delays it, and never ends the clock.
"""

import threading
from collections.abc import Iterator

from services.contract.problems import Problem
from services.gateway.monitoring.papers import attention
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.tasks.post import Post, post
from services.runtime.book import Book
from services.runtime.logs import log

EVERY = 3600.0
"""Seconds between two looks."""
KINDS = {"ends-soon": "isa-near-end", "review-overdue": "isa-review-overdue"}


class PaperClock:
    """A thread of its own, from `start` to `stop`."""

    def __init__(self, parts: Parts, every: float = EVERY) -> None:
        self._parts, self._every = parts, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="paper-clock", daemon=True)

    def start(self) -> None:
        """Look now, and from then on."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                tell_ig_leads(self._parts)
            except Problem as problem:
                log.warning("paper-waits", kind=problem.kind)
            self._ended.wait(self._every)


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
