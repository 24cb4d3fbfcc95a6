"""Each rule over several elements of one resource, kept and broken; those on Bundles are in test_fhir_held.py."""

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


ASKING = {"linkId": "1", "type": "string"}
WHEN = {"question": "2", "operator": "exists", "answerBoolean": True}
LISTED = {"resourceType": "List", "status": "current", "entry": [{"item": {"display": "x"}, "deleted": True}]}
DISPENSED = {
    "resourceType": "MedicationDispense",
    "status": "completed",
    "medicationReference": {"display": "x"},
}
ORGANISATION = {"resourceType": "Organization", "name": "Example School"}
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
        "que-12",
        example("Questionnaire", item=[{**ASKING, "enableWhen": [WHEN] * 3, "enableBehavior": "all"}]),
        example("Questionnaire", item=[{**ASKING, "enableWhen": [WHEN] * 3}]),
        "Questionnaire.item",
    ),
    (
        "tim-9",
        example(
            "MedicationRequest", dosageInstruction=[{"timing": {"repeat": {"offset": 5, "when": ["ACM"]}}}]
        ),
        example(
            "MedicationRequest", dosageInstruction=[{"timing": {"repeat": {"offset": 5, "when": ["CM"]}}}]
        ),
        "MedicationRequest.dosageInstruction[0].timing.repeat.offset",
    ),
    ("lst-2", {**LISTED, "mode": "changes"}, {**LISTED, "mode": "snapshot"}, "List.entry"),
    (
        "lst-3",
        {**LISTED, "mode": "working", "entry": [{"item": {"display": "x"}, "date": "2026"}]},
        {**LISTED, "mode": "snapshot", "entry": [{"item": {"display": "x"}, "date": "2026"}]},
        "List.entry",
    ),
]


def kept_and_broken(key: str, good: dict[str, Any], bad: dict[str, Any], where: str) -> None:
    """`good` has no fault; `bad` has the one of rule `key`, at `where`."""
    assert faults(good) == []
    (fault,) = faults(bad)
    assert (fault.path, fault.code) == (where, "invariant")
    assert f"({key})" in fault.message


@pytest.mark.parametrize(("key", "good", "bad", "where"), RULED, ids=[row[0] for row in RULED])
def test_each_rule_is_kept_and_broken(
    key: str, good: dict[str, Any], bad: dict[str, Any], where: str
) -> None:
    kept_and_broken(key, good, bad, where)


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
