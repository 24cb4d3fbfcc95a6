"""A family view sorted for reading: for each person and source, what came, and what of it is masked.

Promise: it says nothing that the answer does not; where the answer names no source, it is "a partner".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contract.about import NHS_NUMBER

A_PARTNER = "a partner"
_SOURCE = "urn:mash:source:"
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_DATES = (
    "period",
    "effectiveDateTime",
    "occurrenceDateTime",
    "recordedDate",
    "date",
    "effectivePeriod",
    "authored",
)


@dataclass(slots=True)
class Given:
    """One record as it was released: its type, its headline, and the elements that are masked."""

    kind: str
    headline: str
    masked: tuple[str, ...] = ()


@dataclass(slots=True)
class PersonView:
    """One person of the answer."""

    ref: str
    name: str
    why: tuple[str, ...]
    match: str
    given: dict[str, list[Given]] = field(default_factory=dict)
    """Source's name -> records."""
    withheld: dict[str, list[Mapping[str, str]]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)


def by_person(answer: Mapping[str, Any], names: Mapping[str, str]) -> list[PersonView]:
    """The people of the answer in its order. `names`: source id -> the name that people know it by."""
    people = {
        row["ref"]: PersonView(
            row["ref"], row.get("name") or "name not released", tuple(row["why"]), row["match"]
        )
        for row in answer["people"]
    }
    for ref, record in _owned(answer["view"].get("entry", ()), people):
        source = str(record.get("meta", {}).get("source", "")).removeprefix(_SOURCE)
        shelf = people[ref].given.setdefault(names.get(source, A_PARTNER), [])
        shelf.append(Given(str(record["resourceType"]), headline(record), tuple(_masked(record))))
    for row in answer["withheld"]:
        if row["person"] in people:
            people[row["person"]].withheld.setdefault(row["source"], []).append(row)
    for line in answer["sources"]:
        for state in line["people"]:
            if state["ref"] in people:
                people[state["ref"]].states[line["source"]] = state["state"]
    order = {name: place for place, name in enumerate(names.values())}
    for person in people.values():
        person.given = dict(sorted(person.given.items(), key=lambda pair: order.get(pair[0], len(order))))
    return list(people.values())


def for_everyone(answer: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """The rows of what was withheld that are the same for every person."""
    refs = {row["ref"] for row in answer["people"]}
    return [row for row in answer["withheld"] if row["person"] not in refs]


def _owned(entries: Any, people: Mapping[str, PersonView]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each record with the person it is about: by reference; a further Patient by number, then by name."""
    numbers = {
        number: entry["fullUrl"]
        for entry in entries
        if entry["fullUrl"] in people
        for number in _numbers(entry["resource"])
    }
    last = next(iter(people), "")
    for entry in entries:
        record = entry["resource"]
        ref = entry["fullUrl"] if entry["fullUrl"] in people else _about(record)
        if ref not in people and record["resourceType"] == "Patient":
            ref = next((numbers[number] for number in _numbers(record) if number in numbers), "")
            ref = ref or next((one.ref for one in people.values() if one.name == _name(record)), "")
        last = ref if ref in people else last
        if last:
            yield last, record


def _about(record: Mapping[str, Any]) -> str:
    value = record.get("patient") or record.get("subject") or {}
    first: Mapping[str, Any] = value[0] if isinstance(value, list) else value
    return str(first.get("reference", ""))


def _numbers(record: Mapping[str, Any]) -> list[str]:
    return [
        str(one["value"])
        for one in record.get("identifier", ())
        if one.get("system") == NHS_NUMBER and "value" in one
    ]


def _name(record: Mapping[str, Any]) -> str:
    for name in record.get("name", ()):
        words = " ".join([*name.get("given", ()), name.get("family", "")]).strip()
        if words:
            return words
    return ""


def headline(record: Mapping[str, Any]) -> str:
    """The record in a line: what it says it is, its value, its date."""
    words = [_concept(record, name) for name in ("code", "type", "medicationCodeableConcept", "relationship")]
    words += [
        _team(record),
        _name(record),
        _address(record),
        _quantity(record),
        *_predictions(record),
        str(record.get("title", "")),
    ]
    said = "; ".join(dict.fromkeys(word for word in words if word)) or str(record.get("status", ""))
    when = next((date for name in _DATES if (date := _date(record.get(name)))), "")
    return f"{said} ({when})" if when and said else said or when


def _concept(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return ""
    return str(
        value.get("text") or next((one["display"] for one in value.get("coding", ()) if "display" in one), "")
    )


def _team(record: Mapping[str, Any]) -> str:
    members = [
        one.get("member", {}).get("display", "") for one in record.get("participant", ()) if "member" in one
    ]
    return ", ".join(member for member in members if member)


def _address(record: Mapping[str, Any]) -> str:
    homes = [one for one in record.get("address", ()) if one.get("use") != "old"]
    parts = (
        [*homes[-1].get("line", ()), homes[-1].get("city", ""), homes[-1].get("postalCode", "")]
        if homes
        else []
    )
    return ", ".join(part for part in parts if part)


def _quantity(record: Mapping[str, Any]) -> str:
    value = record.get("valueQuantity", {})
    return f"{value['value']} {value.get('unit', '')}".strip() if "value" in value else ""


def _predictions(record: Mapping[str, Any]) -> Iterator[str]:
    for one in record.get("prediction", ()):
        yield str(one.get("rationale") or one.get("outcome", {}).get("text", ""))


def _date(value: Any) -> str:
    if isinstance(value, str):
        return value[:10]
    if isinstance(value, dict) and ("start" in value or "end" in value):
        start, end = str(value.get("start", ""))[:10], str(value.get("end", ""))[:10]
        return start if start == end else f"{start} to {end}" if end else f"since {start}"
    return ""


def _masked(node: Any, name: str = "") -> Iterator[str]:
    """Names of the elements that a mask stands for."""
    if isinstance(node, list):
        for one in node:
            yield from _masked(one, name)
    elif isinstance(node, dict):
        if any(
            one.get("url") == _ABSENT and one.get("valueCode") == "masked"
            for one in node.get("extension", ())
        ):
            yield name.removeprefix("_")
        for inner, value in node.items():
            yield from _masked(value, inner)
