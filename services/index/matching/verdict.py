"""What a comparison of two records comes to, and what a record's comparison with everybody comes to.

Promise: a verdict carries all that it rests on (weight, evidence, rule), so that it can be said in words, added up again
and checked later; no value of a person stands in it, only the names of comparisons and levels.
"""

from dataclasses import dataclass

LINK, REVIEW, APART = "link", "review", "apart"
"""Of two records: one person; a person decides; not one person (or nothing speaks for it)."""
NEW = "new"
"""Of a record: nobody known; a person of its own."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one comparison adds. `bits` is log2 of m/u, `frequency` what a rare or common value adds to it (log2)."""

    comparison: str
    level: str
    bits: float
    frequency: float = 0.0
    place: bool = False
    """It tells where somebody lives or how they are reached: left out wherever a protected person is spoken of."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The match weight of two records (log2 of the odds) with its parts: `prior` and the evidence add up to it."""

    weight: float
    prior: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two records: LINK, REVIEW or APART, by which rule (a code of `schemas/vocabulary/link-rules.json`)."""

    outcome: str
    rule: str
    scored: Scored


@dataclass(frozen=True, slots=True)
class Doubt:
    """Somebody whom a record may be about, for a person to decide. `item`: their record that fits best."""

    person: str
    item: str
    verdict: Verdict
    restricted: bool = False
    """It touches an adopted, gender-recognised or protected identity: for the restricted queue, never the general one."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A record against everybody: LINK to `person`, REVIEW of `doubts`, or NEW. By REVIEW it is its own person meanwhile."""

    outcome: str
    rule: str
    person: str = ""
    item: str = ""
    """By LINK: the record of theirs that it agrees with."""
    verdict: Verdict | None = None
    doubts: tuple[Doubt, ...] = ()
    truncated: bool = False
    """More candidates than are looked at: said, never silently dropped; then nothing links but by number."""
