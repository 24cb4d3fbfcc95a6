"""The list of them all, in the order in which they are told and printed.

Promise: what is held against the rules and what docs/reference/invariants.md says are one list.
"""

from services.policy.invariants import askers, bars, depths, labels, papers, persons
from services.policy.invariants.changes import CHANGES
from services.policy.invariants.promises import INVARIANTS, NO_LESS

TABLES = (
    *papers.TABLES, *askers.TABLES, *bars.TABLES, *labels.TABLES, *persons.TABLES, *depths.TABLES,
)  # fmt: skip
TOGETHER = (
    NO_LESS,
    "Nothing is kept back that no part of the law keeps back, and the reason given is that of the part that does",
    "Caldicott principle 7 (the duty to share is as important); DfE golden rules 2024",
)
OF_A_ROW, OF_A_CHANGE = INVARIANTS, CHANGES


def listed() -> list[tuple[str, str, str]]:
    """(name, title, source) of each."""
    return [
        *((one.name, one.title, one.source) for one in TABLES),
        TOGETHER,
        *((one.name, one.title, one.source) for one in OF_A_ROW),
        *((one.name, one.title, one.source) for one in OF_A_CHANGE),
    ]
