"""A record reduced to what policy may know of it: codes and truth values only.

Promise: nothing of the record but codes of the hub's own lists comes out; what cannot be read takes its strictest word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.contract.people import RecordFacts
from services.index import ages, labels
from services.index.consent import Said, is_end_of_life, strictest_share
from services.index.ports import Book
from services.index.read import codings, security, text_of

CPR = ("450475007", "450476008")
"""SNOMED CT: for, and not for, cardiopulmonary resuscitation (SCCI1580). They differ in two digits."""
CPR_FOREIGN = ("304252001", "304253006")
"""Codes in use that the standard does not allow: nobody may take them for a decision."""
_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class Around:
    """What a record's facts depend on beside the record."""

    book: Book
    on: str
    consents: tuple[Said, ...] = ()
    """Those of the person, from every source, their items as `<source>/<reference>`."""
    replaced: frozenset[str] = frozenset()
    """References to which a later record of the same source says `replaces`."""


def facts_of(resource: Mapping[str, Any], source: str, around: Around, name: str = "") -> RecordFacts:
    """The facts of one record; `name` is its own reference (`Flag/7`), by which consents and successors mean it."""
    found = labels.labels_of(resource, source, around.book)
    return RecordFacts(
        labels=found,
        confidentiality=labels.confidentiality(resource),
        currency=currency(resource, around.on, superseded=bool(name) and name in around.replaced),
        event_age=ages.event_age(resource, around.on, around.book.lookback),
        adoption=labels.adoption(resource, found),
        value="unknown-code" if unknown_code(resource) else "known",
        item_share=_item_share(f"{source}/{name}", found, around.consents),
    )


def currency(resource: Mapping[str, Any], on: str, superseded: bool = False) -> str:
    """CURRENT | REVIEW_OVERDUE | SUPERSEDED | ENTERED_IN_ERROR."""
    status = resource.get("status")
    verification = {code for _, code in codings(resource.get("verificationStatus"))}
    if _ERROR in (status, resource.get("docStatus")) or _ERROR in verification:
        return "ENTERED_IN_ERROR"
    kind = resource.get("resourceType")
    decision = kind == "Flag" and is_decision(resource)
    revoked = status == "superseded" or (status == "inactive" and (decision or kind == "Consent"))
    if superseded or revoked:
        return "SUPERSEDED"
    # In the end-of-life profile `period.end` is the date of the next review, not an end.
    end = text_of((resource.get("period") or {}).get("end"))[:10] if decision else ""
    return "REVIEW_OVERDUE" if end and end < on[: len(end)] else "CURRENT"


def is_decision(resource: Mapping[str, Any]) -> bool:
    """Whether a Flag is a decision of the end-of-life profile (resuscitation and the like)."""
    coded = {code for _, code in codings(resource.get("code"))}
    marked = any(code == "L:EOL" for _, code in security(resource))
    return is_end_of_life(resource) or marked or bool(coded & {*CPR, *CPR_FOREIGN})


def unknown_code(resource: Mapping[str, Any]) -> bool:
    """Whether a resuscitation status is in a code that the standard does not allow."""
    if resource.get("resourceType") != "Flag":
        return False
    coded = {code for _, code in codings(resource.get("code"))}
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    resuscitation = any("cpr" in text_of(one).lower().rsplit("/", 1)[-1] for one in profiles or ())
    return bool(coded & {*CPR_FOREIGN}) or (resuscitation and not coded & {*CPR})


def replaced_by(resources: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """References of what these say that they replace (DocumentReference.relatesTo, CarePlan.replaces)."""
    found = set()
    for resource in resources:
        for relation in resource.get("relatesTo") or ():
            if relation.get("code") == "replaces":
                found.add(text_of(relation.get("target", {}).get("reference")))
        if isinstance(resource.get("replaces"), list):
            found |= {text_of(one.get("reference")) for one in resource["replaces"] if isinstance(one, dict)}
    return frozenset(found - {""})


def _item_share(name: str, found: tuple[str, ...], consents: tuple[Said, ...]) -> str:
    named = [said.share for said in consents if name in said.items]
    whole = [said.share for said in consents if said.end_of_life] if "L:EOL" in found else []
    return strictest_share([*named, *whole])
