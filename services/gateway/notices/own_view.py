"""What a holder sees of who was given its records: day, purpose, organisation and role, and nothing more.

Promise: no case, no person and no record; and what is held back is not there: no row, no gap, no count and no word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from services.contract.cases import Asker
from services.gateway.notices.tables import GivenRow, may_be_told
from services.gateway.parts import Parts

READERS = frozenset({"PRIVACY-OFFICER", "DPO", "IG-LEAD", "CALDICOTT"})
LISTED = 500
"""At most so many answers are read, the newest first."""


@dataclass(frozen=True, slots=True)
class Told:
    """Answers of one day that gave records of the holder, to one organisation and role for one purpose."""

    day: str
    purpose: str
    organisation: str
    role: str
    answers: int


def who_was_given(parts: Parts, asker: Asker) -> Sequence[Told]:
    """The lines, newest first; none for a role that does not read them."""
    if asker.role not in READERS:
        return ()
    query = select(GivenRow).where(GivenRow.holder == asker.organisation, may_be_told())
    with parts.store.begin() as session:
        rows = session.exec(query.order_by(col(GivenRow.at).desc()).limit(LISTED)).all()
    counted: dict[tuple[str, str, str, str], int] = {}
    for row in rows:
        key = (row.at[:10], row.purpose, row.organisation, row.role)
        counted[key] = counted.get(key, 0) + 1
    # Sorted by what is shown: nothing of the order of the store can tell that something lies between.
    by_day = sorted(sorted(counted.items()), key=lambda row: row[0][0], reverse=True)
    return tuple(Told(*key, count) for key, count in by_day)
