"""What two records come to under a score, for a report on a model: the guards, with nothing known beside the records.

Promise: the same rules decide as when a record is published. Exclusions, protections and known siblings, which only ever
make a decision stricter, are not looked up.
"""

from services.index.matching import called
from services.index.matching.guards import Facts, judge
from services.index.matching.model import Model
from services.index.matching.verdict import Scored
from services.index.read import Summary


def outcome(trained: Model, one: Summary, other: Summary, scored: Scored) -> str:
    """LINK, REVIEW or APART."""
    return judge(one, other, scored, Facts(shares=called.shares(trained, one, other))).outcome
