"""The clock of lapses: an enquiry that lapses says so within a minute, whether or not anybody looks at it.

Promise: a part that does not answer delays the entry, and never ends the clock.
"""

import threading

from services.contract.problems import Problem
from services.gateway.cases.states import sweep_lapsed
from services.gateway.parts import Parts
from services.runtime.logs import log

EVERY = 60.0
"""Seconds between two looks."""


class LapseClock:
    """A thread of its own, from `start` to `stop`."""

    def __init__(self, parts: Parts, every: float = EVERY) -> None:
        self._parts, self._every = parts, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lapse-clock", daemon=True)

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
                count = sweep_lapsed(self._parts)
            except Problem as problem:
                log.warning("lapses-wait", kind=problem.kind)
            else:
                if count:
                    log.info("lapses-entered", count=count)
            self._ended.wait(self._every)
