"""A record of a partner in words: what it says, when, and which parts of it are held back.

Promise: it reads only what was released, prints it as text, and says of a part that is masked that it is; a decision
about resuscitation is told by its code and never by a label alone.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.gateway.catalogue import statement
from services.gateway.pages import words

Resource = Mapping[str, Any]
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
CPR = {
    "450476008": ("NOT for CPR", "red"),
    "450475007": ("FOR CPR", "green"),
}
_KINDS = {
    "AllergyIntolerance": "Allergy",
    "CarePlan": "Care plan",
    "CareTeam": "Team",
    "DocumentReference": "Document",
    "Encounter": "Contact",
    "EpisodeOfCare": "Involvement",
    "MedicationRequest": "Medicine",
    "MedicationStatement": "Medicine",
    "QuestionnaireResponse": "Assessment",
    "RelatedPerson": "Relationship",
    "RiskAssessment": "Risk",
    "ServiceRequest": "Request",
}
_DATES = (
    "period",
    "effectivePeriod",
    "effectiveDateTime",
    "occurrenceDateTime",
    "occurrencePeriod",
    "performedDateTime",
    "performedPeriod",
    "onsetDateTime",
    "recordedDate",
    "authoredOn",
    "authored",
    "dateAsserted",
    "start",
    "created",
    "date",
)
_STATUSES = "statement-status"
_STATUS_COLOURS = {
    "unverified": "yellow",
    "allegation": "orange",
    "opinion": "blue",
    "fact": "green",
    "found": "purple",
}
NO_STATUS = "Status not given"
_RANK = {"Flag": 0, "RiskAssessment": 1, "AllergyIntolerance": 2}
_MASKED = {
    "code": "what it is",
    "_code": "what it is",
    "valueQuantity": "value",
    "attachment": "document",
    "note": "notes",
    "rationale": "reasons",
    "birthDate": "date of birth",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record in words. `alarm` is a word and a colour for what must not be overlooked."""

    kind: str
    headline: str = field(repr=False)
    when: str
    facts: tuple[tuple[str, str], ...] = field(repr=False)
    masked: str
    alarm: tuple[str, str] | None
    order: tuple[int, str]
    status: tuple[str, str]
    """How sure the statement is: a word, and its colour."""


def in_words(resource: Resource) -> Record:
    """The record."""
    type_ = str(resource["resourceType"])
    start = next((_start(resource[name]) for name in _DATES if resource.get(name)), "")
    masked = tuple(dict.fromkeys(_masked(resource)))
    headline = words.first_up(_headline(resource, type_))
    return Record(
        kind=_KINDS.get(type_, type_),
        headline=headline or ("Withheld" if masked else "Not described"),
        when=_when(resource, type_),
        facts=tuple((label, text) for label, text in _facts(resource, type_) if text),
        masked=words.listed(_MASKED.get(name, name) for name in masked),
        alarm=_alarm(resource, type_),
        order=(_RANK.get(type_, 3), "".join(chr(255 - ord(one) % 256) for one in start)),
        status=_status(resource),
    )


def _status(resource: Resource) -> tuple[str, str]:
    code = statement.tagged(resource)
    return (words.title(_STATUSES, code), _STATUS_COLOURS[code]) if code else (NO_STATUS, "grey")


def codes(concept: Any) -> set[str]:
    """The codes of a CodeableConcept."""
    found = concept.get("coding", ()) if isinstance(concept, Mapping) else ()
    return {str(one.get("code", "")) for one in found}


