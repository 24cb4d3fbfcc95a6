"""Closing a case, with the one question that monitoring asks: did what was shared change the decision?

Promise: the answer is a code in the entry, which the report of use counts; what is said beside it is sealed in the case,
and only its members read it.
"""

from services.contract.cases import Asker, CloseCase
from services.contract.problems import BadInput, Conflict, NotAllowed
from services.contract.vocabulary import entry
from services.gateway.cases.entries import enter
from services.gateway.cases.states import MANAGERS, Standing, load
from services.gateway.parts import Parts, stamp
from services.gateway.store.tables import CaseRow


def close_case(parts: Parts, asker: Asker, id: str, body: CloseCase) -> None:
    """Close a case: whoever opened it, or a manager of the organisation that did.

    Raises `BadInput`, `NotAllowed`, `NotFound`, `Conflict`, `Unavailable`.
    """
    standing = load(parts, asker, id)
    if not may_close(asker, standing):
        raise NotAllowed("only whoever opened the case, or a manager there, closes it")
    row = standing.row
    if row.closed_at:
        raise Conflict("the case is closed already")
    if body.changed not in entry("case-outcomes", body.outcome)["answers"]:
        raise BadInput("some places do not fit", places=("outcome: it does not go with `changed`",))
    facts = {"changed": body.changed, "code": body.outcome}
    enter(parts.ledger, "case.closed", asker, case=id, purpose=row.purpose, facts=facts)
    told = parts.store.open(row.sealed, f"case:{id}")
    words = {"changed": body.changed, "outcome": body.outcome, "text": body.text}
    sealed = parts.store.seal(told | {"closing": words}, f"case:{id}")
    with parts.store.begin() as session:
        stored = session.get_one(CaseRow, id)
        stored.closed_at, stored.sealed = stamp(parts.now()), sealed


def may_close(asker: Asker, standing: Standing) -> bool:
    """Whether this member of the case is one who closes it."""
    manages = asker.role in MANAGERS and asker.organisation == standing.row.organisation
    return asker.user == standing.row.opened_by or manages
