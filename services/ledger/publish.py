"""Each log's signed checkpoint and public key, written where `mash ledger verify` and an auditor look.

Promise: of gateways that share a folder, none sets a log's checkpoint back.
"""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from services.ledger.checkpoint import Checkpoint
from services.ledger.log import Log, Signed
from services.ledger.store.disk import Disk
from services.runtime.logs import log as hub_log
from services.runtime.note import BadNote, split_note

SETTLE = 0.2
"""Seconds that a checkpoint may wait to be published, so that a busy log is written once and not at each batch."""


class Unpublished:
    """Logs (by code) whose newest checkpoint has yet to be published; the sequencer's thread alone has it."""

    def __init__(self, publish: Callable[[Iterable[Log]], None]) -> None:
        self.logs: dict[str, Log] = {}
        self._publish, self._last = publish, monotonic()

    def due(self) -> bool:
        """Whether any has waited long enough."""
        return bool(self.logs) and monotonic() - self._last > SETTLE

    def show(self) -> None:
        """Write them where auditors read them; it can be done again, so it is not waited for."""
        try:
            self._publish(self.logs.values())
            self.logs.clear()
        except OSError as error:
            hub_log.warning("checkpoints-not-published", error=error.strerror)
        self._last = monotonic()


def publisher(
    folder: Path, disk: Disk, shown: Callable[[Log], Signed], *, shared: bool = False
) -> Callable[[Iterable[Log]], None]:
    """Writes to `folder`/checkpoints what is `shown`, and to `folder`/keys. `shared`: other gateways write there too."""
    # The sequencer publishes what it signed, and another thread what witnesses have cosigned since.
    one_at_a_time = threading.Lock()

    def publish(logs: Iterable[Log]) -> None:
        with one_at_a_time:
            for log in logs:
                path, signed = folder / "checkpoints" / log.code, shown(log)
                # A gateway that slept while another went on has an old one in hand.
                if not shared or _size(path) <= signed.head.size:
                    disk.overwrite(path, signed.note)
                key = folder / "keys" / f"{log.code}.vkey"
                if not key.exists():
                    disk.replace(key, log.signer.verifier.vkey.encode() + b"\n")

    return publish


def _size(path: Path) -> int:
    with suppress(OSError, BadNote):
        return Checkpoint.parse(split_note(path.read_bytes())[0]).size
    return 0
