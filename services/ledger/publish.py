"""Each log's signed checkpoint and public key, written where `mash ledger verify` and an auditor look.

Promise: of gateways that share a folder, none sets a log's checkpoint back.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from services.ledger.checkpoint import Checkpoint
from services.ledger.log import Log
from services.ledger.store.disk import Disk
from services.runtime.note import BadNote, split_note


def publisher(folder: Path, disk: Disk, *, shared: bool = False) -> Callable[[Iterable[Log]], None]:
    """Writes to `folder`/checkpoints and `folder`/keys. `shared`: other gateways write there too."""

    def publish(logs: Iterable[Log]) -> None:
        for log in logs:
            path = folder / "checkpoints" / log.code
            # A gateway that slept while another went on has an old one in hand.
            if not shared or _size(path) <= log.signed.head.size:
                disk.overwrite(path, log.signed.note)
            key = folder / "keys" / f"{log.code}.vkey"
            if not key.exists():
                disk.replace(key, log.signer.verifier.vkey.encode() + b"\n")

    return publish


def _size(path: Path) -> int:
    with suppress(OSError, BadNote):
        return Checkpoint.parse(split_note(path.read_bytes())[0]).size
    return 0
