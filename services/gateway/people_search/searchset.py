"""The answer of $match and of the search for people as FHIR: a searchset Bundle with score and grade, rendered from the JSON.

Promise: each entry is a Patient with a fresh id, a name, a year of birth and the token to go on with, or an OperationOutcome;
nothing is in it that the entered answer does not say.
Source: FHIR R4 Patient/$match; IHE PDQm 3.1 MatchParametersOut.
"""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.patient import Patient

from services.contract.canonical import emit
from services.contract.views import FamilyView, Stub

CANDIDATE = "urn:mash:candidate"
"""System of the token by which a candidate is confirmed or asked about."""
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
TOO_MANY = (
    "TOO_MANY_MATCHES: too many people fit, and nothing is shown of any of them. Give more: a date of birth, both names, "
    "or the NHS number."
)
_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


def as_searchset(view: FamilyView) -> bytes:
    """The Bundle."""
    entries: list[dict[str, Any]] = [_entry(stub) for stub in view.candidates]
    notes = [*([TOO_MANY] if view.match == "MANY" else []), *view.notes]
    if notes:
        entries.append({"resource": _outcome(notes), "search": {"mode": "outcome"}})
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(view.candidates)}
    return emit(bundle | ({"entry": entries} if entries else {}))


def _entry(stub: Stub) -> dict[str, Any]:
    id_ = str(uuid5(NAMESPACE_URL, stub.candidate))
    patient = Patient.model_validate(
        {
            "id": id_,
            "meta": {"tag": [_SUBSETTED]},
            "identifier": [{"use": "temp", "system": CANDIDATE, "value": stub.candidate}],
            **({"name": [{"text": stub.name}]} if stub.name else {}),
            **({"birthDate": stub.birth_year} if stub.birth_year else {}),
        }
    )
    made = patient.model_dump(mode="json", exclude_none=True)
    grade = [{"url": GRADE, "valueCode": stub.grade}] if stub.grade else []
    return {
        "fullUrl": f"urn:uuid:{id_}",
        "resource": {"resourceType": "Patient", **made},
        "search": {"extension": grade, "mode": "match", "score": stub.score},
    }


def _outcome(notes: list[str]) -> dict[str, Any]:
    issues = [
        {"severity": "information", "code": "informational", "details": {"text": note}} for note in notes
    ]
    made: dict[str, Any] = OperationOutcome.model_validate({"issue": issues}).model_dump(
        mode="json", exclude_none=True
    )
    return {"resourceType": "OperationOutcome", **made}
