"""Whether some are served worse: false links and reviews by name culture, age and what the record lacks, against the majority.

Promise: a rate is given with how many it rests on and its 95 % interval; a group is called worse only where its whole interval
lies beyond twice the majority's rate, and better only where it lies within: anything between is said to be undecided.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.matching.ask import ASKED_OTHER, ASKED_RIGHT, AUTO_WRONG, Result
from benchmarks.matching.folder import Asked
from benchmarks.matching.gates import Table, interval, share
from services.index.synth.cultures import MAJORITY

MOST = 2.0
"""Times the majority's rate."""
DIMENSIONS = {"culture": MAJORITY, "age_band": "25-44", "missing": "none"}
"""What people are grouped by, and the group that the others are set against."""
WITHIN, BEYOND, UNDECIDED = "within", "BEYOND", "undecided"


@dataclass(frozen=True, slots=True)
class Rate:
    """One group's rate against the majority's."""

    dimension: str
    group: str
    what: str
    count: int
    of: int
    majority: float

    @property
    def ratio(self) -> float | None:
        """Times the majority's rate; None where the majority has none."""
        return share(self.count, self.of) / self.majority if self.majority else None

    @property
    def ends(self) -> tuple[float, float]:
        """The 95 % interval of the rate."""
        return interval(self.count, self.of)

    @property
    def verdict(self) -> str:
        """Within, beyond or undecided at twice the majority's rate; where nothing happened to anybody, within."""
        low, high = self.ends
        bar = MOST * self.majority
        if not self.count or high <= bar:
            return WITHIN
        return BEYOND if low > bar else UNDECIDED


def rates(asked: Sequence[Asked], results: Sequence[Result]) -> list[Rate]:
    """Every group's rates."""
    found = []
    for dimension, majority in DIMENSIONS.items():
        groups: dict[str, list[Result]] = defaultdict(list)
        for query, result in zip(asked, results, strict=True):
            groups[getattr(query, dimension)].append(result)
        for what, wanted in (("false links", (AUTO_WRONG,)), ("review", (ASKED_RIGHT, ASKED_OTHER))):
            counts = {group: sum(one.outcome in wanted for one in some) for group, some in groups.items()}
            base = share(counts.get(majority, 0), len(groups.get(majority, ())))
            found += [
                Rate(dimension, group, what, counts[group], len(groups[group]), base)
                for group in sorted(groups)
            ]
    return found


def report(table: Table, asked: Sequence[Asked], results: Sequence[Result]) -> list[str]:
    """The row of the table, and a line for each group. What a record lacks is told, and has no gate: it is why one asks."""
    found = rates(asked, results)
    gated = [one for one in found if one.dimension != "missing"]
    beyond = [one for one in gated if one.verdict == BEYOND]
    undecided = [one for one in gated if one.verdict == UNDECIDED]
    names = ", ".join(f"{one.group} {one.what}" for one in beyond)
    figures = f"{len(beyond)} of {len(gated)} rates beyond twice the majority's, {len(undecided)} undecided"
    figures += f" ({names})" if names else ""
    table.gate("bias", figures, not beyond, "within 2x by culture and age")
    lines = [f"  {'group':34} {'what':12} {'rate':>8} {'95 %':>17} {'times':>6}  (of)"]
    for one in found:
        low, high = one.ends
        ratio = "-" if one.ratio is None else f"{one.ratio:.2f}"
        group = f"{one.dimension.replace('_', ' ')}: {one.group}"
        figures = f"{share(one.count, one.of):8.4f} {low:8.4f}-{high:8.4f} {ratio:>6}  ({one.of:,})"
        lines.append(f"  {group:34} {one.what:12} {figures} {one.verdict}")
    return lines
