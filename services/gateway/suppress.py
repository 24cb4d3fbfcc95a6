"""Small counts kept back, so that nobody can be told from a number, nor a number from the others.

Promise: no count from 1 to 9 is shown; of what is kept back a reader can tell the sum alone, of two counts at least and
never small, whichever counts they know from elsewhere; where that cannot be had, the total is kept back too. Where no total
is ever given, each count is judged by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SMALLEST = 10
"""Counts below this, other than none at all, are kept back."""


@dataclass(frozen=True, slots=True)
class Table:
    """A breakdown of one total: name -> count, None where it is kept back."""

    counts: Mapping[str, int | None]
    total: int | None

    @property
    def kept_back(self) -> int:
        """How many counts are."""
        return sum(count is None for count in self.counts.values())


def exact(counts: Mapping[str, int], total: int | None = None) -> Table:
    """As counted: for the organisation itself."""
    return Table(dict(counts), sum(counts.values()) if total is None else total)


def suppressed(counts: Mapping[str, int], total: int | None = None, *, insiders: int = 0) -> Table:
    """For any wider audience. `total`: of what the counts are parts, where they may overlap, else their sum.

    `insiders`: how many of the counts a reader may know from elsewhere, as an organisation knows its own: as many more
    are kept back.
    """
    whole = sum(counts.values()) if total is None else total
    hidden = {name for name, count in counts.items() if 0 < count < SMALLEST}
    if hidden:
        # The smallest of the others join them, until neither one count nor the sum of all says anything.
        for name in sorted(counts, key=lambda one: (counts[one], one)):
            if _says_nothing(counts, hidden, insiders):
                break
            if counts[name]:
                hidden.add(name)
    enough = not hidden or _says_nothing(counts, hidden, insiders)
    shown = {name: None if name in hidden else count for name, count in counts.items()}
    return Table(shown, whole if enough and not 0 < whole < SMALLEST else None)


def apart(counts: Mapping[str, int]) -> Table:
    """For a breakdown of which nobody is ever given a total: none, and fewer than ten, are told by the same blank."""
    return Table({name: None if count < SMALLEST else count for name, count in counts.items()}, None)


def _says_nothing(counts: Mapping[str, int], hidden: set[str], insiders: int) -> bool:
    """Whether what is left of `hidden`, once a reader has taken off the counts that they know, is two or more and not small."""
    unknown = sorted(counts[name] for name in hidden)[: max(len(hidden) - insiders, 0)]
    return len(unknown) >= 2 and sum(unknown) >= SMALLEST
