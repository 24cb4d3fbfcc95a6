"""The invariants: what must hold of every decision, written from law and practice and apart from the rules.

Promise: no module here reads the rules, the tables made from them, or the catalogue; a rule that is wrong and an invariant
that is wrong would have to be wrong in the same way, by two hands.
"""

from services.policy.invariants import askers, bars, depths, labels, papers, persons
from services.policy.invariants.changes import CHANGES
from services.policy.invariants.promises import INVARIANTS, as_much_as, never_more_than

TABLES = (
    *papers.TABLES, *askers.TABLES, *bars.TABLES, *labels.TABLES, *persons.TABLES, *depths.TABLES,
)  # fmt: skip
OF_A_ROW = (*(never_more_than(table) for table in TABLES), as_much_as(TABLES), *INVARIANTS)
OF_A_CHANGE = CHANGES

__all__ = ["OF_A_CHANGE", "OF_A_ROW", "TABLES"]
