"""References: every one in a resource with its place, and what it points at.

Promise: a stored record refers only to records of its own source that exist, to its own contained ones, or to an
impersonal resource elsewhere; where it does not, the place is named and the value is not.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from services.index.read import dicts, text_of

ELSEWHERE = frozenset(
    [
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Location",
        "HealthcareService",
        "Endpoint",
        "Device",
        "Medication",
        "Questionnaire",
        "PlanDefinition",
        "ActivityDefinition",
        "ValueSet",
    ]
)
"""Types that may stand at another address (a national directory): none of them is a person cared for."""
IMPERSONAL = ELSEWHERE | {
    "Substance",
    "Schedule",
    "Slot",
    "Group",
    "Library",
    "StructureDefinition",
    "CodeSystem",
}
"""Types that are about nobody; every other one must name a Patient."""
_RELATIVE = re.compile(r"^([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?$")
_SUBJECTS = ("subject", "patient", "for", "beneficiary", "individual")


def walk(value: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, Reference) for every literal reference, depth first, with indexes: `CareTeam.participant[1].member`."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield path, value
        for name, member in value.items():
            yield from walk(member, f"{path}.{name}")
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from walk(member, f"{path}[{place}]")


def relative(reference: str) -> tuple[str, str] | None:
    """(type, id) of a reference of the form `Type/id`, with or without a version; else None."""
    found = _RELATIVE.match(reference)
    return (found[1], found[2]) if found else None


def elsewhere(reference: str) -> bool:
    """Whether it is an absolute address of something impersonal, which the hub does not hold and need not."""
    parts = urlsplit(reference)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    names = [name for name in parts.path.split("/") if name]
    return len(names) >= 2 and names[-2] in ELSEWHERE


def contained(resource: Mapping[str, Any]) -> set[str]:
    """Ids of contained resources."""
    return {text_of(one.get("id")) for one in dicts(resource.get("contained"))}


def subject(resource: Mapping[str, Any]) -> tuple[str, str] | None:
    """(place, reference string) of the Patient whom a resource is about, or None where it names none."""
    kind = text_of(resource.get("resourceType"))
    for name in _SUBJECTS:
        for one in dicts(resource.get(name)):
            if text_of(one.get("reference")).startswith("Patient/"):
                return f"{kind}.{name}", text_of(one["reference"])
    # Appointments name their patient among the participants, Provenance among its targets.
    for place, one in walk(
        {"participant": resource.get("participant"), "target": resource.get("target")}, kind
    ):
        if one["reference"].startswith("Patient/"):
            return place, one["reference"]
    return None
