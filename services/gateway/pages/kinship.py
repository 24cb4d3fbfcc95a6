"""Why somebody is in the family, in words: "mother of Mia Reid", "same address", by the records that say so.

Promise: whose mother somebody is, is said only where a released record names both; else the bare word of the answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.contract.views import FamilyView
from services.gateway.pages.records import name_of

Resource = Mapping[str, Any]
_NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ASKED = "Asked about"
_WHY = {
    "asked-about": ASKED,
    "address": "Same address",
    "relationship": "Related",
    "MTH": "Mother",
    "FTH": "Father",
    "BRO": "Brother",
    "SIS": "Sister",
    "SIB": "Sibling",
    "CHILD": "Child",
    "SON": "Son",
    "DAU": "Daughter",
    "PRN": "Parent",
    "GRPRN": "Grandparent",
    "GRMTH": "Grandmother",
    "GRFTH": "Grandfather",
    "STPFTH": "Stepfather",
    "STPMTH": "Stepmother",
    "STPCHLD": "Stepchild",
    "SPS": "Spouse",
    "HUSB": "Husband",
    "WIFE": "Wife",
    "FMRSPS": "Former partner",
    "SIGOTHR": "Partner",
    "FRND": "Friend",
    "HPOWATT": "Attorney for health and welfare",
    "POWATT": "Attorney",
}


def kinship(
    answer: FamilyView, owned: Mapping[str, Sequence[Resource]], names: Mapping[str, str]
) -> Mapping[str, tuple[str, ...]]:
    """ref -> why they are here, most telling first."""
    known = {key: ref for ref, rows in owned.items() for one in rows for key in _keys(one, "Patient")}
    told: dict[str, dict[str, str]] = {}
    for ref, rows in owned.items():
        for one in rows:
            other = next((known[key] for key in _keys(one, "RelatedPerson") if key in known), "")
            for code in _codes(one) if other and other != ref else ():
                if _why(code):
                    told.setdefault(other, {})[f"{_why(code)} of {names[ref]}"] = code
    first = answer.people[0].ref if answer.people else ""
    found = {}
    for person in answer.people:
        by_record = told.get(person.ref, {})
        words = sorted(by_record, key=lambda text: not text.endswith(f" of {names.get(first, '')}"))
        bare = [_why(code) or "Related" for code in person.why if code not in by_record.values()]
        if person.ref == first:
            bare, words = [ASKED], []
        found[person.ref] = tuple(dict.fromkeys([*words, *bare]))
    return found


def _why(code: str) -> str:
    return _WHY.get(code, "")


def _codes(related: Resource) -> list[str]:
    concepts = related.get("relationship", ())
    return [str(one.get("code", "")) for concept in concepts for one in concept.get("coding", ())]


def _keys(resource: Resource, type_: str) -> list[tuple[str, ...]]:
    """What tells one person from another in an answer: the NHS number, or the name with the date of birth."""
    if resource["resourceType"] != type_:
        return []
    numbers = [
        ("number", str(one["value"]))
        for one in resource.get("identifier", ())
        if one.get("system") == _NHS_NUMBER and "value" in one
    ]
    name, born = name_of(resource), str(resource.get("birthDate", ""))
    return [*numbers, *([("name", name, born)] if name and born else [])]
