"""Expands the ValueSets that a required binding names.

Promise: an expansion is complete or it is None (a set too open to list, such as media types); never a part.
"""

from typing import Any

from schemas.fhir.generator.definitions import Definitions

Expansion = dict[str, list[str]]


def expand(definitions: Definitions, canonical: str) -> Expansion | None:
    """Codes by system of the ValueSet at `canonical` (|version ignored), or None if they cannot be listed."""
    value_set = definitions.value_sets.get(canonical.split("|", 1)[0])
    if value_set is None:
        return None
    found: Expansion = {}
    for include in value_set.get("compose", {}).get("include", ()):
        part = _included(definitions, include)
        if part is None:
            return None
        for system, codes in part.items():
            known = found.setdefault(system, [])
            known.extend(code for code in codes if code not in known)
    for exclude in value_set.get("compose", {}).get("exclude", ()):
        part = _included(definitions, exclude)
        if part is None:
            return None
        for system, codes in part.items():
            found[system] = [code for code in found.get(system, ()) if code not in codes]
    return found or None


def _included(definitions: Definitions, include: dict[str, Any]) -> Expansion | None:
    if "filter" in include or "valueSet" in include:
        return None
    system = include["system"]
    if "concept" in include:
        return {system: [concept["code"] for concept in include["concept"]]}
    code_system = definitions.code_systems.get(system)
    if code_system is None or code_system["content"] != "complete":
        return None
    return {system: _codes(code_system.get("concept", ()))}


def _codes(concepts: Any) -> list[str]:
    found = []
    for concept in concepts:
        found += [concept["code"], *_codes(concept.get("concept", ()))]
    return found
