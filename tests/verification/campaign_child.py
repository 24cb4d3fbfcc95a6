"""A hub's ledger under load, in a process that can be killed: it lets a release go only once its entry is acknowledged.

Arguments: home, store, hub. What it writes to stdout is what has left: `index event-id` a line, one write each.
"""

import os
import sys
import threading
import time
from pathlib import Path

from services.contract.problems import LedgerUnavailable
from tests.verification.ledger_world import Place, intent

LOG = "council"
THREADS, PAUSE = 4, 0.08
"""About forty releases a second: a campaign lasts as long as its kills, and need not fill a disk meanwhile."""


def main() -> None:
    home, store, hub = sys.argv[1:]
    with Place(Path(home), store, hub, wait=20).opened() as ledger:

        def run(number: int) -> None:
            while True:
                try:
                    receipt = ledger.append(intent(ledger, LOG, people=(f"person-{number}", "person-0")))
                except LedgerUnavailable as why:
                    # Nothing leaves. A ledger that has halted would never let anything go again: that is a failure.
                    if "another sequencer" in str(why) or "fault of its own" in str(why):
                        os.write(2, f"halted: {why}\n".encode())
                        os._exit(1)
                    time.sleep(0.1)
                    continue
                try:
                    os.write(1, f"{receipt.index} {receipt.id}\n".encode())
                except BrokenPipeError:
                    os._exit(0)  # Whoever counts has gone.
                time.sleep(PAUSE)

        for number in range(THREADS):
            threading.Thread(target=run, args=(number,), daemon=True).start()
        threading.Event().wait()


if __name__ == "__main__":
    main()
