"""Records made from R4's own definitions: for any type, one with every element, and one for each element.

Every string that R4 lets us choose is different from every other, so that a value which leaves can be told from one that
stays. They are valid R4; a combination of elements that breaks a rule of R4 is left out by whoever asks.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from typing import Any

from services.contract.places import schemas
from services.gateway.catalogue.elements import Element, shipped
from services.runtime.fhir import is_valid

_DEEP = 4
_SNOMED = "http://snomed.info/sct"
_NOT_MADE = {"id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension"}
_NOT_IN_PARTS = {"id", "extension", "modifierExtension"}
_DATED = {
    "date": "2021-03-04",
    "dateTime": "2021-03-05T10:11:12Z",
    "instant": "2021-03-06T10:11:12Z",
    "time": "10:11:12",
}
_NUMBERS: Mapping[str, Any] = {
    "boolean": True,
    "integer": 7,
    "decimal": 7,
    "positiveInt": 8,
    "unsignedInt": 9,
}


@cache
def definitions() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((schemas() / "fhir" / "r4.schema.json").read_bytes())["$defs"]
    return read


@cache
def targets() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((schemas() / "fhir" / "references.json").read_bytes())
    return read


class Maker:
    """Makes the values of one record; `mark` goes into every string of one's own choosing."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._number = count(1)

    def record(self, name: str, *only: str) -> dict[str, Any]:
        """A record with its required elements and those named; all of them where none is named."""
        made: dict[str, Any] = {"resourceType": name, "id": "made"}
        chosen: set[str] = set()
        for key, element in shipped().of(name).items():
            if key in _NOT_MADE or (element.name in chosen and key not in only):
                continue
            if (only and key not in only and not element.required) or (
                element.required and self._asked(element, name, only)
            ):
                continue
            made[key] = self.value(element, name, 1)
            chosen.add(element.name)
        return made

    def _asked(self, element: Element, name: str, only: tuple[str, ...]) -> bool:
        """Whether another form of the same choice was asked for by name."""
        same = {key for key, other in shipped().of(name).items() if other.name == element.name}
        return element.key not in only and bool(same & {*only})

    def value(self, element: Element, owner: str, depth: int) -> Any:
        made = self._coded(owner, element.key) or self._of(element.type, depth)
        if element.type.startswith("Reference"):
            allowed = targets().get(owner, {}).get(element.key, ["Organization"])
            target = "Patient" if "Patient" in allowed else allowed[0]
            made["reference"] = f"{target}/{made['reference']}"
        return [made] if element.many else made

    def _word(self) -> str:
        return f"{self._mark}{next(self._number)}"

    def _coded(self, owner: str, key: str) -> Any:
        """A code of the required binding, if there is one."""
        schema = definitions()[owner]["properties"][key]
        schema = schema.get("items", schema)
        schema = next((one for one in schema.get("anyOf", ()) if "$ref" in one), schema)
        target = schema.get("$ref", "").removeprefix("#/$defs/")
        if target.startswith("code:"):
            return definitions()[target]["enum"][0]
        if target.startswith("CodeableConcept:"):
            bound = definitions()[target]["allOf"][1]["anyOf"][0]["properties"]["coding"]["contains"][
                "anyOf"
            ][0]
            system, code = bound["properties"]["system"]["const"], bound["properties"]["code"]["enum"][0]
            return {"coding": [{"system": system, "code": code}], "text": self._word()}
        return None

    def _of(self, type_name: str, depth: int) -> Any:
        if type_name in _NUMBERS:
            return _NUMBERS[type_name]
        if type_name in _DATED:
            return _DATED[type_name]
        if type_name in ("uri", "url", "canonical", "oid", "uuid"):
            return f"https://{self._word().lower()}.example/x"
        if type_name == "base64Binary":
            return "bm90aGluZw=="
        if not shipped().of(type_name):
            return self._word()
        return self._known(type_name) or self._object(type_name, depth)

    def _known(self, type_name: str) -> Any:
        word = self._word()
        known: dict[str, Any] = {
            "Reference": {"reference": word, "display": self._word()},
            "CodeableConcept": {"coding": [{"system": _SNOMED, "code": word, "display": self._word()}], "text": self._word()},
            "Coding": {"system": "http://snomed.info/sct", "code": word, "display": self._word()},
            "Identifier": {"system": f"urn:local:{word}", "value": self._word(), "assigner": {"display": self._word()}},
            "Period": {"start": "2021-03-04", "end": "2021-05-06"},
            "Attachment": {"contentType": "text/plain", "data": "cGxhaW4gd29yZHM=", "title": word},
            "Quantity": {"value": 7, "unit": word},
            "Money": {"value": 7, "currency": "GBP"},
            "Range": {"low": {"value": 7, "unit": word}},
            "Ratio": {"numerator": {"value": 7, "unit": word}, "denominator": {"value": 8, "unit": self._word()}},
            "Timing": {"event": ["2021-03-04"], "code": {"text": word}},
            "Dosage": {"text": word},
            "Annotation": {"text": word, "time": "2021-03-04"},
            "Address": {"line": [word], "city": self._word(), "postalCode": "ZZ99 4AB"},
            "HumanName": {"family": word, "given": [self._word()]},
            "ContactPoint": {"system": "phone", "value": word},
            "Signature": {"type": [{"code": word}], "when": "2021-03-06T10:11:12Z", "who": {"display": self._word()}},
        }  # fmt: skip
        for number in ("Age", "Duration", "SimpleQuantity", "Count", "Distance"):
            known[number] = {"value": 7, "unit": word} if number == "SimpleQuantity" else {
                "value": 7, "system": "http://unitsofmeasure.org", "code": "d", "unit": word}  # fmt: skip
        return known.get(type_name.partition(" ")[0])

    def _object(self, type_name: str, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        chosen: set[str] = set()
        for key, element in shipped().of(type_name).items():
            deep = depth >= _DEEP and not element.required
            again = element.type == type_name or (
                element.type.count(".") < type_name.count(".") and "." in element.type
            )
            if key in _NOT_IN_PARTS or element.name in chosen or deep or again:
                continue
            made[key] = self.value(element, type_name, depth + 1)
            chosen.add(element.name)
        return made


_COMPANIONS = {
    "AllergyIntolerance": ("clinicalStatus",),
    "Appointment": ("start", "end", "status"),
    "Consent": ("policyRule",),
    "ServiceRequest": ("code",),
    "Organization": ("name",),
    "Patient": ("name",),
}
"""Elements that a rule of R4 asks for beside others."""


def each_element(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, record) for every element of the type: required ones and this one, where that is valid R4."""
    for key in shipped().of(name):
        if key not in _NOT_MADE:
            made = Maker("Word").record(name, key, *_COMPANIONS.get(name, ()))
            if is_valid(made):
                yield key, made


def whole(name: str) -> dict[str, Any]:
    """A record with as many elements as R4 lets stand together."""
    made = Maker("Word").record(name)
    for key in [key for key in made if key not in ("resourceType", "id")]:
        if is_valid(made):
            break
        without = {other: value for other, value in made.items() if other != key}
        if not shipped().of(name)[key].required and _faults(without) < _faults(made):
            made = without
    return made


def _faults(resource: Mapping[str, Any]) -> int:
    from services.runtime.fhir import faults

    return len(faults(resource, limit=50))
