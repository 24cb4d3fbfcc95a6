"""The recorded decisions of an installation, for the commands that decide them again.

Promise: reading is safe while the hub runs; the newest come last, and `last` takes only those.
"""

from collections import deque
from collections.abc import Iterator

from services.ledger.reading import Reading
from services.policy.recorded import Recorded
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings


def recorded(settings: Settings, last: int | None = None) -> Iterator[Recorded]:
    """Every decision on record, or the last so many. Raises `LedgerUnavailable`."""
    with Reading(settings, KeyFolder(settings.key_folder)) as reading:
        found = (
            (entry["event_id"], entry.get("policy", {}).get("digest", ""))
            for _, _, entry in reading.entries()
            if "decision_digest" in entry
        )
        for event, digest in deque(found, last) if last is not None else found:
            yield Recorded(event, digest, reading.decision(event))
