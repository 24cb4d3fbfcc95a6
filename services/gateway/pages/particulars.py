"""What the sources say of who somebody is and where they live, each value once with all that say it.

Promise: it reads only what was released; a former address is never shown as a home; where the answer names no source, it
says "a partner".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.about import NHS_NUMBER
from services.gateway.pages import words
from services.gateway.pages.records import name_of

A_PARTNER = "A partner"
_SOURCE = "urn:mash:source:"
_ADDRESS = "Address"
_LABELS = (
    "Name",
    "Date of birth",
    "Sex",
    "NHS number",
    "Died",
    "Address",
    "Former address",
    "Telephone",
    "Other number",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that sources say of a person: each value once, with the sources that say it."""

    label: str
    values: tuple[tuple[str, str], ...] = field(repr=False)


def source_of(resource: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    """The name of the source that a record is from, as far as it was released."""
    return sources.get(source_id(resource), A_PARTNER)


def source_id(resource: Mapping[str, Any]) -> str:
    """The id of the source that a record is from, as far as it was released."""
    return str(resource.get("meta", {}).get("source", "")).removeprefix(_SOURCE)


def facts_of(patients: Sequence[Mapping[str, Any]], sources: Mapping[str, str]) -> tuple[Fact, ...]:
    """What the sources say of who somebody is, each value once with all that say it."""
    said: dict[tuple[str, str], list[str]] = {}
    for one in patients:
        for label, value in _identity(one):
            if value:
                said.setdefault((label, value), []).append(source_of(one, sources))
    values: dict[str, list[tuple[str, str]]] = {}
    for (label, value), who in said.items():
        values.setdefault(label, []).append((value, words.listed(dict.fromkeys(who))))
    return tuple(Fact(label, tuple(values[label])) for label in _LABELS if label in values)


def _identity(patient: Mapping[str, Any]) -> list[tuple[str, str]]:
    numbers = [one for one in patient.get("identifier", ()) if "value" in one]
    dead = patient.get("deceasedDateTime") or ("yes" if patient.get("deceasedBoolean") else "")
    return [
        ("Name", name_of(patient)),
        ("Date of birth", words.day(str(patient.get("birthDate", "")))),
        ("Sex", words.first_up(str(patient.get("gender", "")))),
        *(
            ("NHS number", words.nhs_number(str(one["value"])))
            for one in numbers
            if one.get("system") == NHS_NUMBER
        ),
        ("Died", words.day(str(dead))),
        *_addresses(patient),
        *(("Telephone", str(one["value"])) for one in patient.get("telecom", ()) if "value" in one),
        *(("Other number", str(one["value"])) for one in numbers if one.get("system") != NHS_NUMBER),
    ]


def _addresses(patient: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for one in patient.get("address", ()):
        past = one.get("use") == "old" or "end" in one.get("period", {})
        parts = [
            *one.get("line", ()),
            one.get("city", ""),
            one.get("district", ""),
            one.get("postalCode", ""),
        ]
        text = ", ".join(str(part) for part in parts if part) or str(one.get("text", ""))
        found.append(("Former address" if past else _ADDRESS, text))
    return found


def home_of(patients: Sequence[Mapping[str, Any]]) -> str:
    """Where they live. An address that any source knows to be a former one is not it; where sources differ, all."""
    told = [one for patient in patients for one in _addresses(patient)]
    former = {text for label, text in told if label != _ADDRESS}
    now = dict.fromkeys(text for label, text in told if label == _ADDRESS and text not in former)
    if now:
        return " or ".join(now)
    return "Sources differ: see below" if any(label == _ADDRESS for label, _ in told) else ""
