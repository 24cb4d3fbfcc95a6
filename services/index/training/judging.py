"""What two records come to under a score, for a report on a model: the guards, with nothing known beside the records.

Promise: the same rules decide as when a record is published. Exclusions, protections and known siblings, which only ever
make a decision stricter, are not looked up.
"""

from services.index.matching.guards import Facts, judge
from services.index.matching.verdict import Scored
from services.index.read import Summary

NOTHING_KNOWN = Facts()


def outcome(one: Summary, other: Summary, scored: Scored) -> str:
    """LINK, REVIEW or APART."""
    return judge(one, other, scored, NOTHING_KNOWN).outcome
