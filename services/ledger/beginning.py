"""What a sequencer does before its first batch: comes to hold the logs, reads them, and finishes what a kill left half-done.

Promise: an installation that is not fit is refused before anything is made anew; nothing is appended before all is read.
"""

from collections.abc import Callable
from functools import partial

from services.contract.problems import LedgerUnavailable
from services.ledger.checkpoints import CheckpointStore
from services.ledger.cosigning.ports import Cosigning
from services.ledger.doctor.examine import refuse_unfit
from services.ledger.emergency.log import EmergencyLog
from services.ledger.erasure.shred import finish
from services.ledger.lease.lease import Tenancy
from services.ledger.log import Log, log_signer
from services.ledger.overlap import Overlaps
from services.ledger.recover import Logs, recover
from services.ledger.store.chosen import held, release
from services.ledger.store.ports import Store, StoreAway
from services.ledger.vault import Vault
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings


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
    second: EmergencyLog,
    cosigning: Cosigning,
) -> Callable[[], Logs]:
    """What a sequencer does before its first batch: read the logs, the emergency log first."""
    make, overlaps = maker(settings, keys), Overlaps(keys, vault.onces.find)

    def begin() -> Logs:
        whole = second.begin()
        look(settings, keys, checkpoints)
        logs = recover(settings.hub, store, checkpoints, make, overlaps)
        cosigning.begin(logs.by_code)
        every = logs.by_code.values()
        # Without the emergency log nobody can say what it holds: nothing is taken for a row without an entry.
        if whole:
            vault.sweep(
                lambda event: event in logs.places or second.has(event),
                lambda secret: second.has_first(secret) or any(log.has_first(secret) for log in every),
            )
        # The key of an entry that came late was taken for free.
        vault.onces.take_again(logs.onces)
        finish(vault, logs.places.__contains__)
        return logs

    return begin


def held_first(
    begin: Callable[[], Logs],
    settings: Settings,
    tenancy: Tenancy,
    lock: int,
    vault: Vault,
    second: EmergencyLog,
) -> Callable[[], Logs]:
    """The same, by whoever holds the lease."""

    def hold_and_begin() -> Logs:
        try:
            _come_to_hold(tenancy, lock, settings.ledger == "file")
        except StoreAway:
            # The emergency log is the holder's, too.
            second.close()
            raise
        # Another process may have written there since.
        vault.refresh()
        return begin()

    return hold_and_begin


def _come_to_hold(tenancy: Tenancy, lock: int, one_file: bool) -> None:
    """The lease, and for a journal, which has one writer's place, the folder before it. Raises `StoreAway`."""
    if one_file and not held(lock):
        tenancy.look()
        raise StoreAway("another process has this ledger's journal open")
    try:
        tenancy.claim()
    except (StoreAway, LedgerUnavailable):
        if one_file:
            release(lock)
        raise
