"""References, what stands in what, and each rule over several elements: kept by the examples, broken here."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import Lexical, parse
from services.runtime.fhir import faults, is_valid
from services.runtime.fhir_rules import RULES, after

HERE = Path(__file__).parent
SCHEMA = Path(__file__).parents[3] / "schemas/fhir/r4.schema.json"
BY_TYPE = {e["resourceType"]: e for e in parse((HERE / "fhir_examples.json").read_bytes())}
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"


def example(kind: str, /, **changes: Any) -> dict[str, Any]:
    changed = {**copy.deepcopy(BY_TYPE[kind]), **changes}
    return {key: value for key, value in changed.items() if value is not ...}


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{HL7}/{system}", "code": code}]}


def bundle(kind: str, *entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **changes}


DISPENSED = {
    "resourceType": "MedicationDispense",
    "status": "completed",
    "medicationReference": {"display": "x"},
}
ORGANISATION = {"resourceType": "Organization", "name": "Example School"}
COMPOSITION = {
    "resourceType": "Composition",
    "status": "final",
    "type": {"text": "Plan"},
    "date": "2026",
    "author": [{"display": "x"}],
    "title": "Plan",
}
DOCUMENT = {
    "identifier": {"system": "https://example.org/id", "value": "1"},
    "timestamp": "2026-01-01T00:00:00Z",
}
FOUND = {"fullUrl": "https://example.org/Organization/1", "resource": ORGANISATION}
ASKED = {"request": {"method": "GET", "url": "Patient/1"}}
CONTAINED = {"resourceType": "Practitioner", "id": "author"}
POINTS_UP = {**CONTAINED, "id": "b", "extension": [{"url": "x", "valueUri": "#"}]}
OWN_CODE = {
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "27113001"}]},
    "valueString": "x",
}

# key of the rule, what keeps it, what breaks it, and where
RULED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("per-1", example("Flag"), example("Flag", period={"start": "2026-02", "end": "2026-01"}), "Flag.period"),
    (
        "rng-2",
        example(
            "Observation",
            value=...,
            valueRange={"low": {"value": 1}, "high": {"value": 1}},
            valueQuantity=...,
        ),
        example(
            "Observation",
            valueRange={"low": {"value": Lexical("1.5")}, "high": {"value": 1}},
            valueQuantity=...,
        ),
        "Observation.valueRange",
    ),
    (
        "age-1",
        example("Condition"),
        example("Condition", onsetAge={"value": 0, "system": UCUM, "code": "a"}),
        "Condition.onsetAge",
    ),
    ("age-1", example("Condition"), example("Condition", onsetAge={"value": 3}), "Condition.onsetAge"),
    (
        "dis-1",
        {"resourceType": "Location", "extension": [{"url": "x", "valueDistance": {"unit": "km"}}]},
        {
            "resourceType": "Location",
            "extension": [{"url": "x", "valueDistance": {"value": 1, "unit": "km"}}],
        },
        "Location.extension[0].valueDistance",
    ),
    (
        "drt-1",
        example("Encounter"),
        example("Encounter", length={"code": "h", "system": "x"}),
        "Encounter.length",
    ),
    (
        "tim-4",
        example("MedicationRequest"),
        example(
            "MedicationRequest",
            dosageInstruction=[{"timing": {"repeat": {"duration": -1, "durationUnit": "h"}}}],
        ),
        "MedicationRequest.dosageInstruction[0].timing.repeat.duration",
    ),
    (
        "tim-5",
        example("MedicationRequest"),
        example(
            "MedicationRequest", dosageInstruction=[{"timing": {"repeat": {"period": -1, "periodUnit": "h"}}}]
        ),
        "MedicationRequest.dosageInstruction[0].timing.repeat.period",
    ),
    (
        "ait-1",
        example("AllergyIntolerance"),
        example("AllergyIntolerance", clinicalStatus=...),
        "AllergyIntolerance",
    ),
    (
        "ait-2",
        example(
            "AllergyIntolerance",
            clinicalStatus=...,
            verificationStatus=coded("allergyintolerance-verification", "entered-in-error"),
        ),
        example(
            "AllergyIntolerance",
            verificationStatus=coded("allergyintolerance-verification", "entered-in-error"),
        ),
        "AllergyIntolerance",
    ),
    (
        "con-4",
        example("Condition"),
        example("Condition", clinicalStatus=coded("condition-clinical", "active")),
        "Condition",
    ),
    (
        "con-5",
        example("Condition"),
        example("Condition", verificationStatus=coded("condition-ver-status", "entered-in-error")),
        "Condition",
    ),
    ("obs-7", example("Observation"), example("Observation", component=[OWN_CODE]), "Observation"),
    ("org-2", ORGANISATION, {**ORGANISATION, "address": [{"use": "home"}]}, "Organization.address"),
    (
        "org-3",
        {**ORGANISATION, "telecom": [{"use": "work"}]},
        {**ORGANISATION, "telecom": [{"use": "home"}]},
        "Organization.telecom",
    ),
    (
        "mdd-1",
        {**DISPENSED, "whenPrepared": "2026-01-01", "whenHandedOver": "2026-01-01"},
        {**DISPENSED, "whenPrepared": "2026-01-02", "whenHandedOver": "2026-01-01"},
        "MedicationDispense",
    ),
    (
        "que-1",
        example("Questionnaire"),
        example("Questionnaire", item=[{"linkId": "1", "type": "group"}]),
        "Questionnaire.item",
    ),
    (
        "que-2",
        example("Questionnaire"),
        example("Questionnaire", item=[{"linkId": "1", "type": "string"}] * 2),
        "Questionnaire.item",
    ),
    (
        "bdl-2",
        bundle("searchset", {**FOUND, "search": {"mode": "match"}}),
        bundle("collection", {**FOUND, "search": {"mode": "match"}}),
        "Bundle.entry[0]",
    ),
    ("bdl-3", bundle("batch", ASKED), bundle("collection", {**FOUND, **ASKED}), "Bundle.entry[0]"),
    ("bdl-3", bundle("collection", FOUND), bundle("transaction", FOUND), "Bundle.entry[0]"),
    (
        "bdl-4",
        bundle("batch-response", {"response": {"status": "200"}}),
        bundle("collection", {**FOUND, "response": {"status": "200"}}),
        "Bundle.entry[0]",
    ),
    (
        "bdl-7",
        bundle("collection", FOUND, {**FOUND, "fullUrl": "https://example.org/Organization/2"}),
        bundle("collection", FOUND, FOUND),
        "Bundle.entry",
    ),
    (
        "bdl-8",
        bundle("collection", FOUND),
        bundle("collection", {**FOUND, "fullUrl": "https://example.org/Organization/1/_history/2"}),
        "Bundle.entry[0]",
    ),
    (
        "bdl-9",
        bundle("document", {"resource": COMPOSITION}, **DOCUMENT),
        bundle("document", {"resource": COMPOSITION}, timestamp=DOCUMENT["timestamp"]),
        "Bundle",
    ),
    (
        "bdl-10",
        bundle("document", {"resource": COMPOSITION}, **DOCUMENT),
        bundle("document", {"resource": COMPOSITION}, identifier=DOCUMENT["identifier"]),
        "Bundle",
    ),
    (
        "bdl-11",
        bundle("document", {"resource": COMPOSITION}, FOUND, **DOCUMENT),
        bundle("document", FOUND, {"resource": COMPOSITION}, **DOCUMENT),
        "Bundle.entry",
    ),
    ("bdl-12", bundle("collection", FOUND), bundle("message", FOUND), "Bundle.entry"),
    (
        "dom-2",
        example("Flag"),
        example("Flag", contained=[{**CONTAINED, "contained": [POINTS_UP]}]),
        "Flag.contained[0]",
    ),
    (
        "dom-3",
        example(
            "Flag",
            contained=[CONTAINED, POINTS_UP],
        ),
        example("Flag", contained=[CONTAINED, {**CONTAINED, "id": "b"}]),
        "Flag.contained[1]",
    ),
    (
        "dom-4",
        example("Flag", contained=[{**CONTAINED, "meta": {"source": "x"}}]),
        example("Flag", contained=[{**CONTAINED, "meta": {"versionId": "1"}}]),
        "Flag.contained[0]",
    ),
    (
        "dom-5",
        example("Flag", contained=[{**CONTAINED, "meta": {"tag": [{"code": "x"}]}}]),
        example("Flag", contained=[{**CONTAINED, "meta": {"security": [{"code": "R"}]}}]),
        "Flag.contained[0]",
    ),
]


@pytest.mark.parametrize(("key", "good", "bad", "where"), RULED, ids=[row[0] for row in RULED])
def test_each_rule_is_kept_and_broken(
    key: str, good: dict[str, Any], bad: dict[str, Any], where: str
) -> None:
    assert faults(good) == []
    (fault,) = faults(bad)
    assert (fault.path, fault.code) == (where, "invariant")
    assert f"({key})" in fault.message


def test_each_rule_stands_at_a_definition_of_the_schema() -> None:
    definitions = json.loads(SCHEMA.read_bytes())["$defs"]
    assert RULES.keys() - {"DomainResource"} <= definitions.keys()


@pytest.mark.parametrize(
    ("start", "end", "later"),
    [
        ("2021", "2020", True),
        ("2020", "2021", False),
        ("2020-06", "2020", False),
        ("2020-06-02", "2020-05", True),
        ("2020-06-02", "2020-06", False),
        ("2020-06-02", "2020-06-01T23:00:00Z", True),
        ("2020-06-01T23:00:00Z", "2020-06-01", False),
        ("2020-06-01T10:00:00-05:00", "2020-06-01T11:00:00Z", True),
        ("2020-06-01T10:00:00+05:00", "2020-06-01T09:00:00Z", False),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", False),
        ("2020-06-01T10:00:00.123456789Z", "2020-06-01T10:00:00.2Z", False),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+14:00", True),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", False),
    ],
)
def test_dates_are_compared_as_far_as_both_are_given(start: str, end: str, later: bool) -> None:
    assert after(start, end) is later
    assert is_valid(example("Flag", period={"start": start, "end": end})) is not later
