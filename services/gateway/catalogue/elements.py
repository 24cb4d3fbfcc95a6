"""What R4 says of each element: its type, whether it repeats, whether it must be there, whether it modifies.

Promise: required-ness and types are read from the same schema that the release gate validates with, so that masking and
the gate never disagree; an element that the schema does not know does not exist here, and is never released.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.contract.places import schemas

MASKED = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}

# HL7's snapshots, `isModifier`; the schema does not carry it. Checked against HL7's own in test_elements.py.
MODIFIERS = frozenset(
    [
        "Patient.active",
        "Patient.deceased[x]",
        "RelatedPerson.active",
        "Flag.status",
        "EpisodeOfCare.status",
        "ServiceRequest.status",
        "ServiceRequest.intent",
        "ServiceRequest.doNotPerform",
        "Task.status",
        "Condition.clinicalStatus",
        "Condition.verificationStatus",
        "MedicationStatement.status",
        "AllergyIntolerance.clinicalStatus",
        "AllergyIntolerance.verificationStatus",
        "Encounter.status",
        "CarePlan.status",
        "CarePlan.intent",
        "CarePlan.activity.detail.status",
        "CarePlan.activity.detail.doNotPerform",
        "QuestionnaireResponse.status",
        "DocumentReference.status",
        "Consent.status",
        "Consent.scope",
        "Device.status",
        "Contract.status",
        "Contract.term.action.doNotPerform",
        "CareTeam.status",
        "Observation.status",
        "MedicationRequest.status",
        "MedicationRequest.intent",
        "MedicationRequest.doNotPerform",
        "Immunization.status",
        "Immunization.isSubpotent",
        "Procedure.status",
        "Organization.active",
        "Medication.status",
        "Location.status",
        "List.status",
        "List.mode",
        "List.entry.deleted",
        "Appointment.status",
    ]
)
DIRECTORY = frozenset(
    {"Endpoint", "HealthcareService", "Location", "Medication", "Organization", "Practitioner"}
    | {"PractitionerRole", "Questionnaire", "Substance"}
)
"""Types that are nobody's record: that a reference to one leads nowhere says nothing of a person."""
DIRECTORY_REFERENCE = "Reference (directory)"
"""The type of an element that can only refer to those."""
ANY_MODIFIERS = frozenset({"implicitRules", "modifierExtension"})


@dataclass(frozen=True, slots=True)
class Element:
    """One member of a JSON object of FHIR."""

    key: str
    """As JSON writes it: `valueString`."""
    name: str
    """As a path writes it: `value[x]`."""
    type: str
    """A definition of the schema: `HumanName`, `Patient.contact`, `date`."""
    many: bool
    required: bool
    primitive: bool
    modifier: bool


class Elements:
    """The elements of every definition of an R4 JSON Schema (`$defs`), worked out when first asked for."""

    def __init__(
        self, definitions: Mapping[str, Any], targets: Mapping[str, Mapping[str, list[str]]]
    ) -> None:
        self._definitions = {**definitions, DIRECTORY_REFERENCE: definitions["Reference"]}
        self._targets = targets
        self._of: dict[str, Mapping[str, Element]] = {}
        self._masks: dict[tuple[str, str], tuple[str, Any] | None] = {}

    def of(self, type_name: str) -> Mapping[str, Element]:
        """The members of a type by JSON key; empty for a primitive and for a type that R4 does not have."""
        known = self._of.get(type_name)
        if known is None:
            known = self._of[type_name] = self._read(type_name)
        return known

    def _read(self, type_name: str) -> Mapping[str, Element]:
        definition = self._definitions.get(type_name, {})
        required = {*definition.get("required", ())}
        choices: dict[str, str] = {}
        for rule in definition.get("allOf", ()):
            what, _, name = rule.get("$comment", "").partition(" ")
            if what == "required":
                required.add(name)
            elif what == "choice":
                names = {key for one in rule["oneOf"] for key in _named(one)}
                choices |= dict.fromkeys(names, name)
                if not any("not" in one for one in rule["oneOf"]):
                    required |= names
        return {
            key: self._element(type_name, key, schema, choices.get(key, key), key in required)
            for key, schema in definition.get("properties", {}).items()
            if not key.startswith("_") and key != "resourceType"
        }

    def _element(self, owner: str, key: str, schema: Mapping[str, Any], name: str, required: bool) -> Element:
        many = schema.get("type") == "array"
        inner = schema["items"] if many else schema
        inner = next((one for one in inner.get("anyOf", ()) if "$ref" in one), inner)
        target = inner.get("$ref", "").removeprefix("#/$defs/").partition(":")[0]
        if target == "Reference" and {*self._targets.get(owner, {}).get(key, ["?"])} <= DIRECTORY:
            target = DIRECTORY_REFERENCE
        primitive = "properties" not in self._definitions.get(target, {}) and target not in (
            "Resource",
            "CodeableConcept",
        )
        modifier = f"{owner}.{name}" in MODIFIERS or key in ANY_MODIFIERS
        return Element(key, name, target, many, required, primitive, modifier)

    def mask(self, owner: str, element: Element) -> tuple[str, Any] | None:
        """(key, value) that stands for a required element that is withheld; nested where it has required children.

        None where it cannot be masked: it modifies, or a required child does. The value is shared: never change it.
        """
        place = (owner, element.key)
        if place not in self._masks:
            self._masks[place] = self._mask(element)
        return self._masks[place]

    def _mask(self, element: Element) -> tuple[str, Any] | None:
        if element.modifier:
            return None
        inside: dict[str, Any] = {}
        done: set[str] = set()
        for child in self.of(element.type).values() if not element.primitive else ():
            if child.required and child.name not in done:
                done.add(child.name)
                nested = self.mask(element.type, child)
                if nested is None:
                    return None
                inside[nested[0]] = nested[1]
        value: Any = inside or {"extension": [MASKED]}
        return f"_{element.key}" if element.primitive else element.key, [value] if element.many else value


def _named(rule: Mapping[str, Any]) -> set[str]:
    """Keys that an alternative of a choice asks for, without their underscored twins."""
    names = {*rule.get("required", ())}
    for one in rule.get("anyOf", ()):
        names |= _named(one)
    if "not" in rule:
        names |= _named(rule["not"])
    return {name for name in names if not name.startswith("_")}


@cache
def shipped() -> Elements:
    """The elements of the schema that travels with the hub; read once in a process."""
    folder = schemas() / "fhir"
    document = json.loads((folder / "r4.schema.json").read_bytes())
    return Elements(document["$defs"], json.loads((folder / "references.json").read_bytes()))
