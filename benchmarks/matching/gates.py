"""The bar: what each row of the table must reach, and how a row is printed.

Promise: a row that was not run is printed as such with its reason, and never as met.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

ROWS = {
    "wrong": "automatic links to the wrong person, queries",
    "hard": "must-not-link categories, share linked",
    "candidates": "candidate recall",
    "found": "linked or for review, recall",
    "auto": "linked, recall: all / with a number / without",
    "review": "share for review",
    "speed": "matcher p50 / p99, sealed",
    "cost": "cost from the smaller index to the larger",
    "splink": "Splink's online route, same run",
    "http": "$match over HTTP p50 / p95 / p99",
    "febrl4": "FEBRL4, score alone",
    "febrl3": "FEBRL3, score alone",
    "historical": "historical_50k, score alone",
    "bias": "false links and review by group",
}
"""Every row of the table, in its order."""


@dataclass(slots=True)
class Table:
    """The rows of one run, as they come."""

    title: str
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    missed: int = 0

    def gate(self, row: str, figures: str, met: bool, wanted: str) -> None:
        """A row with a gate."""
        self.missed += not met
        self.said[row] = (figures, f"{'met' if met else 'MISSED'} ({wanted})")

    def figure(self, row: str, figures: str) -> None:
        """A row without one."""
        self.said[row] = (figures, "")

    def lines(self, not_run: dict[str, str]) -> list[str]:
        """The table; what is in neither is said not to have been run."""
        found = [self.title]
        for row, words in ROWS.items():
            figures, verdict = self.said.get(row, (f"NOT RUN: {not_run.get(row, 'not asked for')}", ""))
            found.append(f"  {words:52} {figures}  {verdict}".rstrip())
        return found


def at_most(wrong: int, of: int) -> float:
    """Upper end of the 95 % interval (Wilson; rule of three where there was none)."""
    return 3 / max(1, of) if wrong == 0 else interval(wrong, of)[1]


def interval(count: int, of: int) -> tuple[float, float]:
    """95 % interval of a share, Wilson (1927)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, count / of
    middle, spread = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - spread) / (1 + z * z / of)), min(1.0, (middle + spread) / (1 + z * z / of))


def share(count: int, of: int) -> float:
    """A share; of nothing, none."""
    return count / of if of else 0.0


def quantile(values: Sequence[float], at: float) -> float:
    """The value below which this share lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(at * len(ordered)) - 1)] if ordered else 0.0
