"""From what training found to a model file: nothing without a weight, nothing that weighs more for agreeing less.

Promise: whatever is not simply what was learned (a level never seen, a comparison taken over, levels pooled) is said, in
the notes and in the file itself.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.index.matching import levels
from services.index.matching.model import VERSION, Model
from services.index.training.learn import Learned

LEAST = 10
"""People who bear a name before a table made from a deployment's own records names it."""
DIGITS = 9


@dataclass(slots=True)
class _Step:
    """One level on its way into the file."""

    level: str
    m: float
    u: float
    note: str = ""


def document(
    learned: Learned, base: Model, made: Mapping[str, Any], invented: bool
) -> tuple[dict[str, Any], list[str]]:
    """The model as a document, without its digest, and what of it was not simply learned, each in a sentence.

    `base`: the model from which a comparison is taken over whose best or last level was never seen. `invented`: the people
    are, so every name may be listed; a name that is not listed is then one of which nothing is known, not a rare one.
    """
    notes: list[str] = []
    comparisons: dict[str, Any] = {}
    for name in levels.LEVELS:
        steps = _learned(name, learned, notes) or _taken_over(name, base, notes)
        _pool(name, steps, notes)
        comparisons[name] = {"levels": {step.level: _plain(step) for step in steps}}
        if name in levels.FREQUENT:
            comparisons[name]["frequencies"] = _frequencies(name, learned, base, invented, notes)
    prior = math.log2(learned.chance / (1 - learned.chance))
    whole = {"version": VERSION, "made": {**made, "notes": notes}, "prior": prior, "comparisons": comparisons}
    return whole, notes


def _learned(name: str, learned: Learned, notes: list[str]) -> list[_Step]:
    """What was learned of a comparison; empty where its first or last level was never seen."""
    shares = learned.shares[name]
    found: list[_Step] = []
    for level in reversed(levels.LEVELS[name]):
        m, u = shares[level]
        if m is not None and u is not None:
            found.append(_at_least(name, _Step(level, _round(m), _round(u)), learned.records, notes))
        elif found and level != levels.LEVELS[name][0]:
            worse = found[-1]
            notes.append(f"{name}: {level} was never seen, and weighs as {worse.level} does.")
            found.append(_Step(level, worse.m, worse.u, f"never seen: as {worse.level}"))
        else:
            return []
    return found[::-1]


def _at_least(name: str, step: _Step, records: int, notes: list[str]) -> _Step:
    """No share of one person's pairs below one in as many as there are records: so rare a thing the records cannot have shown,
    and an estimate that goes on towards nothing would let one wrong sex or date outweigh everything else."""
    if step.m * records >= 1:
        return step
    notes.append(f"{name}: {step.level} was hardly seen of one person; it weighs as if once in {records:,}.")
    return _Step(step.level, _round(1 / records), step.u, f"hardly seen: as if once in {records:,}")


def _taken_over(name: str, base: Model, notes: list[str]) -> list[_Step]:
    notes.append(f"{name}: seen too seldom in these records; taken over from the model {base.digest[:12]}.")
    note = f"taken over from {base.digest[:12]}"
    return [_Step(level, found.m, found.u, note) for level, found in base.levels[name].items()]


def _pool(name: str, steps: list[_Step], notes: list[str]) -> None:
    """Levels out of order weigh alike: m and u of neighbours added up until none weighs more than a better one."""
    pools: list[list[_Step]] = []
    for step in steps:
        pools.append([step])
        while len(pools) > 1 and _ratio(pools[-1]) > _ratio(pools[-2]):
            pools[-2:] = [pools[-2] + pools[-1]]
    for pool in pools:
        if len(pool) > 1 and len({step.m / step.u for step in pool}) > 1:
            ratio, together = _ratio(pool), ", ".join(step.level for step in pool)
            notes.append(f"{name}: {together} came out in another order, and weigh alike.")
            for step in pool:
                # Never a share above one: then u gives way, not m.
                step.m, step.u = (step.u * ratio, step.u) if step.u * ratio <= 1 else (step.m, step.m / ratio)
                step.note = f"{step.note}; pooled: {together}".lstrip("; ")


def _ratio(pool: list[_Step]) -> float:
    return sum(step.m for step in pool) / sum(step.u for step in pool)


def _plain(step: _Step) -> dict[str, Any]:
    note = {"note": step.note} if step.note else {}
    return {"m": step.m, "u": step.u, "weight": math.log2(step.m / step.u), **note}


def _frequencies(
    name: str, learned: Learned, base: Model, invented: bool, notes: list[str]
) -> dict[str, Any]:
    counts = learned.counts[name]
    named = {value: count for value, count in counts.items() if invented or count >= LEAST}
    if not named:
        notes.append(
            f"{name}: no name is borne by {LEAST} people; the shares are of the model {base.digest[:12]}."
        )
        known = base.frequencies[name]
        return {"floor": known.floor, "unlisted": known.unlisted, "shares": dict(known.shares)}
    total = sum(counts.values())
    floor = _round(min(LEAST / total, 1.0))
    return {
        "floor": floor,
        "unlisted": None if invented else floor,
        "shares": {value: _round(named[value] / total) for value in sorted(named)},
    }


def _round(share: float) -> float:
    """Nine significant digits: more is noise of the order in which a database adds up."""
    return float(f"{share:.{DIGITS}g}")
