"""Reading back: receipts, tiles and repeats, from what is signed and nothing beyond.

Promise: a receipt holds under the log's public key alone, and is the same entry after a restart.
"""

from collections.abc import Callable, Sequence
from typing import Any

from services.contract.canonical import b64u, canonical, parse
from services.contract.problems import LedgerUnavailable
from services.contract.releases import AnsweredOnce, Receipt
from services.ledger.entry import EntryRefused
from services.ledger.log import Log, receipt_of
from services.ledger.once import ANSWER
from services.ledger.pending import Pending
from services.ledger.proof import Proof
from services.ledger.recover import Logs
from services.ledger.store.ports import Store, StoreAway
from services.ledger.tiles import Tile, bundle, hashes
from services.ledger.vault import Vault


def proof_of(logs: Logs, store: Store, event: bytes) -> bytes | None:
    """The `.tlog-proof` of an entry under the log's newest checkpoint that witnesses have cosigned, else its newest; or
    None. Raises `LedgerUnavailable`."""
    place = logs.places.get(event)
    if place is None:
        return None
    log, index = logs.by_code[place[0]], place[1]
    signed = log.cosigned if log.cosigned and index < log.cosigned.head.size else log.signed
    if index >= signed.head.size:
        return None
    path = log.tree.inclusion(index, signed.head.size)
    return Proof(_read(store, log.code, index), index, tuple(path), signed.note).emit()


def entry_at(logs: Logs, store: Store, event: bytes) -> dict[str, Any] | None:
    """The entry with this event id, or None. Raises `LedgerUnavailable`."""
    place = logs.places.get(event)
    return _entry(_read(store, *place)) if place else None


def tile_of(log: Log, store: Store, path: str) -> bytes | None:
    """The bytes of a tile, or None where the path names none or the signed part has not all of it. Raises
    `LedgerUnavailable`."""
    tile = Tile.read(path)
    if tile is None or tile.end > log.signed.head.size:
        return None
    if tile.level >= 0:
        return hashes(log.tree, tile)
    return bundle([_read(store, log.code, tile.first + at) for at in range(tile.width)])


def records_of(
    log: Log, store: Store, path: str, decision: Callable[[str], bytes | None]
) -> Sequence[tuple[str, bytes | None]] | None:
    """(event id, decision record) of each entry of a tile of entries that decided something; None where the path names
    no such tile. A record that is gone is None. Raises `LedgerUnavailable`."""
    tile = Tile.read(path)
    if tile is None or tile.level >= 0 or tile.end > log.signed.head.size:
        return None
    entries = [_entry(_read(store, log.code, tile.first + at)) for at in range(tile.width)]
    return [
        (str(entry["event_id"]), decision(str(entry["event_id"])))
        for entry in entries
        if "decision_digest" in entry
    ]


def answered(logs: Logs, store: Store, pending: Pending, event_id: str) -> Receipt:
    """The receipt of an entry that the sequencer has answered; of a repeat, that of the entry that stands.

    Raises `EntryRefused` where an entry with this event id stands that says something else.
    """
    code, index = logs.places[pending.event]
    if pending.head is None:
        raise LedgerUnavailable("the entry was not signed")
    time = pending.time
    if pending.repeat:
        stands = _entry(_read(store, code, index))
        if _said(stands) != _said(_entry(pending.entry)):
            raise EntryRefused("another entry with this event id stands in the ledger")
        time = str(stands["time"])
    return receipt_of(logs.by_code[code], event_id, index, time, pending.head)


def under_key(logs: Logs, store: Store, vault: Vault, key: str) -> AnsweredOnce | None:
    """What stands signed under an idempotency key, or None. Raises `LedgerUnavailable`."""
    found = vault.onces.find(key)
    place = logs.places.get(found[0]) if found else None
    if found is None or place is None:
        return None
    log, index = logs.by_code[place[0]], place[1]
    head = log.signed.head
    if index >= head.size:
        return None
    time = str(_entry(_read(store, log.code, index))["time"])
    receipt = receipt_of(log, b64u(found[0]), index, time, head)
    return AnsweredOnce(found[1], receipt, vault.open(found[0], ANSWER))


def _entry(raw: bytes) -> dict[str, Any]:
    found: dict[str, Any] = parse(raw)
    inner: dict[str, Any] = found.get("entry", found)
    return inner


def _said(entry: dict[str, Any]) -> bytes:
    """What a repeat must say again: all but when, and with which key its client signed (a hub that goes on
    after a restart knows the client, and no longer the key)."""
    asker = {name: value for name, value in entry["asker"].items() if name != "client_key"}
    return canonical({**entry, "time": "", "asker": asker})


def _read(store: Store, code: str, index: int) -> bytes:
    try:
        return store.read(code, index)
    except StoreAway as error:
        raise LedgerUnavailable(f"the entry cannot be read now: {error}") from None
