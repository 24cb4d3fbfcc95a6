"""Training: how often records of one person, and of two people, are at each level, learned by Splink without labels.

Promise: what was never seen is said to be so (None), never guessed; the same records and seed give the same shares.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from splink import DuckDBAPI, Linker

from services.index.matching import levels
from services.index.read import Summary
from services.index.training import rows
from services.index.training.settings import NULL, settings

NUMBER_BLOCK = "l.numbers[1] = r.numbers[1]"
PERSON_BLOCK = "l.born = r.born AND l.given = r.given AND l.family = r.family"


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train. `blocks`: SQL conditions, each finding pairs that are mostly of one person; a comparison is learned in
    those blocks that do not name its columns."""

    blocks: tuple[str, ...] = (NUMBER_BLOCK, PERSON_BLOCK)
    people: int = 1_000_000
    """The prior is that of so many people."""
    pairs: int = 10_000_000
    """Random pairs looked at for u."""
    seed: int = 1
    max_iterations: int = 25

    @property
    def chance(self) -> float:
        """That two random records are about one person."""
        return 1 / self.people


@dataclass(frozen=True, slots=True)
class Learned:
    """What training found. `shares` of each comparison and level: (m, u), None where it was never seen."""

    records: int
    chance: float
    shares: Mapping[str, Mapping[str, tuple[float | None, float | None]]]
    counts: Mapping[str, Mapping[str, int]] = field(repr=False)
    """How many records bear each name, by comparison of `levels.FREQUENT`."""


def learn(records: Sequence[Summary], plan: Plan) -> Learned:
    """Train on records. They need no labels; some people must stand there more than once."""
    table = rows.table(records)
    api = DuckDBAPI()
    linker = Linker(
        api.register(table, table_name="records"),
        settings(plan.blocks, plan.chance),
    )
    # Splink turns its own report on when a linker is made; what was never seen is said by export.py.
    logging.getLogger("splink").setLevel(logging.ERROR)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=plan.pairs, seed=plan.seed, min_count_per_level=None
    )
    for block in plan.blocks:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block, estimate_without_term_frequencies=True
        )
    trained = linker.misc.save_model_to_json()["comparisons"]
    return Learned(
        records=len(records),
        chance=plan.chance,
        shares={one["output_column_name"]: _shares(one["comparison_levels"]) for one in trained},
        counts={name: _counts(table.column(name).to_pylist()) for name in sorted(levels.FREQUENT)},
    )


def _shares(listed: Sequence[Mapping[str, object]]) -> dict[str, tuple[float | None, float | None]]:
    return {
        str(one["label_for_charts"]): (_share(one, "m_probability"), _share(one, "u_probability"))
        for one in listed
        if one["label_for_charts"] != NULL
    }


def _share(level: Mapping[str, object], name: str) -> float | None:
    found = level.get(name)
    # Splink writes a text where it saw nothing.
    return float(found) if isinstance(found, int | float) and 0 < found <= 1 else None


def _counts(values: Sequence[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in filter(None, values):
        found[value] = found.get(value, 0) + 1
    return found
