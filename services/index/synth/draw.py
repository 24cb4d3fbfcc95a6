"""Chance that repeats: every draw follows from a seed and the name of what it is drawn for.

Promise: the same on every Python from 3.11 on: it rests on `Random.random()` of a whole-number seed alone, which the
language keeps, never on `choice`, `shuffle`, hashes or the order of sets.
"""

import hashlib
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Table(Generic[T]):
    """Things with weights, to draw from."""

    def __init__(self, things: Sequence[T], weights: Sequence[float]) -> None:
        self.things = tuple(things)
        self._sums = list(accumulate(weights))

    def at(self, share: float) -> T:
        """The thing at `share` (0 to below 1) of all weight."""
        return self.things[min(bisect(self._sums, share * self._sums[-1]), len(self.things) - 1)]


def ranked(things: Sequence[T]) -> Table[T]:
    """The first the most frequent: weights 1/(rank + 4), as names are spread."""
    return Table(things, [1 / (rank + 5) for rank in range(len(things))])


class Draw:
    """One stream of draws."""

    __slots__ = ("share",)

    def __init__(self, *name: object) -> None:
        digest = hashlib.blake2b("|".join(map(str, name)).encode(), digest_size=8).digest()
        self.share = Random(int.from_bytes(digest, "big")).random  # noqa: S311 (people who never were)

    def chance(self, likely: float) -> bool:
        """True with this probability."""
        return self.share() < likely

    def below(self, count: int) -> int:
        """A whole number from 0 to below `count`."""
        return int(self.share() * count)

    def between(self, first: int, last: int) -> int:
        """A whole number, both ends among them."""
        return first + self.below(last - first + 1)

    def pick(self, things: Sequence[T]) -> T:
        """One of them, all alike."""
        return things[self.below(len(things))]

    def of(self, table: Table[T]) -> T:
        """One of a table."""
        return table.at(self.share())
