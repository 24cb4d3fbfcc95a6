"""Tiles (C2SP tlog-tiles v0.1.0): a log as files of 256 hashes or 256 entries each, so that anybody's tools can check it.

Promise: a path names one tile and has one spelling; a tile's bytes depend on the entries alone, so that a full one
never changes once it has been served.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.ledger.tree import HASH, Tree

WIDTH = 256
_LEVELS = 8
"""Hashes in a full tile, and the levels of the tree that one level of tiles spans: 2 to the 8th is 256."""
LONGEST_ENTRY = 65_535
_HIGHEST = 63
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<place>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: `level` 0 to 63, or -1 for entries; its `number` there; and how many of its 256 places are filled."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def first(self) -> int:
        """The place on its level of its first hash or entry."""
        return self.number * WIDTH

    @property
    def end(self) -> int:
        """The size from which on a log has all of this tile."""
        return (self.first + self.width) << max(self.level, 0) * _LEVELS

    @property
    def path(self) -> str:
        """Its address below the log's: `tile/0/x001/x234/067.p/8`."""
        digits = f"{self.number:03d}"
        groups = [digits[max(at - 3, 0) : at].zfill(3) for at in range(len(digits), 0, -3)][::-1]
        place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level < 0 else self.level}/{place}{part}"

    @classmethod
    def read(cls, path: str) -> "Tile | None":
        """The tile of a path; None for anything but the one spelling that `path` gives."""
        match = _PATH.fullmatch(path)
        if not match:
            return None
        level = -1 if match["level"] == "entries" else int(match["level"])
        number = int(match["place"].replace("/", "").replace("x", ""))
        width = int(match["width"]) if match["width"] else WIDTH
        found = cls(level, number, width)
        return found if found.path == path and number < 1 << _HIGHEST and width <= WIDTH else None


def tiles_of(size: int, *, entries: bool = True) -> Iterator[Tile]:
    """Every tile of a log of this size: the full ones, and on each level the partial one that is not empty."""
    levels: list[tuple[int, int]] = [(-1, size)] if entries else []
    level, count = 0, size
    while count:
        levels.append((level, count))
        level, count = level + 1, count >> _LEVELS
    for level, count in levels:
        full, rest = divmod(count, WIDTH)
        yield from (Tile(level, number) for number in range(full))
        if rest:
            yield Tile(level, full, rest)


def hashes(tree: Tree, tile: Tile) -> bytes:
    """The bytes of a tile of hashes: `width` times 32. Raises `ValueError` where the tree has not come so far."""
    return tree.complete(tile.level * _LEVELS, tile.first, tile.width)


def bundle(leaves: Sequence[bytes]) -> bytes:
    """The bytes of a tile of entries: each with its length before it, two bytes, the more significant first."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def unbundle(data: bytes, width: int) -> list[bytes]:
    """The entries of a tile. Raises `ValueError` where they are not exactly `width`."""
    found, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise ValueError("the last entry is cut off")
        found.append(data[at + 2 : end])
        at = end
    if len(found) != width:
        raise ValueError(f"{len(found)} entries where {width} belong")
    return found


__all__ = ["HASH", "LONGEST_ENTRY", "WIDTH", "Tile", "bundle", "hashes", "tiles_of", "unbundle"]
