"""What speaks for and against two records being of one person, in plain words.

Promise: the lines add up to the weight; every level of every comparison has its sentence
(`schemas/vocabulary/evidence.json`); no value of a person stands in one. Where a protected or restricted person is spoken of,
nothing is said of a place or telephone, nor that there was something to say, and no line has a figure: what is left of a
known sum would tell.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.contract.vocabulary import entry
from services.index.matching.verdict import Evidence, Scored, Verdict

EVIDENCE, RULES = "evidence", "link-rules"
START = "start"
"""The line of the prior."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that speaks for (bits above 0) or against. `bits` is None where figures would tell of a place."""

    code: str
    sentence: str
    bits: float | None


def rule_of(rule: str) -> str:
    """Why a comparison or a decision came out as it did. Raises `KeyError` for no rule of the hub."""
    return str(entry(RULES, rule)["sentence"])


def explain(verdict: Verdict, *, redacted: bool) -> tuple[Line, ...]:
    """The evidence behind a verdict, the prior first."""
    return tuple(_lines(verdict.scored, redacted))


def weight_of(verdict: Verdict, *, redacted: bool) -> float | None:
    """The weight as it may be said: none where it would tell of a place."""
    return None if redacted else verdict.scored.weight


def _lines(scored: Scored, redacted: bool) -> Iterator[Line]:
    if not redacted:
        yield Line(START, str(entry(EVIDENCE, START)["sentence"]), scored.prior)
    for part in scored.evidence:
        if redacted and part.place:
            continue
        code = code_of(part)
        yield Line(
            code, str(entry(EVIDENCE, code)["sentence"]), None if redacted else part.bits + part.frequency
        )


def code_of(part: Evidence) -> str:
    """The code of `evidence.json` for one comparison at its level."""
    return f"{part.comparison}-{part.level}"
