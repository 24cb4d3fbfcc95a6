"""The vault as two sequencers use it: one transaction at a time.

Promise: what the main log's sequencer and the emergency log's keep never share a transaction; an entry that one of them
could not make durable, and the other then does, is kept as the same one.
"""

import threading
from collections.abc import Iterable, Sequence

from services.contract.releases import Once
from services.ledger.once import Onces
from services.ledger.sealing import Kept, Subject
from services.ledger.vault import Vault


class InTurn:
    """A vault's `store`, for one caller after another."""

    def __init__(self, vault: Vault) -> None:
        self._vault, self._one = vault, threading.Lock()

    @property
    def onces(self) -> Onces:
        """The idempotency keys that are taken."""
        return self._vault.onces

    def forgot(self, subjects: Iterable[Subject]) -> bool:
        """See `Vault`."""
        return self._vault.forgot(subjects)

    def store(
        self, subjects: Iterable[str], kept: Sequence[Kept], onces: Iterable[tuple[bytes, Once]] = ()
    ) -> None:
        """See `Vault`."""
        with self._one:
            # Taken by this very entry, when the main store then failed: it goes on in the emergency log.
            free = [(event, once) for event, once in onces if not self._is_its(event, once)]
            self._vault.store(subjects, kept, free)

    def _is_its(self, event: bytes, once: Once) -> bool:
        found = self.onces.find(once.key)
        return found is not None and found[0] == event
