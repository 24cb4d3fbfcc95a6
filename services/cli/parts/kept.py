"""Parts that are kept running: whichever dies is started again at its old address, until we end.

Promise: a part that will not come back is tried again and said so, never given up in silence; after `end`
nothing of it runs and nothing starts it again.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from services.cli.parts.cache import CannotObtain
from services.cli.parts.process import Child, DidNotStart

LOOK = 0.2
"""Seconds between two looks at a part."""
PAUSE = 1.0
"""Seconds before a part that did not come up is tried again."""


class Part(Protocol):
    """A server as `services/cli/parts` knows it. `start` returns when it answers."""

    def start(self) -> None: ...
    def stop(self) -> object: ...
    def is_running(self) -> bool: ...


@dataclass
class Program:
    """A program of this project as a part: its child process, and how one sees that it answers."""

    child: Child
    ready: Callable[[], bool]
    seconds: float = 60.0

    def start(self) -> None:
        """Raises `DidNotStart`."""
        self.child.start(self.ready, self.seconds)

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        return self.child.stop()

    def is_running(self) -> bool:
        return self.child.is_running()


@dataclass
class Kept:
    """One part under a name that a person reads, watched from a thread of its own."""

    name: str
    part: Part
    tell: Callable[[str], None]
    _ended: threading.Event = field(default_factory=threading.Event)
    _watcher: threading.Thread | None = None

    def begin(self) -> None:
        """Start it. Raises what its start raises: a first start that fails is nobody's crash."""
        self.part.start()
        self._watcher = threading.Thread(target=self._watch, name=f"keep-{self.name}", daemon=True)
        self._watcher.start()

    def end(self) -> None:
        """Stop it for good. One that is just coming back is stopped as well."""
        self._ended.set()
        self.part.stop()
        if self._watcher is not None:
            self._watcher.join()
        # It may have been between our stop and its look at the end.
        self.part.stop()

    def _watch(self) -> None:
        while not self._ended.wait(LOOK):
            if not self.part.is_running():
                self.tell(f"{self.name} has died; it is started again")
                self._revive()

    def _revive(self) -> None:
        while not self._ended.is_set():
            try:
                self.part.start()
            except (DidNotStart, CannotObtain, OSError) as trouble:
                if self._ended.wait(PAUSE):
                    return
                self.tell(f"{self.name} does not come up yet ({str(trouble).splitlines()[0]})")
            else:
                self.tell(f"{self.name} is back")
                return
