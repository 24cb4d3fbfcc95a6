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
_TURNED = {
    "CHILD": ("MTH", "FTH", "PRN"),
    "STPCHLD": ("STPFTH", "STPMTH"),
    "SIB": ("BRO", "SIS", "SIB"),
    "FMRSPS": ("FMRSPS",),
    "SIGOTHR": ("SIGOTHR",),
}
"""What somebody is to a person who is this to them."""


def kinship(
    answer: FamilyView, owned: Mapping[str, Sequence[Resource]], names: Mapping[str, str]
) -> Mapping[str, tuple[str, ...]]:
    """ref -> why they are here, most telling first."""
    told = _told(owned)
    first = answer.people[0].ref if answer.people else ""
    found: dict[str, tuple[str, ...]] = {}
    for person in answer.people:
        own = {code for code, (who, _) in told if who == person.ref}
        pairs = [(code, of) for code, (who, of) in told if who == person.ref]
        # What others are to this person says what this person is to them: whose stepfather, so whose stepchild.
        for code in person.why:
            if code not in own:
                pairs += [
                    (code, who)
                    for other, (who, of) in told
                    if of == person.ref and other in _TURNED.get(code, ())
                ]
        bare = [code for code in person.why if code not in {code for code, _ in pairs}]
        pairs.sort(key=lambda pair: pair[1] != first)
        words = [f"{_WHY[code]} of {names[of]}" for code, of in pairs if code in _WHY]
        words += [_WHY.get(code, "Related") for code in bare]
        found[person.ref] = (ASKED,) if person.ref == first else tuple(dict.fromkeys(words))
    return found


def _told(owned: Mapping[str, Sequence[Resource]]) -> list[tuple[str, tuple[str, str]]]:
    """(code, (who, of whom)) as released records say it."""
    known = {key: ref for ref, rows in owned.items() for one in rows for key in _keys(one, "Patient")}
    found = []
    for ref, rows in owned.items():
        for one in rows:
            other = next((known[key] for key in _keys(one, "RelatedPerson") if key in known), "")
            if other and other != ref:
                found += [(code, (other, ref)) for code in _codes(one)]
    return list(dict.fromkeys(found))


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
