"""What a sequencer does before its first batch: comes to hold the logs, reads them, and finishes what a kill left half-done.

Promise: an installation that is not fit is refused before anything is made anew; nothing is appended before all is read.
"""

from collections.abc import Callable
from functools import partial

from services.contract.problems import LedgerUnavailable
from services.ledger.checkpoints import CheckpointStore
from services.ledger.cosigning.ports import Cosigning
from services.ledger.doctor.examine import refuse_unfit
from services.ledger.lease import Tenancy
from services.ledger.log import Log
from services.ledger.recover import Logs, recover
from services.ledger.shred import finish
from services.ledger.store.chosen import held, release
from services.ledger.store.ports import Store, StoreAway
from services.ledger.vault import Vault
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer
from services.runtime.settings import Settings


def log_signer(hub: str, code: str, keys: KeyFolder) -> Signer:
    """The key of one log, made on first use; its public line is `.verifier.vkey`, fit for a trust file."""
    return Signer(f"{hub}/{code}", keys.signing(f"log-{code}"))


def look(settings: Settings, keys: KeyFolder, checkpoints: CheckpointStore) -> None:
    """Before anything is made anew. Raises `BadSetting` where the installation is not fit, `LedgerUnavailable`."""
    refuse_unfit(settings, keys, partial(log_signer, settings.hub, keys=keys), checkpoints.heads())


def maker(settings: Settings, keys: KeyFolder) -> Callable[[str], Log]:
    """For a code: the log, empty."""
    mark_key = keys.mac("ledger-marks").of("mark")
    return lambda code: Log(code, log_signer(settings.hub, code, keys), mark_key)


def beginning(
    settings: Settings,
    keys: KeyFolder,
    store: Store,
    vault: Vault,
    checkpoints: CheckpointStore,
    tenancy: Tenancy | None,
    lock: int,
    cosigning: Cosigning,
) -> Callable[[], Logs]:
    """What a sequencer does before its first batch: come to hold the logs, and read them."""
    make = maker(settings, keys)

    def begin() -> Logs:
        if tenancy is not None:
            _come_to_hold(tenancy, lock, settings.ledger == "file")
            # Another process may have written there since.
            vault.refresh()
        look(settings, keys, checkpoints)
        logs = recover(settings.hub, store, checkpoints, make)
        cosigning.begin(logs.by_code)
        every = logs.by_code.values()
        vault.sweep(logs.places.__contains__, lambda secret: any(log.has_first(secret) for log in every))
        finish(vault, logs.places.__contains__)
        return logs

    return begin


def _come_to_hold(tenancy: Tenancy, lock: int, one_file: bool) -> None:
    """The lease, and for a journal, which has one writer's place, the folder before it. Raises `StoreAway`."""
    if one_file and not held(lock):
        raise StoreAway("another process has this ledger's journal open")
    try:
        tenancy.claim()
    except (StoreAway, LedgerUnavailable):
        release(lock)
        raise
