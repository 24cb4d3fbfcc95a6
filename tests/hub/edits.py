"""An agreement edited while callers ask over HTTP: what each of them was answered, and under which revision."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.hub.served import SOCIAL_WORKER, Served

CALLERS = 3
FILE, DUTY = "isa/safeguarding-children.yaml", "NOAUTH"
BEFORE, AFTER = "obligations: [NORDSCLCD]", f"obligations: [NORDSCLCD, {DUTY}]"
"""What is released under the agreement bears one duty more: the answer says so from then on."""
Entries = Callable[[str], Iterable[dict[str, Any]]]


@dataclass
class Callers:
    """Threads that ask for the same family again and again."""

    hub: Served
    case: str
    answers: list[bytes] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(self, until: Callable[[], bool], seconds: float = 60) -> None:
        """Ask until `until()`, and once more each from then on."""
        worker = self.hub.token(SOCIAL_WORKER)
        threads = [threading.Thread(target=self._ask, args=(worker,)) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        ends = time.monotonic() + seconds
        while not until() and time.monotonic() < ends:
            time.sleep(0.05)
        self._ended.set()
        for thread in threads:
            thread.join()
        self._one(worker)

    def _ask(self, worker: str) -> None:
        while not self._ended.is_set():
            self._one(worker)

    def _one(self, worker: str) -> None:
        self.answers.append(self.hub.view(self.case, worker))


def edit_under_callers(hub: Served, entries: Entries) -> None:
    """Edit the agreement under concurrent callers, and hold every answer against its entry."""
    shelf = hub.world.parts.shelf
    old = shelf.current().revision
    callers = Callers(hub, hub.case())

    def edited() -> bool:
        if len(callers.answers) < CALLERS:
            # First everybody has asked under the old one.
            return False
        file = shelf.folder / FILE
        text = file.read_text(encoding="utf-8")
        assert BEFORE in text or AFTER in text
        if BEFORE in text:
            scratch = file.with_suffix(".new")
            scratch.write_text(text.replace(BEFORE, AFTER), encoding="utf-8")
            scratch.replace(file)
        return bool(shelf.current().revision != old)

    callers.run(edited)
    new = shelf.current().revision
    assert new != old, shelf.trouble()
    assert [answer[:12] for answer in callers.answers] == [b"HTTP/1.1 200"] * len(callers.answers)
    made = (entry for entry in entries("northshire-csc") if "policy" in entry)
    revisions = {entry["event_id"]: entry["policy"]["revision"] for entry in made}
    seen = []
    for answer in callers.answers:
        told = json.loads(answer.partition(b"\r\n\r\n")[2])
        under = revisions[told["receipt"]["id"]]
        assert under in (old, new)
        # The whole answer is of that one revision.
        assert (DUTY in told["obligations"]) == (under == new), under
        seen.append(under)
    assert seen[0] == old
    assert seen[-1] == new
