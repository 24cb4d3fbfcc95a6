"""The Merkle tree of RFC 6962 section 2.1 (same in RFC 9162): hashes, root, inclusion and consistency proofs.

Promise: no proof scheme of our own. Proofs are made and checked by the RFC's algorithms and by nothing else;
a checker answers yes or no and never raises on what an outsider sent.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence

from services.contract.merkle import EMPTY_ROOT, leaf_hash, node_hash

HASH = 32


class Tree:
    """A growing tree that keeps the hash of every complete subtree: 64 bytes of memory an entry, root and
    proofs in O(log n).

    One thread appends; others may ask for roots and proofs of sizes already reached.
    """

    def __init__(self) -> None:
        self._rows: list[bytearray] = [bytearray()]
        self.size = 0

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        place, level, node = self.size, 0, leaf
        self._rows[0] += node
        while place & 1:
            row = self._rows[level]
            node = hashlib.sha256(b"\x01" + row[-2 * HASH :]).digest()
            level, place = level + 1, place >> 1
            if level == len(self._rows):
                self._rows.append(bytearray())
            self._rows[level] += node
        # Last, so that a reader never sees a size whose hashes are not all there.
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add many."""
        for leaf in leaves:
            self.append(leaf)

    def knows(self, size: int) -> bool:
        """Whether the root at this size can be told: every size reached."""
        return 0 <= size <= self.size

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves (default all). Raises `ValueError` for a size not reached."""
        size = self._reached(self.size if size is None else size)
        return self._span(0, size) if size else EMPTY_ROOT

    def leaf(self, index: int) -> bytes:
        """The leaf hash at `index`."""
        return bytes(self._rows[0][index * HASH : (index + 1) * HASH])

    def complete(self, level: int, first: int, count: int) -> bytes:
        """Hashes of `count` neighbouring complete subtrees of 2**level leaves each, 32 bytes a hash.

        Raises `ValueError` where the tree has not reached them.
        """
        row = self._rows[level] if 0 <= level < len(self._rows) else bytearray()
        if first < 0 or count < 0 or (first + count) << level > self.size:
            raise ValueError("the tree has not reached this tile")
        return bytes(row[first * HASH : (first + count) * HASH])

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """PATH(index, D[0:size]), from the leaf upward (RFC 6962 2.1.1)."""
        if not 0 <= index < self._reached(size):
            raise ValueError("no such leaf in a tree of this size")
        low, high, path = 0, size, []
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._span(middle, high))
                high = middle
            else:
                path.append(self._span(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """PROOF(old, D[0:new]) (RFC 6962 2.1.2); empty where old is 0 or equals new."""
        if not 0 <= old <= self._reached(new):
            raise ValueError("the older size is beyond the newer")
        return consistency(self._span, old, new)

    def _reached(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise ValueError("the tree has not reached this size")
        return size

    def _span(self, low: int, high: int) -> bytes:
        """MTH(D[low:high]) where low is a multiple of the power of two that holds high - low."""
        width, node = high - low, b""
        for level in range(width.bit_length()):
            if width >> level & 1:
                at = ((high >> level) - 1) * HASH
                part = bytes(self._rows[level][at : at + HASH])
                node = node_hash(part, node) if node else part
        return node


def consistency(span: Callable[[int, int], bytes], old: int, new: int) -> list[bytes]:
    """PROOF(old, D[0:new]) (RFC 6962 2.1.2), 0 <= old <= new. `span(low, high)`: MTH(D[low:high])."""
    if old in (0, new):
        return []
    low, high, path, whole = 0, new, [], True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(span(middle, high))
            high = middle
        else:
            path.append(span(low, middle))
            low, whole = middle, False
    return ([] if whole else [span(low, high)]) + path[::-1]


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """RFC 9162 2.1.3.2: whether `path` shows that `leaf` stands at `index` in the tree of `size` with
    `root`."""
    if not 0 <= index < size or any(len(part) != HASH for part in (leaf, root, *path)):
        return False
    here, last, node = index, size - 1, leaf
    for part in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(part, node)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, part)
        here, last = here >> 1, last >> 1
    return last == 0 and hmac.compare_digest(node, root)


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162 2.1.4.2: whether the tree of `new` only added to that of `old`. An older size of 0 proves
    nothing: False."""
    roots = consistent_roots(old, new, old_root, path)
    return (
        roots is not None
        and hmac.compare_digest(roots[0], old_root)
        and hmac.compare_digest(roots[1], new_root)
    )


def consistent_roots(
    old: int, new: int, old_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """The two roots that `path` leads to (RFC 9162 2.1.4.2, steps 1 to 5); None where it has not the form of a
    proof. `old_root` counts only where the path leaves it out: for equal sizes and powers of two."""
    if not 0 < old <= new or any(len(part) != HASH for part in path):
        return None
    if old == new:
        return None if path else (old_root, old_root)
    parts = list(path) if old & (old - 1) else [old_root, *path]
    if not parts:
        return None
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            return None
        if here & 1 or here == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, part)
        here, last = here >> 1, last >> 1
    return (first, second) if last == 0 else None


__all__ = [
    "EMPTY_ROOT",
    "HASH",
    "Tree",
    "consistent_roots",
    "leaf_hash",
    "node_hash",
    "verify_consistency",
    "verify_inclusion",
]
