"""The family and the household of an answer as FHIR: a RelatedPerson for each relationship, a Group for each of the two.

Promise: they are rendered from the JSON answer like the rest of its Bundle, so they say nothing that it does not, and are
covered by its digest; a tie of which the answer does not say toward whom is in no RelatedPerson.
Source: FHIR R4 Group (type person, actual) for a household, as opensrp/fhircore and HL7's PersonalRelationship draft hold one.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from fhir.resources.R4B.group import Group
from fhir.resources.R4B.relatedperson import RelatedPerson

from services.contract.views import FamilyView, PersonEntry, Tie

ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ADDRESS_KEYS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-AddressKeyType"
FAMILY, HOUSEHOLD = "Family", "Household"
UNBORN = "Unborn child"
_ADDRESS = "address"


def family_entries(view: FamilyView) -> list[dict[str, Any]]:
    """Entries of a Bundle; none where the answer has nobody beside the person asked about."""
    if len(view.people) < 2:
        return []
    made = {}
    for person in view.people:
        for tie in person.ties:
            if tie.kind != _ADDRESS and tie.toward:
                related = _related(person, tie)
                made[related["id"]] = related
    groups = [_family(view), *(_household(view, uprn) for uprn in _homes(view))]
    return [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in (*made.values(), *groups)]


def _related(person: PersonEntry, tie: Tie) -> dict[str, Any]:
    period = _period(tie)
    coded = {"coding": [{"system": ROLES, "code": tie.code}]} if tie.code else {"text": "Related"}
    resource: dict[str, Any] = {
        "id": _id("related", person.ref, str(tie.toward), tie.code, str(tie.start), str(tie.end)),
        # One and the same with the person of the answer whom this reference names.
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": person.ref}],
        "active": tie.current,
        "patient": {"reference": tie.toward},
        "relationship": [coded, *([{"text": UNBORN}] if person.unborn else [])],
        **({"name": [{"text": person.name}]} if person.name else {}),
        **({"period": period} if period else {}),
    }
    return _plain(RelatedPerson.model_validate(resource))


def _family(view: FamilyView) -> dict[str, Any]:
    """Everybody of the answer; whoever is in it only by what has ended is no active member."""
    members = [
        _member(person, inactive=bool(person.ties) and not any(tie.current for tie in person.ties))
        for person in view.people
    ]
    return _group(view, FAMILY, "Everybody in this answer, by relationship or by address", members, {})


def _homes(view: FamilyView) -> list[str]:
    """The property of each address that somebody shares, by its UPRN; empty where no record names one."""
    shared = (tie.uprn or "" for person in view.people for tie in person.ties if tie.kind == _ADDRESS)
    return sorted(set(shared))


def _household(view: FamilyView, uprn: str) -> dict[str, Any]:
    """The person asked about and whoever lives at one of their current addresses by some source's word (DM2)."""
    first, *others = view.people
    members = [_member(first)]
    for person in others:
        shared = [tie for tie in person.ties if tie.kind == _ADDRESS and (tie.uprn or "") == uprn]
        if shared:
            starts = sorted(filter(None, (tie.start for tie in shared)))
            members.append(_member(person, {"start": starts[0]} if starts else {}))
    words = "People at one current address of the person asked about, as at least one source has it"
    more = {"characteristic": [_property(uprn)]} if uprn else {}
    return _group(view, HOUSEHOLD, words, members, more)


def _property(uprn: str) -> dict[str, Any]:
    coding = {"system": ADDRESS_KEYS, "code": "UPRN"}
    return {"code": {"coding": [coding]}, "valueCodeableConcept": {"text": uprn}, "exclude": False}


def _member(
    person: PersonEntry, period: Mapping[str, str] | None = None, *, inactive: bool = False
) -> dict[str, Any]:
    display = {"display": person.name} if person.name else {}
    return {
        "entity": {"reference": person.ref, "type": "Patient", **display},
        **({"period": dict(period)} if period else {}),
        "inactive": inactive,
    }


def _group(
    view: FamilyView, what: str, name: str, members: list[dict[str, Any]], more: Mapping[str, Any]
) -> dict[str, Any]:
    group = {
        "id": _id(what, str(more), *(person.ref for person in view.people)),
        "active": True,
        "type": "person",
        "actual": True,
        "code": {"text": what},
        "name": name,
        "quantity": len(members),
        "member": members,
        **more,
    }
    return _plain(Group.model_validate(group))


def _plain(resource: RelatedPerson | Group) -> dict[str, Any]:
    made: dict[str, Any] = resource.model_dump(mode="json", exclude_none=True)
    return {"resourceType": resource.get_resource_type(), **made}


def _period(tie: Tie) -> dict[str, str]:
    return {name: value for name, value in (("start", tie.start), ("end", tie.end)) if value}


def _id(*words: str) -> str:
    """The same whenever this answer is rendered, and of no other: references are made afresh for each answer."""
    return str(uuid5(NAMESPACE_URL, "|".join(words)))
