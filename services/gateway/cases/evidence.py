"""Evidence on a case: agreement and refusal, override, perceived risk, strategy discussion, incident and
the rest.

Promise: only a member records, on a case that is open; who, when and what kind are an entry before it is
stored; whom it is about and every word are sealed.
"""

from typing import Any

from services.contract.cases import PERMISSION, PERMISSION_REFUSED, Asker, RecordEvidence
from services.contract.problems import BadInput, Conflict
from services.contract.views import Refused
from services.contract.vocabulary import entry
from services.gateway.cases.entries import enter, refuse
from services.gateway.cases.grounds import over_objection
from services.gateway.cases.open import NOT_PERMITTED
from services.gateway.cases.states import (
    GROUND,
    MANAGERS,
    PERMISSION_HOLDS,
    Standing,
    enter_lapse,
    load,
)
from services.gateway.parts import Parts, fresh_id, stamp
from services.gateway.store.tables import CaseRow, EvidenceRow

_MANAGERS_WORD = "reasonable-cause"
_GIVES_REFERENCE = "referral"


def record_evidence(
    parts: Parts, asker: Asker, case: str, body: RecordEvidence
) -> tuple[str, Standing] | Refused:
    """The evidence's id and the case as it now stands.

    Raises `NotFound`, `Conflict`, `BadInput`, `Unavailable`.
    """
    standing = open_standing(parts, asker, case)
    if body.kind == _MANAGERS_WORD and asker.role not in MANAGERS:
        return refuse(parts.ledger, asker, NOT_PERMITTED, standing.row.purpose, case)
    _check(body, standing.row.purpose)
    now, id = stamp(parts.now()), fresh_id()
    row = EvidenceRow(
        id=id,
        case=case,
        kind=body.kind,
        recorded_by=asker.user,
        recorded_as=asker.role,
        organisation=asker.organisation,
        recorded_at=now,
        until=_until(parts, body),
        no_consent_reason=body.no_consent_reason or "",
        sealed=parts.store.seal(_sealed(body), f"evidence:{id}"),
    )
    facts: dict[str, Any] = {"evidence": body.kind, "limited": bool(body.scope)}
    if body.alone is not None:
        facts["alone"] = body.alone
    if body.ground:
        facts["ground"] = body.ground
    if row.until:
        facts["until"] = row.until
    enter(parts.ledger, "case.evidence", asker, case=case, purpose=standing.row.purpose, facts=facts)
    referenced = body.kind == _GIVES_REFERENCE and bool(body.text.strip())
    with parts.store.begin() as session:
        session.add(row)
        if referenced and not standing.row.referenced_at:
            stored = session.get_one(CaseRow, case)
            stored.referenced_at = standing.row.referenced_at = now
    return id, Standing(standing.row, standing.members, [*standing.evidence, row])


def open_standing(parts: Parts, asker: Asker, case: str) -> Standing:
    """The case, if it is open to the asker now.

    Raises `NotFound` (another's, none) or `Conflict` (closed, lapsed).
    """
    standing = load(parts, asker, case)
    state = standing.state(parts.now())
    if state == "LAPSED":
        enter_lapse(parts, standing)
        raise Conflict("the case has lapsed: open a new one", next_step="Open a new case on its own ground.")
    if state == "CLOSED":
        raise Conflict("the case is closed", next_step="Open a new case if there is a ground for one.")
    return standing


def _until(parts: Parts, body: RecordEvidence) -> str:
    """When it ends: as was said; a permission to view after its hours, whatever was said."""
    if body.kind == PERMISSION:
        return stamp(parts.now() + PERMISSION_HOLDS)
    return stamp(body.until) if body.until else ""


def _check(body: RecordEvidence, purpose: str) -> None:
    places = _misplaced(body, purpose)
    if entry("evidence-kinds", body.kind)["per_person"] and body.about is None:
        places.append("about: say whom it is of; agreement and refusal are each person's own")
    if body.about is not None and body.about.candidate:
        places.append("about.candidate: describe the person instead; a candidate token does not last")
    for name, when in (("at", body.at), ("until", body.until)):
        if when is not None and when.tzinfo is None:
            places.append(f"{name}: a time needs its offset, such as Z")
    if places:
        raise BadInput("some places do not fit", places=tuple(places))


def _misplaced(body: RecordEvidence, purpose: str) -> list[str]:
    """What belongs to other purposes, or to another kind."""
    places = []
    if body.kind in (PERMISSION, PERMISSION_REFUSED) and entry("purposes", purpose)["relationship"] != "CARE":
        places.append("kind: a patient is asked for permission to view for direct care only")
    if (body.kind == GROUND) != bool(body.ground):
        places.append("ground: say which, and only where the kind is stated-ground")
    elif body.ground:
        if body.ground not in over_objection(purpose):
            places.append("ground: not one on which a case of this purpose goes on")
        elif not body.text.strip():
            places.append("text: state the ground in your own words")
    return places


def _sealed(body: RecordEvidence) -> dict[str, Any]:
    return {
        "about": body.about.model_dump(exclude_none=True) if body.about else None,
        "scope": list(body.scope),
        "alone": body.alone,
        "place": body.place or "",
        "at": stamp(body.at) if body.at else "",
        "ground": body.ground or "",
        "text": body.text,
    }
