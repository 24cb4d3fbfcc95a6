"""A gateway's ledger that shares its logs by a lease: appends whenever it can, and says each receipt it has. Run by
test_lease_processes.

Arguments: home, store, hub, the number of this gateway, and the database of the checkpoints (or "none").
A line for each receipt: index, id, size and root; "began" once it runs.
"""

import os
import sys
import time
from pathlib import Path

from services.contract.problems import LedgerUnavailable
from tests.verification.ledger_world import Place, intent


def sharing(database: str) -> dict[str, str]:
    """Where the checkpoints are."""
    return {} if database == "none" else {"database": database, "checkpoints": "database"}


def main() -> None:
    home, store, hub, number, database = sys.argv[1:]
    more = sharing(database) | {"ledger_address": f"http://gateway-{number}"}
    place = Place(Path(home), store, hub, wait=10, more=more)
    with place.opened() as ledger:
        os.write(1, b"began\n")
        while True:
            try:
                # The same person from every gateway: chain values must not be given twice.
                receipt = ledger.append(intent(ledger, people=("person-0", f"person-{number}")))
            except LedgerUnavailable:
                time.sleep(0.05)
                continue
            os.write(1, f"{receipt.index} {receipt.id} {receipt.size} {receipt.root}\n".encode())


if __name__ == "__main__":
    main()
