"""Confirming for one case that a candidate is the person meant, by two identifiers.

Promise: a wrong value, an unknown candidate and a token that does not open answer alike, each is an entry
before it is told, and all of them count: five tries an hour for one asker on one case.
"""

from dataclasses import dataclass

from sqlmodel import col, func, select

from services.contract.about import OF_MOTHER
from services.contract.cases import Asker, ConfirmIdentity
from services.contract.problems import BadInput, TooMany
from services.gateway.candidates import Candidates
from services.gateway.cases.entries import enter_about
from services.gateway.cases.evidence import open_standing
from services.gateway.parts import Parts, stamp
from services.gateway.store.tables import AttemptRow, CaseRow, ConfirmedRow

TRIES, WINDOW = 5, 3600
"""Tries in so many seconds."""
_NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether it was confirmed, and nothing of why not."""

    confirmed: bool
    tries_left: int


def confirm_identity(parts: Parts, asker: Asker, case: str, body: ConfirmIdentity) -> Confirmation:
    """Compare with the record and remember for this case.

    Raises `NotFound`, `Conflict`, `BadInput`, `TooMany`.
    """
    standing = open_standing(parts, asker, case)
    left = _count(parts, asker, case)
    offered = Candidates(parts.keys, parts.clock).offered(body.candidate, asker, case)
    names = sorted(body.identifiers)
    # Judged before the record is, and the same for a token that does not open.
    if offered is not None and set(names) <= offered.asked:
        raise BadInput("at least one identifier has to be one that you did not search with")
    if not set(names) - set(OF_MOTHER):
        raise BadInput(
            "at least one identifier has to be the child's own, such as the day on which it is expected"
        )
    person = offered.person if offered else None
    # Compared in any case: a token that does not open takes as long.
    agrees = parts.index.compare(person or _NOBODY, body.identifiers) and person is not None
    enter_about(
        parts.ledger,
        "identity.confirmed" if agrees else "identity.refused",
        asker,
        [person] if agrees and person else [],
        case=case,
        purpose=standing.row.purpose,
        facts={"identifiers": names},
    )
    if agrees and person:
        with parts.store.begin() as session:
            session.merge(ConfirmedRow(case=case, person=person, by=asker.user, at=stamp(parts.now())))
    return Confirmation(agrees, left)


def _count(parts: Parts, asker: Asker, case: str) -> int:
    """Take one try; how many are left. Raises `TooMany`."""
    now = int(parts.now().timestamp())
    with parts.store.begin() as session:
        # Held while counting, so that tries at the same moment are counted one after the other.
        session.exec(select(CaseRow).where(CaseRow.id == case).with_for_update()).one()
        session.add(AttemptRow(case=case, user=asker.user, at=now))
        session.flush()
        query = select(func.count(col(AttemptRow.id))).where(
            AttemptRow.case == case, AttemptRow.user == asker.user, AttemptRow.at > now - WINDOW
        )
        taken = session.exec(query).one()
        if taken > TRIES:
            raise TooMany(
                "too many tries on this case", next_step="Try again in an hour, or ask a colleague."
            )
    return TRIES - taken
