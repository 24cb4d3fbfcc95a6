"""What the ledger needs of its witnesses, and what stands there where it has none.

Promise: `cosign` returns only when what is to be answered may be answered; a quorum that is missing is `NoQuorum`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from services.contract.problems import LedgerUnavailable
from services.ledger.log import Log, Signed

Publish = Callable[[Iterable[Log]], None]


class NoQuorum(LedgerUnavailable):
    """Too few witnesses cosigned in time, so nothing is answered; the entries stand, and later ones may pass."""


class Cosigning(Protocol):
    """What the ledger needs of it."""

    def begin(self, logs: Mapping[str, Log]) -> None:
        """After recovery, before anything is taken. Raises `StoreHalted`."""
        ...

    def cosign(self, logs: Sequence[Log]) -> None:
        """After signing, before answering. Raises `NoQuorum`, `StoreHalted`."""
        ...

    def shown(self, log: Log) -> Signed:
        """The checkpoint to publish and to serve."""
        ...

    def late(self) -> Mapping[str, float]:
        """Seconds without a quorum, of each log beyond the limit."""
        ...

    def short(self) -> str:
        """In words, what keeps releases waiting now; "" where nothing does."""
        ...

    def start(self, publish: Publish) -> None:
        """From here on cosigned checkpoints are published as they come."""
        ...

    def close(self) -> None:
        """End."""
        ...


class Off:
    """No witnesses: what is signed is shown."""

    def begin(self, logs: Mapping[str, Log]) -> None:
        """Nothing to learn."""

    def cosign(self, logs: Sequence[Log]) -> None:
        """Nobody to wait for."""

    def shown(self, log: Log) -> Signed:
        """The newest."""
        return log.signed

    def late(self) -> Mapping[str, float]:
        """Never."""
        return {}

    def short(self) -> str:
        """Nothing."""
        return ""

    def start(self, publish: Publish) -> None:
        """Nothing comes later."""

    def close(self) -> None:
        """Nothing is held."""


def lateness(late: Mapping[str, float]) -> str:
    """What `late` says, in words; "" where nothing is."""
    told = ", ".join(f"log {code} has stood {seconds:.0f} s" for code, seconds in late.items())
    return f"{told} without its quorum of witnesses" if late else ""
