"""The entry by which the hub's own log lists a log: durable before the first entry of that log.

Promise: whoever holds the hub's log knows every log that there is, so that a report over all logs can be held against the
list; told twice it is one entry.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from services.contract.canonical import b64u
from services.contract.problems import LedgerUnavailable
from services.contract.releases import Asking, Draft
from services.ledger.auditing import audit
from services.ledger.entry import build, event_bytes, now
from services.ledger.pending import Pending
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer

HUB, KIND = audit.HUB, audit.BEGUN


class Listing:
    """Sees to it that the hub's log lists a log before the log has its first entry."""

    def __init__(self, hub: str, keys: KeyFolder, signer: Callable[[str], Signer]) -> None:
        self._hub, self._signer, self._names = hub, signer, keys.mac("ledger-pseudonyms")
        self._listed: set[str] = set()

    def before(
        self,
        batch: Iterable[Pending],
        places: Mapping[bytes, object],
        commit: Callable[[list[Pending]], None],
    ) -> None:
        """Each log of the batch, and the hub's own first, has its line, durable. Raises `LedgerUnavailable`."""
        for code in dict.fromkeys((HUB, *(pending.log for pending in batch))):
            if code in self._listed:
                continue
            begun = self.line(code)
            if begun.event not in places:
                commit([begun])
            if begun.event not in places:
                raise begun.error or LedgerUnavailable(f"log {code} could not be listed")
            self._listed.add(code)

    def draft(self, code: str) -> Draft:
        """What the line says, under the event id that it always has."""
        key = sha256(self._signer(code).verifier.vkey.encode()).hexdigest()
        event = b64u(self._names.of("begun", code)[:16])
        return Draft(HUB, KIND, Asking(HUB, "", HUB), event_id=event, facts={"log": code, "key": key})

    def line(self, code: str) -> Pending:
        """The log's entry, always under the same event id. `key` is the SHA-256 of the log's public key line."""
        draft, at = self.draft(code), now()
        event = event_bytes(draft.event_id)
        entry = build(
            draft,
            origin=f"{self._hub}/{HUB}",
            event_id=draft.event_id,
            at=at,
            user=b64u(self._names.of("user", HUB)[:16]),
            case_hash="",
        )
        return Pending(log=HUB, event=event, time=at, entry=entry, waited_for=False)