def said(value: Any) -> str:
    """What a CodeableConcept, a list of them, or a plain text says."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(filter(None, map(said, value)))
    if not isinstance(value, Mapping):
        return ""
    coding = value.get("coding", ())
    return str(
        value.get("text")
        or value.get("display")
        or next((one["display"] for one in coding if "display" in one), "")
        or next((f"code {one['code']}" for one in coding if "code" in one), "")
    )


def span(value: Any) -> str:
    """A date or a period."""
    if isinstance(value, str):
        return words.when(value)
    if not isinstance(value, Mapping):
        return ""
    start, end = str(value.get("start", "")), str(value.get("end", ""))
    if start and end:
        return words.day(start) if start[:10] == end[:10] else f"{words.day(start)} to {words.day(end)}"
    return f"since {words.day(start)}" if start else f"until {words.day(end)}" if end else ""


def name_of(resource: Resource) -> str:
    """The first name that says anything."""
    for name in resource.get("name", ()):
        shown = " ".join(filter(None, [*name.get("given", ()), name.get("family", "")])) or name.get(
            "text", ""
        )
        if shown:
            return str(shown)
    return ""


def _when(resource: Resource, type_: str) -> str:
    if type_ == "RelatedPerson":
        born = words.day(str(resource.get("birthDate", "")))
        return f"born {born}" if born else ""
    return next((told for name in _DATES if (told := span(resource.get(name)))), "")


def _start(value: Any) -> str:
    return str(value.get("start") or value.get("end") or "") if isinstance(value, Mapping) else str(value)


def _headline(resource: Resource, type_: str) -> str:
    if type_ == "Flag":
        decision = next((CPR[code] for code in sorted(codes(resource.get("code"))) if code in CPR), None)
        return decision[0] if decision else said(resource.get("code"))
    if type_ == "RelatedPerson":
        return ": ".join(filter(None, (said(resource.get("relationship")) or "Related", name_of(resource))))
    if type_ == "RiskAssessment":
        return said([one.get("outcome") for one in resource.get("prediction", ())]) or said(
            resource.get("code")
        )
    if type_ == "CareTeam":
        return ", ".join(filter(None, (_member(one) for one in resource.get("participant", ()))))
    order = ("code", "medicationCodeableConcept", "vaccineCode", "type", "title", "description", "class")
    return next((text for name in order if (text := said(resource.get(name)))), "")


def _member(participant: Mapping[str, Any]) -> str:
    who, role = said(participant.get("member")), said(participant.get("role"))
    return f"{who} ({role})" if who and role else who or role


def _alarm(resource: Resource, type_: str) -> tuple[str, str] | None:
    if type_ != "Flag":
        return None
    decision = next((CPR[code] for code in sorted(codes(resource.get("code"))) if code in CPR), None)
    status = str(resource.get("status", ""))
    if status != "active":
        return ("No longer in force", "grey") if status in ("inactive", "entered-in-error") else None
    return ("Decision in force", decision[1]) if decision else ("Active flag", "red")


def _facts(resource: Resource, type_: str) -> Iterator[tuple[str, str]]:
    yield "Category", said(resource.get("category")) if type_ == "Flag" else ""
    yield from ((label, read(resource)) for label, read in _READ)
    for one in resource.get("prediction", ()):
        yield "Level", said(one.get("qualitativeRisk"))
        yield "Reasons", str(one.get("rationale", ""))
    for one in resource.get("dosage", ()) or resource.get("dosageInstruction", ()):
        yield "Dose", str(one.get("text", ""))
    for one in resource.get("reaction", ()):
        yield "Reaction", said(one.get("manifestation"))
    for one in resource.get("note", ()):
        yield "Note", str(one.get("text", ""))
    for one in resource.get("content", ()):
        yield "Text", _plain(one.get("attachment", {}))
    for one in resource.get("item", ()):
        yield from _item(one)


def _item(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    answers = [
        said(next(iter(one.values()), "")) or str(next(iter(one.values()), ""))
        for one in item.get("answer", ())
    ]
    yield str(item.get("text", "Answer")), ", ".join(filter(None, answers))
    for one in item.get("item", ()):
        yield from _item(one)


def _plain(attachment: Mapping[str, Any]) -> str:
    if not str(attachment.get("contentType", "")).startswith("text/plain"):
        return ""
    try:
        return base64.b64decode(str(attachment.get("data", ""))).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _quantity(resource: Resource) -> str:
    value = resource.get("valueQuantity", {})
    return f"{value['value']} {value.get('unit', '')}".strip() if "value" in value else ""


def _people(resource: Resource) -> str:
    found = [said(one.get("individual") or one.get("actor")) for one in resource.get("participant", ())]
    return ", ".join(filter(None, found))


def _telephone(resource: Resource) -> str:
    return ", ".join(str(one["value"]) for one in resource.get("telecom", ()) if "value" in one)


def _of(*names: str) -> Callable[[Resource], str]:
    return lambda resource: next((text for name in names if (text := said(resource.get(name)))), "")


_READ: tuple[tuple[str, Callable[[Resource], str]], ...] = (
    ("Value", lambda resource: _quantity(resource) or said(resource.get("valueCodeableConcept") or "")),
    ("Value", _of("valueString")),
    ("With", _people),
    ("Provider", _of("managingOrganization", "serviceProvider")),
    ("Worker", _of("careManager", "performer")),
    ("Telephone", _telephone),
)


def _masked(node: Any, name: str = "") -> Iterator[str]:
    """The elements for which a mask stands."""
    if isinstance(node, list):
        for one in node:
            yield from _masked(one, name)
    elif isinstance(node, Mapping):
        marks = node.get("extension", ())
        if any(one.get("url") == _ABSENT and one.get("valueCode") == "masked" for one in marks):
            yield name.removeprefix("_")
        for inner, value in node.items():
            yield from _masked(value, inner)
