"""What the hub looks after by itself, each on a thread of its own: lapses, tasks out of answers, what the IG leads are told.

Promise: a part that does not answer delays a look, and never ends the clock; what one look left is done by the next.
"""

import threading
from collections.abc import Callable

from services.contract.problems import Problem
from services.runtime.logs import log


class Clock:
    """Calls `look` at its start and every so many seconds, from `start` to `stop`."""

    def __init__(self, name: str, look: Callable[[], object], every: float) -> None:
        self._name, self._look, self._every = name, look, every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Look now, what an earlier run left included, and from then on."""
        self._thread.start()

    def stop(self) -> None:
        """End after the look that is under way."""
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except Problem as problem:
                log.warning("clock-waits", part=self._name, kind=problem.kind)
            self._ended.wait(self._every)
