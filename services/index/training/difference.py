"""What another model would change: each weight before and after, and what a sample of pairs would come to.

Promise: a report and nothing else. It names comparisons, levels and counts; no record and no value of a person.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.index.matching import levels, traits
from services.index.matching.model import Model
from services.index.matching.score import weigh
from services.index.matching.verdict import Scored
from services.index.read import Summary

Judge = Callable[[Model, Summary, Summary, Scored], str]
"""What two records come to under a score: LINK, REVIEW or APART."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One level's weight, in bits."""

    comparison: str
    level: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many pairs of the sample come to what, before and after."""

    pairs: int
    counts: dict[tuple[str, str], int]

    @property
    def changed(self) -> int:
        """Pairs that would come to something else."""
        return sum(count for (before, after), count in self.counts.items() if before != after)


def weights(before: Model, after: Model) -> Iterator[Weight]:
    """Every level's weight in both models, in the order of `LEVELS`."""
    for comparison, listed in levels.LEVELS.items():
        for level in listed:
            bits = (model.levels[comparison][level].bits for model in (before, after))
            yield Weight(comparison, level, *bits)


def decisions(
    before: Model, after: Model, records: Sequence[Summary], pairs: Iterable[tuple[int, int]], judge: Judge
) -> Decisions:
    """What each pair comes to under either model."""
    counts: Counter[tuple[str, str]] = Counter()
    for one, other in pairs:
        known = traits.of(records[one]), traits.of(records[other])
        said = (judge(model, records[one], records[other], weigh(model, *known)) for model in (before, after))
        counts[next(said), next(said)] += 1
    return Decisions(counts.total(), dict(counts))
