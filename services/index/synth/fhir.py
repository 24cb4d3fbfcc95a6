"""A record as the FHIR R4 Patient that its source would publish.

Promise: valid R4, and everything that the record holds is in it; what the record does not hold is left out, never empty.
"""

from typing import Any

from services.contract.about import NHS_NUMBER
from services.index.synth.people import Record

_VERIFICATION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
_STATUSES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
_UPRN = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-UPRN"
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"


def patient(record: Record) -> dict[str, Any]:
    """The Patient. A safe address makes it restricted (R), as PDS marks it."""
    resource: dict[str, Any] = {"resourceType": "Patient", "id": record.id.replace(".", "-")}
    if record.safe:
        resource["meta"] = {"security": [{"system": _CONFIDENTIALITY, "code": "R"}]}
    parts = {
        "identifier": _identifiers(record),
        "name": _names(record),
        "telecom": [{"system": "phone", "value": record.phone}] if record.phone else [],
        "gender": record.sex,
        "birthDate": record.birth_date,
        "address": _addresses(record),
        "multipleBirthBoolean": record.multiple == "1",
    }
    return resource | {name: value for name, value in parts.items() if value}


def _identifiers(record: Record) -> list[dict[str, Any]]:
    if not record.nhs_number:
        return []
    # 01: present and verified; 02: present, not traced (UK Core).
    coding = {"system": _STATUSES, "code": "01" if record.traced else "02"}
    status = {"url": _VERIFICATION, "valueCodeableConcept": {"coding": [coding]}}
    return [{"extension": [status], "system": NHS_NUMBER, "value": record.nhs_number}]


def _names(record: Record) -> list[dict[str, Any]]:
    given = [record.given, *record.more.split()]
    names = [_name("official", given, record.family)]
    if record.former_family:
        names.append(_name("maiden", given[:1], record.former_family))
    if record.nickname:
        names.append(_name("nickname", [record.nickname], record.family))
    return [name for name in names if len(name) > 1]


def _name(use: str, given: list[str], family: str) -> dict[str, Any]:
    held = [one for one in given if one]
    return {"use": use} | ({"family": family} if family else {}) | ({"given": held} if held else {})


def _addresses(record: Record) -> list[dict[str, Any]]:
    found = []
    if record.line or record.postcode:
        now: dict[str, Any] = {"use": "home"}
        if record.uprn:
            now["extension"] = [{"url": _UPRN, "valueString": record.uprn}]
        now |= _lines(record.line, record.town, record.postcode)
        if record.former_line and record.moved_on:
            now["period"] = {"start": record.moved_on}
        found.append(now)
    if record.former_line:
        # By its end, not by `use: old`: the index keeps where somebody lived.
        before = {"use": "home", **_lines(record.former_line, "", record.former_postcode)}
        found.append(before | {"period": {"end": record.moved_on}})
    return found


def _lines(line: str, town: str, code: str) -> dict[str, Any]:
    held: dict[str, Any] = {"line": [line], "city": town, "postalCode": code}
    return {name: value for name, value in held.items() if value not in ("", [""])}
