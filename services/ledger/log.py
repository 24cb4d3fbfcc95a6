"""One log in memory: its key, its tree, its head as last signed, and which chain values it has given.

Promise: a chain value is given once, in order, per subject (MODEL section 7), and what was given before a
restart is known again from the log alone. Two gateways that wrote at once may each have given one: overlap.py.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from services.contract.canonical import b64u, unb64u
from services.contract.releases import Receipt
from services.ledger import derive
from services.ledger.checkpoint import Checkpoint
from services.ledger.checkpoints import NEW, Head
from services.ledger.store.ports import MARK
from services.ledger.tree import Tree
from services.ledger.vault import Subject
from services.runtime.keys import KeyFolder
from services.runtime.note import Signer


def log_signer(hub: str, code: str, keys: KeyFolder) -> Signer:
    """The key of one log, made on first use; its public line is `.verifier.vkey`, fit for a trust file."""
    return Signer(f"{hub}/{code}", keys.signing(f"log-{code}"))


@dataclass(frozen=True, slots=True)
class Signed:
    """A head and the signed note over it; replaced whole, so that a reader never sees halves of two."""

    head: Head
    note: bytes


class Met(NamedTuple):
    """An entry read at start: its event id, whether one of its chain values stood already, and its idempotency key (in
    hexadecimal; empty: none)."""

    event: bytes
    stood: bool
    once: str


class Log:
    """State of one log. The sequencer's thread changes it; others read `signed` and proofs up to its size."""

    def __init__(self, code: str, signer: Signer, mark_key: bytes) -> None:
        self.code = code
        self.signer = signer
        self.origin = signer.verifier.name
        """`<hub>/<code>`, also the name of its key."""
        self._mark_key = hmac.digest(mark_key, self.origin.encode(), "sha256")
        self.tree = Tree()
        self.head = NEW
        self.signed = self._sign(NEW)
        self.cosigned: Signed | None = None
        """The newest checkpoint that a quorum of witnesses has cosigned, with their lines; set by cosigning."""
        self._given: set[bytes] = set()
        self._counts: dict[bytes, int] = {}

    def mark(self, leaf_hash: bytes) -> bytes:
        """What this ledger's sequencer puts beside an entry: a keyed BLAKE2s (RFC 7693) of 16 bytes."""
        return hashlib.blake2s(leaf_hash, key=self._mark_key, digest_size=MARK).digest()

    def sign(self) -> Signed:
        """Sign the head; to be called only once the head is durable in the checkpoint store."""
        self.signed = self._sign(self.head)
        return self.signed

    def _sign(self, head: Head) -> Signed:
        return Signed(head, self.signer.sign(Checkpoint(self.origin, head.size, head.root).text))

    def met(self, leaf: bytes) -> Met:
        """Note the chain values of a stored leaf read at start."""
        stored: Mapping[str, Any] = orjson.loads(leaf)
        values = set(map(unb64u, stored["chain"]))
        stood = not self._given.isdisjoint(values)
        self._given |= values
        entry = stored["entry"]
        return Met(unb64u(entry["event_id"]), stood, entry.get("facts", {}).get("once", ""))

    def has_first(self, secret: bytes) -> bool:
        """Whether any entry read at start is about the subject with this secret."""
        return derive.chain(secret, self.origin, 1) in self._given

    def next_chain(self, subject: Subject, ahead: dict[bytes, int]) -> bytes:
        """The subject's next chain value, counted in `ahead` until `settle`."""
        n = ahead.get(subject.id) or self._counts.get(subject.id)
        if n is None:
            n = 0
            while derive.chain(subject.secret, self.origin, n + 1) in self._given:
                n += 1
        ahead[subject.id] = n + 1
        return derive.chain(subject.secret, self.origin, n + 1)

    def settle(self, ahead: Mapping[bytes, int]) -> None:
        """The values counted in `ahead` now stand in the store."""
        self._counts.update(ahead)

    def forget(self, id: bytes) -> None:
        """A subject was shredded: whoever comes under the same id has new keys, and is counted from 1."""
        self._counts.pop(id, None)


_in_text = lru_cache(64)(b64u)
"""A batch's receipts all name one root for each log."""


def receipt_of(log: Log, event_id: str, index: int, time: str, head: Head) -> Receipt:
    """The receipt of an entry that stands at `index` under `head`."""
    return Receipt(event_id, log.code, log.origin, index, head.size, _in_text(head.root), time)
