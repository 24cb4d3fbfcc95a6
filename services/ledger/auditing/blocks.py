"""The Merkle tree of a log as an auditor needs it: its root at a few sizes, in memory that hardly grows with the log.

Promise: the same roots as `tree.py` (RFC 6962 section 2.1), a root that was not kept is refused and never guessed. Of a
block of 256 entries whose inside nobody will ask about, one hash is kept: 64 bytes for every 256 entries.
"""

import hashlib
from collections.abc import Iterable

from services.contract.merkle import EMPTY_ROOT, node_hash, root_of
from services.ledger.tree import HASH, Tree, consistency

WIDTH = 256


class Blocks:
    """A growing tree. `wanted`: sizes at which the root will be asked for; `onward`: from here on every size may be."""

    def __init__(self, wanted: Iterable[int] = (), onward: int = 0) -> None:
        self._wanted = frozenset(size // WIDTH for size in wanted)
        self._onward = onward // WIDTH
        self._above = Tree()
        self._inside: dict[int, bytes] = {}
        self._open: list[bytes] = []

    @property
    def size(self) -> int:
        """How many leaves have been added."""
        return self._above.size * WIDTH + len(self._open)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash (32 bytes)."""
        self._open.append(leaf)
        if len(self._open) == WIDTH:
            self._close()

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add many, a block at a time."""
        waiting = [*self._open, *leaves]
        whole = len(waiting) - len(waiting) % WIDTH
        for at in range(0, whole, WIDTH):
            self._open = waiting[at : at + WIDTH]
            self._close()
        self._open = waiting[whole:]

    def knows(self, size: int) -> bool:
        """Whether the root at this size can be told: reached, and kept."""
        block, rest = divmod(size, WIDTH)
        return 0 <= size <= self.size and (not rest or block == self._above.size or block in self._inside)

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves (default all). Raises `ValueError` where it is not known."""
        size = self.size if size is None else size
        if not self.knows(size):
            raise ValueError("the root at this size was not kept")
        return self._span(0, size) if size else EMPTY_ROOT

    def consistency(self, old: int, new: int) -> list[bytes]:
        """PROOF(old, D[0:new]) (RFC 6962 2.1.2). Raises `ValueError` where one of the sizes was not kept."""
        if not (0 <= old <= new and self.knows(old) and self.knows(new)):
            raise ValueError("a proof between these sizes was not kept")
        return consistency(self._span, old, new)

    def _span(self, low: int, high: int) -> bytes:
        """MTH(D[low:high]) where low is a multiple of the power of two that holds high - low."""
        if high - low < WIDTH:
            block, first = divmod(low, WIDTH)
            return root_of(self._leaves(block)[first : first + high - low])
        block, rest = divmod(high, WIDTH)
        node = root_of(self._leaves(block)[:rest]) if rest else b""
        # The complete blocks before it, from the right: each is the left neighbour of all that follows.
        blocks = block - low // WIDTH
        for level in range(blocks.bit_length()):
            if blocks >> level & 1:
                part = self._above.complete(level, (block >> level) - 1, 1)
                node = node_hash(part, node) if node else part
        return node

    def _leaves(self, block: int) -> list[bytes]:
        if block == self._above.size:
            return self._open
        inside = self._inside.get(block, b"")
        return [inside[at : at + HASH] for at in range(0, len(inside), HASH)]

    def _close(self) -> None:
        number, inside = self._above.size, b"".join(self._open)
        self._above.append(root_of_block(inside))
        if number >= self._onward or number in self._wanted:
            self._inside[number] = inside
        self._open = []


def root_of_block(level: bytes) -> bytes:
    """The root over 256 leaf hashes, pair by pair in one buffer at each level."""
    hashed = hashlib.sha256
    while len(level) > HASH:
        level = b"".join(
            [hashed(b"\x01" + level[at : at + 2 * HASH]).digest() for at in range(0, len(level), 2 * HASH)]
        )
    return level
