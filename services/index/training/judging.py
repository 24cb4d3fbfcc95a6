"""What two records come to under a score alone, for a report on a model.

Promise: the bands are those in which the guards first look at a pair; the guards themselves only ever make it stricter.
"""

from services.index.matching.verdict import APART, LINK, REVIEW, Scored
from services.index.read import Summary

LINKS_FROM = 13.3
DOUBT_FROM = -3.0
"""Bits; the guards' own bands."""


def outcome(one: Summary, other: Summary, scored: Scored) -> str:  # noqa: ARG001 - the guards read the records
    """LINK, REVIEW or APART."""
    if scored.weight >= LINKS_FROM:
        return LINK
    return REVIEW if scored.weight >= DOUBT_FROM else APART
