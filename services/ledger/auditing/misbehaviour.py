"""Proof of misbehaviour: two checkpoints that one log signed and that cannot both be true of one growing log.

Promise: what is called proved needs nothing but the log's public key to be believed: both notes are signed by it,
and the newer one contains another past than the older one says. What only looks wrong is called unproved.

Why this proves: a consistency proof that fits the newer root also fixes the root of the first N entries under it
(RFC 9162 2.1.4.2 computes both from the same hashes). If that root is not the one signed at size N, the log has
signed two pasts. For equal sizes the two roots alone say so.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.ledger.checkpoint import Checkpoint, claimed, open_checkpoint
from services.ledger.tree import HASH, consistent_roots, verify_consistency
from services.runtime.note import BadNote, Verifier, decode64, encode64

FORMAT = "mash proof of misbehaviour v1"
SUFFIX = ".misbehaviour.json"
_LONGEST = 4 << 20


class NotAProof(ValueError):
    """Not such a file, or its notes were not signed by the log. Says which."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`past`: root of the first `older.size` entries as the newer checkpoint has them; `path`: from there to it.

    `past` is empty where it could not be had: then the two checkpoints look wrong and prove nothing.
    """

    older: bytes
    newer: bytes
    past: bytes = b""
    path: tuple[bytes, ...] = ()

    def judge(self, keys: Iterable[Verifier]) -> "Judged":
        """Hold it against the log's key. Raises `NotAProof` where the log did not sign both."""
        keys = list(keys)
        try:
            older, newer = (open_checkpoint(note, keys, extended=True) for note in (self.older, self.newer))
        except BadNote as error:
            raise NotAProof(f"a checkpoint in it was not signed by the log: {error}") from None
        if older.origin != newer.origin:
            raise NotAProof("its checkpoints are of two logs")
        return Judged(older, newer, self._proves(older, newer))

    def _proves(self, older: Checkpoint, newer: Checkpoint) -> bool:
        another = self.past != older.root and len(self.past) == HASH
        return another and verify_consistency(older.size, newer.size, self.past, newer.root, self.path)

    def emit(self) -> bytes:
        """The file."""
        found = {
            "format": FORMAT,
            "older": self.older.decode(),
            "newer": self.newer.decode(),
            "past": encode64(self.past),
            "path": [encode64(part) for part in self.path],
        }
        return json.dumps(found, indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def parse(cls, raw: bytes) -> "Contradiction":
        """From the file. Raises `NotAProof`."""
        try:
            found: Any = json.loads(raw) if len(raw) <= _LONGEST else None
            if not isinstance(found, dict) or found.get("format") != FORMAT:
                raise NotAProof("not a proof of misbehaviour")
            older, newer = found["older"].encode(), found["newer"].encode()
            return cls(older, newer, decode64(found["past"]), tuple(decode64(part) for part in found["path"]))
        except NotAProof:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise NotAProof("not a proof of misbehaviour, or a damaged one") from None

    @property
    def file_name(self) -> str:
        """A name that the same two checkpoints always get; it tells the log's code and nothing else."""
        older, newer = (claimed(note, extended=True) for note in (self.older, self.newer))
        mark = hashlib.sha256(older.text.encode() + newer.text.encode()).hexdigest()[:12]
        code = "".join(c if c.isascii() and (c.isalnum() or c in "-.") else "_" for c in older.origin)[:80]
        return f"{code}-{older.size}-{newer.size}-{mark}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class Judged:
    """Two checkpoints that the log signed, and whether they contradict each other beyond doubt."""

    older: Checkpoint
    newer: Checkpoint
    proved: bool

    @property
    def words(self) -> str:
        """One line that names both."""
        both = f"{told(self.older)} and {told(self.newer)}"
        if self.proved:
            return f"{self.older.origin} signed two contradicting checkpoints: {both}"
        return f"{self.older.origin} signed {both}; that they contradict each other is not proved"


def told(point: Checkpoint) -> str:
    """A checkpoint in few words."""
    return f"size {point.size} root {encode64(point.root)}"


def contradiction(older: bytes, newer: bytes, proof: Sequence[bytes]) -> Contradiction:
    """What two notes of one log (sizes in order) and the proof that was offered between them amount to.

    `proof`: empty for equal sizes. Both notes' signatures have been checked by the caller.
    """
    first, second = claimed(older, extended=True), claimed(newer, extended=True)
    if first.size == second.size:
        return Contradiction(older, newer, second.root)
    roots = consistent_roots(first.size, second.size, first.root, proof)
    if roots is not None and roots[1] == second.root:
        return Contradiction(older, newer, roots[0], tuple(proof))
    return Contradiction(older, newer)
