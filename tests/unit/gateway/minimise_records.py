"""The records that the tests of minimising take apart."""

import base64
from typing import Any

MASKED = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
    ]
}
WHO = {"reference": "Patient/1", "display": "Mia Reid", "identifier": {"value": "9991000011"}}
FLAG: dict[str, Any] = {
    "resourceType": "Flag",
    "id": "publishers-own",
    "status": "active",
    "category": [{"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}],
    "code": {
        "coding": [{"system": "http://snomed.info/sct", "code": "342191000000101", "display": "On a plan"}]
    },
    "subject": WHO,
    "period": {"start": "2024-05-17", "end": "2025-01-02"},
    "author": {"reference": "Organization/9", "display": "Northshire Council"},
}
ENCOUNTER: dict[str, Any] = {
    "resourceType": "Encounter",
    "id": "e",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"},
    "type": [{"text": "Emergency attendance: assault"}],
    "subject": WHO,
    "period": {"start": "2024-05-17T10:00:00Z", "end": "2024-05-17T11:00:00Z"},
}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "identifier": [
        {
            "system": "https://fhir.nhs.uk/Id/nhs-number",
            "value": "9991000011",
            "assigner": {"display": "Trust"},
        },
        {"system": "https://northshire.example/id", "value": "N-17"},
    ],
    "name": [{"family": "Reid", "given": ["Mia"]}],
    "birthDate": "2019-05-07",
    "gender": "female",
    "address": [{"line": ["8 Colliery Row"], "city": "Quarry", "postalCode": "zz99 4ab"}],
    "telecom": [{"system": "phone", "value": "01632 960105"}],
}


def note(text: str, kind: str = "text/plain", **more: Any) -> dict[str, Any]:
    data = base64.b64encode(text.encode()).decode()
    attachment = {"contentType": kind, "data": data, "title": "Note", **more}
    return {
        "resourceType": "DocumentReference", "id": "d", "status": "current", "subject": WHO, "type": {"text": "Note"},
        "content": [{"attachment": attachment}],
    }  # fmt: skip
