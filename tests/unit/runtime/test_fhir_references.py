"""Where a reference may point, and how resources that stand in others are judged."""

import copy
from pathlib import Path
from typing import Any

import pytest

from services.contract.canonical import parse
from services.runtime.fhir import faults

HERE = Path(__file__).parent
BY_TYPE = {e["resourceType"]: e for e in parse((HERE / "fhir_examples.json").read_bytes())}
TYPES = "http://hl7.org/fhir/StructureDefinition"
UUID = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


def example(kind: str, /, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BY_TYPE[kind]), **changes}


def told(resource: object) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in faults(resource)]


GOOD: list[dict[str, Any]] = [
    {"reference": "Patient/1"},
    {"reference": "Patient/1/_history/2"},
    {"reference": "Patient?identifier=x"},
    {"reference": "https://example.org/fhir/Patient/1"},
    {"reference": "https://example.org/fhir/Patient/1/_history/2"},
    {"reference": "https://example.org/person?1"},
    {"reference": UUID},
    {"reference": "Patient/1", "type": "Patient"},
    {"reference": "Patient/1", "type": f"{TYPES}/Patient"},
    {"type": "Patient", "display": "somebody"},
    {"identifier": {"value": "1"}},
    {"display": "somebody"},
]
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"reference": "Slot/1"}, "", "structure"),
    ({"reference": "https://example.org/fhir/Slot/1"}, "", "structure"),
    ({"reference": "https://example.org/fhir/Slot/1/_history/2"}, "", "structure"),
    ({"type": "Slot"}, "", "structure"),
    ({"type": f"{TYPES}/Slot", "identifier": {"value": "1"}}, "", "structure"),
    ({"reference": "Patient/1", "type": "Person"}, ".type", "invariant"),
    ({"reference": "1"}, ".reference", "value"),
    ({"reference": "patient/1"}, ".reference", "value"),
    ({"reference": "Nobody/1"}, ".reference", "value"),
    ({"reference": "#nobody"}, ".reference", "not-found"),
    ({"reference": "#"}, "", "structure"),
    (
        {"reference": "Patient/1", "identifier": {"assigner": {"reference": "Patient/1"}}},
        ".identifier.assigner",
        "structure",
    ),
]


@pytest.mark.parametrize("reference", GOOD, ids=str)
def test_a_reference_to_the_right_type_or_to_one_unknown_passes(reference: dict[str, Any]) -> None:
    assert told(example("RelatedPerson", patient=reference)) == []


@pytest.mark.parametrize(("reference", "below", "code"), BAD, ids=str)
def test_a_reference_to_the_wrong_type_does_not(reference: dict[str, Any], below: str, code: str) -> None:
    assert told(example("RelatedPerson", patient=reference)) == [(f"RelatedPerson.patient{below}", code)]


def test_a_reference_to_anything_is_still_a_reference() -> None:
    anything = {"url": "https://example.org/x", "valueReference": {"reference": "Slot/1"}}
    assert told(example("Patient", extension=[anything])) == []
    anything["valueReference"] = {"reference": "nothing"}
    assert told(example("Patient", extension=[anything])) == [
        ("Patient.extension[0].valueReference.reference", "value")
    ]


def test_what_is_contained_is_looked_up_by_id_and_judged_by_its_own_type() -> None:
    assert told(example("Flag")) == []
    slot = {"resourceType": "Medication", "id": "author"}
    assert told(example("Flag", contained=[slot])) == [("Flag.author", "structure")]
    broken = {"resourceType": "Practitioner", "id": "author", "gender": "F"}
    assert told(example("Flag", contained=[broken])) == [("Flag.contained[0].gender", "code-invalid")]
    unknown = {"resourceType": "Nobody", "id": "author"}
    assert ("Flag.contained[0]", "structure") in told(example("Flag", contained=[unknown]))


def test_what_is_contained_may_point_at_its_neighbours_and_at_what_contains_it() -> None:
    role = {"resourceType": "PractitionerRole", "id": "author", "practitioner": {"reference": "#person"}}
    person = {"resourceType": "Practitioner", "id": "person"}
    assert told(example("Flag", contained=[role, person])) == []
    role["practitioner"] = {"reference": "#"}
    assert told(example("Flag", contained=[role])) == [("Flag.contained[0].practitioner", "structure")]


def test_the_entries_of_a_bundle_are_judged_where_they_stand() -> None:
    whole = example("Bundle")
    assert told(whole) == []
    whole["entry"][0]["resource"]["gender"] = "F"
    whole["entry"][1]["resource"]["participant"][0]["period"] = {"start": "2022", "end": "2021"}
    assert told(whole) == [
        ("Bundle.entry[0].resource.gender", "code-invalid"),
        ("Bundle.entry[1].resource.participant[0].period", "invariant"),
    ]


def test_a_full_url_says_what_a_reference_in_the_bundle_points_at() -> None:
    whole = example("Bundle")
    whole["entry"][0]["resource"] = {"resourceType": "Location"}
    assert told(whole) == [("Bundle.entry[1].resource.subject", "structure")]


def test_an_entry_cannot_reach_into_what_another_contains() -> None:
    flag, other = example("Flag"), example("Flag", id="other")
    del other["contained"]
    entries = [{"resource": flag}, {"resource": other}]
    whole = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    assert told(whole) == [("Bundle.entry[1].resource.author.reference", "not-found")]


def test_parameters_and_outcomes_hold_resources_too() -> None:
    held = {"name": "x", "part": [{"name": "y", "resource": {"resourceType": "Patient", "gender": "F"}}]}
    assert told({"resourceType": "Parameters", "parameter": [held]}) == [
        ("Parameters.parameter[0].part[0].resource.gender", "code-invalid")
    ]
    answer = {"response": {"status": "400", "outcome": {"resourceType": "OperationOutcome"}}}
    assert told({"resourceType": "Bundle", "type": "batch-response", "entry": [answer]}) == [
        ("Bundle.entry[0].response.outcome.issue", "required")
    ]


def test_decimals_in_what_stands_in_another_are_judged_as_such() -> None:
    entry = {"resource": example("Observation")}
    whole = {"resourceType": "Bundle", "type": "collection", "entry": [entry]}
    assert told(whole) == []
    entry["resource"]["component"] = [{"code": {"text": "x"}, "valueInteger": parse("1.0")}]
    assert told(whole) == [("Bundle.entry[0].resource.component[0].valueInteger", "structure")]
