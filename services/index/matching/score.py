"""The match weight of two records: a prior and, for each comparison that both can answer, what its level is worth.

Promise: the weight is the sum of its parts, to the bit; two records in either order score alike; what one side does not
say adds nothing. Nothing is decided here: a score alone joins twins (guards.py).
"""

from services.index.matching import levels, traits
from services.index.matching.model import Model
from services.index.matching.traits import Traits
from services.index.matching.verdict import Evidence, Scored
from services.index.read import Summary


def score(model: Model, one: Summary, other: Summary) -> Scored:
    """How strongly two records speak for one person, in bits; never raises."""
    return weigh(model, traits.of(one), traits.of(other))


def weigh(model: Model, one: Traits, other: Traits) -> Scored:
    """The same of traits taken out beforehand: a record compared with many is taken apart once."""
    evidence = tuple(_evidence(model, found) for found in levels.compare(one, other))
    weight = model.prior + sum(part.bits + part.frequency for part in evidence)
    return Scored(weight, model.prior, evidence)


def _evidence(model: Model, found: levels.Agreement) -> Evidence:
    comparison, level, value = found
    part = model.evidence[comparison][level]
    if not value:
        return part
    return Evidence(comparison, level, part.bits, model.frequencies[comparison].bits(value), part.place)
