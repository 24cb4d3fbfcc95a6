"""Tables which types of resource each Reference may point at.

Promise: an element stands here with all the types that HL7 allows; one that may point at anything does not.
"""

from schemas.fhir.generator.definitions import Definitions, Structure

_CANONICAL = "http://hl7.org/fhir/StructureDefinition/"
_ANYTHING = "Resource"


def targets(definitions: Definitions) -> dict[str, dict[str, list[str]]]:
    """By definition ("Patient.contact") and member ("organization"): the names of types, sorted."""
    table: dict[str, dict[str, list[str]]] = {}
    for structure in definitions.structures.values():
        if not structure.abstract:
            for holder, member, allowed in _of(structure):
                table.setdefault(holder, {})[member] = allowed
    return {holder: dict(sorted(members.items())) for holder, members in sorted(table.items())}


def _of(structure: Structure) -> list[tuple[str, str, list[str]]]:
    found = []
    for element in structure.elements:
        holder, _, name = element["path"].rpartition(".")
        for one in element.get("type", ()):
            allowed = sorted(p.removeprefix(_CANONICAL) for p in one.get("targetProfile", ()))
            if one["code"] == "Reference" and allowed and _ANYTHING not in allowed:
                found.append((holder, name.replace("[x]", "Reference"), allowed))
    return found
