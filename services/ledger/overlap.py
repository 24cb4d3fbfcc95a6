"""The entry by which a log says that two gateways wrote in it at once, so that one number of a person's, or one idempotency key,
stands in two entries.

Promise: a gateway that slept through the end of its lease may still leave an entry behind (a topic takes what comes late).
It is kept, signed and counted like any other, and the log itself says that it overlaps: a reader knows it from a forked log.
It is said of an entry that is not signed yet, and of no other, so that it never excuses what was given twice.
"""

from collections.abc import Callable

from services.contract.canonical import b64u
from services.contract.releases import Asking, Draft, Once
from services.ledger.auditing.audit import HUB, OVERLAP
from services.ledger.entry import build, event_bytes, now, store_form
from services.runtime.keys import KeyFolder


class Overlaps:
    """Tells whose an idempotency key is, and what is said of an entry that overlaps."""

    def __init__(self, keys: KeyFolder, find: Callable[[str], tuple[bytes, Once] | None]) -> None:
        """`find`: which event has an idempotency key."""
        self._names, self._find = keys.mac("ledger-pseudonyms"), find

    def holder(self, key: str) -> bytes:
        """The event that has an idempotency key; empty where it is free. Raises `LedgerUnavailable`."""
        found = self._find(key)
        return found[0] if found else b""

    def said(self, origin: str, index: int) -> tuple[bytes, bytes]:
        """For a log and an index in it: event id and stored leaf of the hub's entry. Always under the same event id, so that
        said twice it is one."""
        event_id = b64u(self._names.of("overlap", origin, str(index))[:16])
        draft = Draft(origin.rpartition("/")[2], OVERLAP, Asking(HUB, "", HUB), facts={"index": index})
        user = b64u(self._names.of("user", HUB)[:16])
        entry = build(draft, origin=origin, event_id=event_id, at=now(), user=user, case_hash="")
        return event_bytes(event_id), store_form((), entry)
