"""What the ledger needs of a store of entries, and the two ways in which a store can fail.

Promise: `append` returns only when every row is durable, in order, at the index it names. A store that cannot
say so raises; it never guesses.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol


class Row(NamedTuple):
    """One entry where it stands: log, index, stored leaf, and the mark of the sequencer that wrote it."""

    log: str
    at: int
    leaf: bytes
    mark: bytes
    """16 bytes, HMAC under a key of the ledger: tells at start an entry of ours that was not yet signed from
    one that somebody else put there."""


MARK = 16


class StoreAway(Exception):
    """The store cannot be reached now; trying again later may do."""


class StoreHalted(Exception):
    """The store is damaged, another writer is at work, or a write failed half-way: read-only until a restart.

    The message says what was found and what to do, in words for an operator.
    """


class StoreMoved(StoreHalted):
    """Another sequencer was at work. Where several share the logs by a lease, beginning again tells what stands."""


class Store(Protocol):
    """All logs of one hub. One thread appends; `read` may be called from any."""

    def recover(self, covered: Mapping[str, int]) -> Iterator[Row]:
        """Every row, each log's in index order. `covered`: the signed size of each log.

        A torn tail is dropped when it lies beyond every signed size; else raises `StoreHalted`. Raises
        `StoreAway`.
        """
        ...

    def create(self, log: str) -> None:
        """Make room for a log that has no entry yet. Raises `StoreAway`, `StoreHalted`."""
        ...

    def append(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Make the rows durable; returns them as they stand. Raises `StoreHalted`; a store away is waited
        for."""
        ...

    def read(self, log: str, index: int) -> bytes:
        """The stored leaf. Raises `StoreAway`; `KeyError` where there is no such entry."""
        ...

    def waiting(self) -> str:
        """What the store is waiting for, in words; "" when it is not."""
        ...

    def close(self) -> None:
        """Let go of files and connections; an `append` under way gives up with `StoreHalted`."""
        ...
