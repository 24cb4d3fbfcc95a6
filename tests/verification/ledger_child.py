"""A process that appends until it is killed, printing each receipt's id and log once it has it. Run by test_ledger_crash.

Arguments: home, store, hub, threads, and the point at which it is to die (or "none").
"""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.ledger.checkpoints import Checkpoints
from services.ledger.log import Log
from services.ledger.store.disk import Disk
from services.ledger.vault import Vault
from tests.verification.ledger_world import Place, intent


def die_at(point: str) -> None:
    """End the process as kill -9 would, at the fifth passing of the point."""
    owner, name, when = point.split(".")
    kinds: dict[str, Any] = {"Disk": Disk, "Vault": Vault, "Checkpoints": Checkpoints, "Log": Log}
    real: Callable[..., Any] = getattr(kinds[owner], name)
    count = [0]

    def dying(*arguments: Any, **named: Any) -> Any:
        count[0] += 1
        if when == "half" and count[0] > 5:
            file, data = arguments[1:]
            os.write(file, data[: len(data) * 2 // 3])
            os._exit(9)
        if when == "before" and count[0] > 5:
            os._exit(9)
        result = real(*arguments, **named)
        if when == "after" and count[0] > 5:
            os._exit(9)
        return result

    setattr(kinds[owner], name, dying)


def main() -> None:
    home, store, hub, threads, point = sys.argv[1:]
    if point != "none":
        die_at(point)
    with Place(Path(home), store, hub, wait=30).opened() as ledger:

        def run(number: int) -> None:
            log = ("council", "nhs-trust")[number % 2]
            while True:
                receipt = ledger.append(intent(ledger, log, people=(f"person-{number}", "person-0")))
                os.write(1, f"{log} {receipt.index} {receipt.id}\n".encode())

        workers = [threading.Thread(target=run, args=(n,)) for n in range(int(threads))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


if __name__ == "__main__":
    main()
