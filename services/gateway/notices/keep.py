"""Keeping what was given, once its entry is durable, and telling its holders what they are to be told at once.

Promise: told again of the same answer, nothing is kept or raised twice; what is held back raises nothing, anywhere.
"""

from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError

from services.contract.cases import Asker
from services.gateway.cases import break_glass
from services.gateway.notices.given import Given
from services.gateway.notices.tables import GivenRow
from services.gateway.parts import Parts, stamp
from services.gateway.tasks.post import Post, post

REACHED, ACCESS = "break-glass-reached", "access-notice"
CP_ALERT = "CP-ALERT"


def keep(parts: Parts, event_id: str, asker: Asker, case: str, found: Sequence[Given]) -> None:
    """One row for each holder of an answer that left. Raises `StoreUnavailable`."""
    for given in found:
        row = _row(parts, event_id, asker, case, given)
        try:
            with parts.store.begin() as session:
                session.add(row)
        except IntegrityError:
            pass  # kept before; what it raises is raised once all the same
        if not given.held_back:
            tell(parts, row, case, given.plan)


def tell(parts: Parts, row: GivenRow, case: str, plan: Sequence[Sequence[str]]) -> None:
    """The tasks by which a holder is told at once: of broken glass, and of a child on its plan who was checked."""
    told = {"asking_organisation": row.organisation, "asking_role": row.role}
    if row.purpose == break_glass.PURPOSE:
        facts = {"reference": break_glass.reference(parts, case)} | told
        post(parts, Post(REACHED, row.holder, case=case, facts=facts, key=case))
    if row.purpose != CP_ALERT:
        return
    for person, record in plan:
        facts = {"your_record": record, "checked": row.at} | told
        whose = Post(
            ACCESS, row.holder, case=case, person=person, facts=facts, key=f"{row.event_id}/{record}"
        )
        post(parts, whose, once=f"{row.id}/{record}")


def case_key(parts: Parts, case: str) -> bytes:
    """How a case is found again without being named."""
    return parts.keys.mac("given").of("case", case)


def _row(parts: Parts, event_id: str, asker: Asker, case: str, given: Given) -> GivenRow:
    id = parts.keys.mac("given").of("row", event_id, given.holder)[:12].hex()
    told = {
        "case": case,
        "people": list(given.people),
        "records": list(given.records),
        "plan": [list(pair) for pair in given.plan],
    }
    return GivenRow(
        id=id,
        event_id=event_id,
        at=stamp(parts.now()),
        case_key=case_key(parts, case),
        purpose=given.purpose,
        organisation=asker.organisation,
        role=asker.role,
        holder=given.holder,
        held_back=given.held_back,
        sealed=parts.store.seal(told, f"given:{id}"),
    )
