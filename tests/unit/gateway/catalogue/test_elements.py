"""What R4 says of an element, read from the gate's own schema; the modifiers compared with those that HL7's definitions flag."""

import json

import pytest

from services.contract.places import schemas
from services.gateway.catalogue.elements import DIRECTORY_REFERENCE, MODIFIERS, shipped
from tests.minimising import book

TYPES = {path.partition(".")[0].partition("[")[0] for path in book()["fields"]} - {"*"}


@pytest.mark.parametrize(
    ("type_name", "key", "required", "many", "name"),
    [
        ("Flag", "code", True, False, "code"),
        ("Flag", "status", True, False, "status"),
        ("Patient", "name", False, True, "name"),
        ("MedicationStatement", "medicationReference", True, False, "medication[x]"),
        ("Observation", "valueString", False, False, "value[x]"),
        ("DocumentReference", "content", True, True, "content"),
        ("Encounter.location", "location", True, False, "location"),
    ],
)
def test_an_element(type_name: str, key: str, required: bool, many: bool, name: str) -> None:
    element = shipped().of(type_name)[key]
    assert (element.required, element.many, element.name) == (required, many, name)


def test_a_reference_that_can_only_lead_to_a_directory() -> None:
    assert shipped().of("MedicationStatement")["medicationReference"].type == DIRECTORY_REFERENCE
    assert shipped().of("Condition")["subject"].type == "Reference"


def test_a_modifier_is_never_masked() -> None:
    assert shipped().mask("Flag", shipped().of("Flag")["status"]) is None
    # CarePlan.activity.detail needs its status, which modifies.
    assert shipped().mask("CarePlan.activity", shipped().of("CarePlan.activity")["detail"]) is None


def test_a_type_that_r4_does_not_have_has_no_elements() -> None:
    assert not shipped().of("Pateint")


def test_the_modifiers_are_hl7s() -> None:
    told = json.loads((schemas() / "fhir/modifiers.json").read_bytes())
    theirs = {path for name in TYPES for path in told.get(name, ())}
    # The index has resolved which Patient stands for whom; a link that leads nowhere does not change what the rest says.
    assert theirs - {"Patient.link"} == MODIFIERS
