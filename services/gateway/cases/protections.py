"""Review of a protection: the only thing that ends one.

Promise: only a PRIVACY-OFFICER of the organisation that flagged it, with a reason, and an entry first;
anybody else's protection and none look the same.
"""

from services.contract.cases import Asker, ReviewProtection
from services.contract.problems import Conflict, NotAllowed, NotFound
from services.gateway.cases.entries import enter
from services.gateway.parts import Parts, fresh_id, stamp
from services.gateway.store.tables import ReviewRow

ROLE = "PRIVACY-OFFICER"


def review_protection(parts: Parts, asker: Asker, id: str, body: ReviewProtection) -> str:
    """The review's id. Raises `NotAllowed`, `NotFound`, `Conflict`, `Unavailable`."""
    if asker.role != ROLE:
        raise NotAllowed("a protection is reviewed by a Privacy Officer of the organisation that flagged it")
    protection = parts.index.protection(id)
    if protection is None or protection.organisation != asker.organisation:
        raise NotFound("no protection with this id is yours to review")
    if protection.ended:
        raise Conflict("the protection has been ended already")
    handle = parts.keys.mac("events").of("protection", id)[:16].hex()
    facts = {"outcome": body.outcome, "label": protection.label, "protection": handle}
    enter(parts.ledger, "protection.reviewed", asker, facts=facts)
    review = fresh_id()
    row = ReviewRow(
        id=review,
        protection=id,
        outcome=body.outcome,
        by=asker.user,
        organisation=asker.organisation,
        at=stamp(parts.now()),
        sealed=parts.store.seal({"reason": body.reason}, f"review:{review}"),
    )
    with parts.store.begin() as session:
        session.add(row)
    if body.outcome == "ended":
        parts.index.end_protection(id, by=asker.user)
    return review
