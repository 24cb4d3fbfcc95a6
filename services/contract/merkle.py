"""Hashing of RFC 6962 section 2.1 (kept by RFC 9162): what a leaf, a node and a root are.

Promise: gateway, ledger and auditor compute the same root; leaf and node hashes can never be taken for one another.
"""

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf *hashes*; splits at the largest power of two below the count. No leaves: SHA-256("")."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    # An odd last node is carried up unchanged, which is the same tree as splitting at the largest power of two.
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]
