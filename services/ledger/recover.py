"""Start: read every log again, hold it against its checkpoint, and bring what a crash left half-done to its
end.

Promise: nothing is signed that the store does not hold, nothing that was signed is ever dropped, and an entry
that this ledger did not write is never adopted. Where the two stores contradict each other the ledger stays
read-only and says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from services.ledger.checkpoints import CheckpointStore, Head, Move
from services.ledger.log import Log, Met
from services.ledger.overlap import Overlaps
from services.ledger.store.ports import Row, Store, StoreHalted
from services.ledger.tree import leaf_hash


@dataclass(slots=True)
class Logs:
    """Every log by code, and where each event stands: (log, index) of its first entry."""

    by_code: dict[str, Log] = field(default_factory=dict)
    places: dict[bytes, tuple[str, int]] = field(default_factory=dict)
    overlapping: list[tuple[str, int]] = field(default_factory=list)
    """Entries (log, index), not signed when they were read, that overlap one which stood: see overlap.py."""
    onces: list[tuple[str, bytes]] = field(default_factory=list)
    """Idempotency key and event of the entries that were not signed when they were read."""


def recover(
    hub: str, store: Store, checkpoints: CheckpointStore, make: Callable[[str], Log], overlaps: Overlaps
) -> Logs:
    """All logs, whole and signed. Raises `StoreHalted`, `StoreAway`, `LedgerUnavailable`.

    The order is a safety property: nothing is compared before all is read, nothing signed before it is
    compared.
    """
    # 1. What the checkpoint store holds true.
    heads = {origin.removeprefix(f"{hub}/"): head for origin, head in checkpoints.heads().items()}
    found = Logs({code: make(code) for code in heads})
    # 2. Every entry, in order. Beyond the signed part only our own.
    for row in store.recover({code: head.size for code, head in heads.items()}):
        _take(found, row, heads, overlaps)
    # 3. The store holds at least what was signed, and exactly that.
    for code, head in heads.items():
        _compare(found.by_code[code], head)
    # 4. Where two gateways wrote at once, the log says so before it is signed.
    _say(found, store, overlaps)
    # 5. Appended but not yet signed: in the tree from now on. An intent without outcome counts as released.
    moves = []
    for code, old in heads.items():
        log = found.by_code[code]
        log.head = Head(log.tree.size, log.tree.root())
        if log.head != old:
            moves.append(Move(log.origin, old, log.head))
    if moves:
        checkpoints.swap(moves)
    # 6. Sign. Ed25519 is deterministic: a head that was signed before gets the same text again.
    for log in found.by_code.values():
        log.sign()
    return found


def _take(found: Logs, row: Row, heads: Mapping[str, Head], overlaps: Overlaps) -> None:
    log = found.by_code.get(row.log)
    if log is None:
        raise StoreHalted(
            f"log {row.log} has entries, but the checkpoint store does not know it: the checkpoint store "
            "was lost or belongs to another ledger. Restore checkpoints.db"
        )
    hashed = leaf_hash(row.leaf)
    unsigned = row.at >= heads[row.log].size
    if unsigned and log.mark(hashed) != row.mark:
        raise StoreHalted(
            f"log {row.log}: entry {row.at} was not written by this ledger. Find out who can write there; it "
            "is not signed, and nothing more is taken until it is gone"
        )
    try:
        met = log.met(row.leaf)
    except (KeyError, TypeError, ValueError):
        raise StoreHalted(f"log {row.log}: entry {row.at} is not an entry; run mash ledger verify") from None
    log.tree.append(hashed)
    first = found.places.setdefault(met.event, (row.log, row.at)) == (row.log, row.at)
    if unsigned and first and (met.stood or (met.once and _answered(found, row.log, met, overlaps))):
        found.overlapping.append((row.log, row.at))
    if unsigned and met.once:
        found.onces.append((met.once, met.event))


def _answered(found: Logs, code: str, met: Met, overlaps: Overlaps) -> bool:
    """Whether an earlier entry of the log stands under the same idempotency key."""
    events = {event for key, event in found.onces if key == met.once} | {overlaps.holder(met.once)}
    return any(found.places.get(event, ("",))[0] == code for event in events - {met.event})


def _compare(log: Log, head: Head) -> None:
    if log.tree.size < head.size:
        raise StoreHalted(
            f"log {log.code} has {log.tree.size} entries, but {head.size} were signed: the store has lost "
            "some. Restore it from its backup"
        )
    if log.tree.root(head.size) != head.root:
        raise StoreHalted(
            f"log {log.code} is not what was signed at size {head.size}; run mash ledger verify, and "
            "restore it"
        )


def _say(found: Logs, store: Store, overlaps: Overlaps) -> None:
    rows: list[Row] = []
    events: dict[bytes, bytes] = {}
    sizes = {code: log.tree.size for code, log in found.by_code.items()}
    for code, index in found.overlapping:
        log = found.by_code[code]
        event, leaf = overlaps.said(log.origin, index)
        # Whoever was stopped in the middle of this has said so already.
        if event not in found.places:
            events[leaf] = event
            rows.append(Row(code, sizes[code], leaf, log.mark(leaf_hash(leaf))))
            sizes[code] += 1
    for row in store.append(rows) if rows else ():
        tree = found.by_code[row.log].tree
        if row.at != tree.size:
            raise StoreHalted(
                f"log {row.log}: entry {row.at} is not where it was to be stored; restart the hub"
            )
        tree.append(leaf_hash(row.leaf))
        found.places.setdefault(events[row.leaf], (row.log, row.at))
