"""Which elements of R4 modify the meaning of what they stand in, by HL7's own flag (isModifier).

Promise: what is listed is what the definitions say; a masked modifier would turn a record into its opposite.
"""

from schemas.fhir.generator.definitions import Definitions


def modifiers(definitions: Definitions) -> dict[str, list[str]]:
    """Type -> paths of its modifying elements, those that every type has (implicitRules, modifierExtension) left out."""
    found = {}
    for name, structure in sorted(definitions.structures.items()):
        paths = [
            element["path"]
            for element in structure.elements
            if element.get("isModifier")
            and element["path"].rpartition(".")[2] not in ("implicitRules", "modifierExtension")
        ]
        if paths:
            found[name] = paths
    return found
