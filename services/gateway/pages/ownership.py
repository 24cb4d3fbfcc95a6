"""Which record of an answer is about whom.

Promise: a record is put under the person whom its patient element names; further Patient records of one person by the
links that they point at each other with; what names nobody is under nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Resource = Mapping[str, Any]


def by_owner(entries: Iterable[Mapping[str, Any]], refs: Sequence[str]) -> Mapping[str, list[Resource]]:
    """ref of a person -> the records about them, in the answer's order."""
    listed = list(entries)
    owner = dict.fromkeys(refs, "")
    owner = {ref: ref for ref in owner}
    patients = {
        one["fullUrl"]: one["resource"] for one in listed if one["resource"]["resourceType"] == "Patient"
    }
    for url in patients:
        owner.setdefault(url, _reached(url, patients, set(refs)))
    found: dict[str, list[Resource]] = {}
    for one in listed:
        resource = one["resource"]
        about = one["fullUrl"] if resource["resourceType"] == "Patient" else reference(resource)
        ref = owner.get(about, "")
        if ref:
            found.setdefault(ref, []).append(resource)
    return found


def reference(resource: Resource) -> str:
    """Whom a record is about, as it says itself."""
    value = resource.get("patient") or resource.get("subject") or resource.get("for") or {}
    first = value[0] if isinstance(value, list) and value else value
    return str(first.get("reference", "")) if isinstance(first, Mapping) else ""


def _reached(url: str, patients: Mapping[str, Resource], refs: set[str]) -> str:
    """The person of the answer that a Patient record leads to, over links in either direction."""
    neighbours: dict[str, set[str]] = {}
    for one, patient in patients.items():
        for link in patient.get("link", ()):
            other = str(link.get("other", {}).get("reference", ""))
            neighbours.setdefault(one, set()).add(other)
            neighbours.setdefault(other, set()).add(one)
    seen, left = {url}, [url]
    while left:
        for other in sorted(neighbours.get(left.pop(), ())):
            if other in refs:
                return other
            if other not in seen:
                seen.add(other)
                left.append(other)
    return ""
