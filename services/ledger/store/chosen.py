"""The stores that the settings name: of entries and of checkpoints; and the lock on a folder that has one writer.

Promise: a second process on a journal is refused, for two of them would fork it; and so is one without a lease beside
gateways that have one, for it would sweep from their vault what one of them is about to enter.
"""

import fcntl
import os
from pathlib import Path

from services.contract.problems import BadSetting
from services.ledger.checkpoints import Checkpoints, CheckpointStore
from services.ledger.store.cluster import Cluster
from services.ledger.store.disk import Disk
from services.ledger.store.file import FileStore
from services.ledger.store.ports import Store
from services.runtime.settings import Settings


def store_of(settings: Settings, folder: Path, disk: Disk) -> Store:
    """Where entries go: the journal in `folder`, or a Kafka cluster."""
    if settings.ledger == "file":
        return FileStore(folder, settings.hub, disk)
    from services.ledger.store.kafka import KafkaStore  # noqa: PLC0415 (a client that only some hubs need)

    return KafkaStore(Cluster.of(settings), settings.hub)


def checkpoints_of(settings: Settings, folder: Path) -> CheckpointStore:
    """Where heads and the lease stand: SQLite in `folder`, or the hub's PostgreSQL."""
    if settings.checkpoints == "file":
        return Checkpoints(folder / "checkpoints.db")
    from services.ledger.checkpoints_postgres import PostgresCheckpoints  # noqa: PLC0415 (only some hubs need it)

    return PostgresCheckpoints(settings.database, settings.hub)


def made(folder: Path) -> int:
    """Make the ledger's folder; its lock, open and not held. Raises `BadSetting`."""
    try:
        # One by one: a folder made on the way to another is open to all.
        for one in (folder, folder / "checkpoints", folder / "keys"):
            one.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BadSetting(f"MASH_HOME: cannot write the ledger's folder ({error.strerror})") from None


def admitted(lock: int, settings: Settings) -> bool:
    """Whether this process may have the folder open: alone where it has no lease, else beside others that have one."""
    if not settings.ledger_address:
        return held(lock)
    # A journal's lock is that of its one writer, who takes it with the lease.
    return settings.ledger == "file" or _locked(lock, fcntl.LOCK_SH)


def held(lock: int) -> bool:
    """Whether the folder is this process's now."""
    return _locked(lock, fcntl.LOCK_EX)


def _locked(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def release(lock: int) -> None:
    """Let another process have the folder."""
    fcntl.flock(lock, fcntl.LOCK_UN)
