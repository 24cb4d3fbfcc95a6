"""Receipts (C2SP tlog-proof): one file that shows offline that an entry stands in a signed log.

Promise: what `verify` accepts is covered by the log's signature; the extra data is the stored leaf itself, so
its hash is recomputed from it and never taken on trust.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.tree import HASH, leaf_hash, verify_inclusion
from services.runtime.note import BadNote, Verifier, decode64, encode64

_FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"0|[1-9][0-9]{0,18}")
_LONGEST_PATH = 63


class BadProof(ValueError):
    """Not a proof, or one that does not hold. Says why, without echoing the entry."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's place: `leaf` is the stored leaf, `path` the hashes from it upward, `checkpoint` the signed
    note."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def emit(self) -> bytes:
        """The `.tlog-proof` file."""
        lines = [_FIRST, f"extra {encode64(self.leaf)}", f"index {self.index}", *map(encode64, self.path)]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> "Proof":
        """From the file. Raises `BadProof`."""
        head, blank, note = raw.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
            if not blank or len(lines) < 3 or len(lines) > 3 + _LONGEST_PATH:
                raise ValueError
            first, extra, index, *path = lines
            if first != _FIRST or not extra.startswith("extra ") or not index.startswith("index "):
                raise ValueError
            if not _INDEX.fullmatch(index.removeprefix("index ")):
                raise ValueError
            hashes = tuple(decode64(line) for line in path)
            leaf = decode64(extra.removeprefix("extra "))
        except ValueError:
            raise BadProof("not a tlog-proof that carries its entry") from None
        if any(len(part) != HASH for part in hashes):
            raise BadProof("a hash of the path is not 32 bytes")
        return cls(leaf, int(index.removeprefix("index ")), hashes, note)

    def verify(self, verifiers: Iterable[Verifier]) -> Checkpoint:
        """The checkpoint that covers the entry. Raises `BadProof`."""
        try:
            found = open_checkpoint(self.checkpoint, verifiers)
        except BadNote as error:
            raise BadProof(f"checkpoint: {error}") from None
        if not verify_inclusion(leaf_hash(self.leaf), self.index, found.size, self.path, found.root):
            raise BadProof("the entry is not in the tree that the checkpoint signs")
        return found
