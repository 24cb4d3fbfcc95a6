"""A hub's hand on its policies in a process of its own, which ends at one named step as a crash would.

python -m tests.verification.activating_child HOME KEYS STEP
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.ledger.open import open_ledger
from services.policy.lifecycle import activated, requests, take_up
from services.policy.lifecycle.start import signed_shelf
from services.runtime.book import Shelf
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.signing_world import by_date, nothing_tried

Where = tuple[type, str]
STEPS: dict[str, Where] = {
    "decided": (requests.Requests, "decide"),
    "entered": (take_up.Activation, "_put_in_force"),
    "in force": (Shelf, "put"),
    "recorded": (activated.ActivatedBooks, "add"),
    "answered": (requests.Requests, "close"),
}
"""Step -> the call around which the process ends: before it, or right after it."""


def main() -> None:
    home, keys, step = sys.argv[1:]
    name, _, when = step.partition(", ")
    if when:
        _end_at(*STEPS[name], when)
    folder = KeyFolder(Path(keys))
    settings = Settings(mode="demo", signed=True, home=Path(home), keys=Path(keys))
    ledger = open_ledger(settings, folder)
    lifecycle = take_up.Lifecycle.of(settings.home, folder)
    shelf = signed_shelf(settings, lifecycle, ledger, by_date, nothing_tried)
    told = list[str]()
    activation = take_up.Activation(
        lifecycle, shelf, ledger, by_date, lambda change: told.append(change.record.policy)
    )
    activation.start()
    activation.close()
    sys.stdout.write(f"{shelf.current().digest} {len(told)}\n")
    sys.stdout.flush()
    ledger.close()


def _end_at(owner: type, name: str, when: str) -> None:
    real: Callable[..., Any] = getattr(owner, name)

    def ended(*arguments: Any) -> Any:
        if when == "after":
            real(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, ended)


if __name__ == "__main__":
    main()
