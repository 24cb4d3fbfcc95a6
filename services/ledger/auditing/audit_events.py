"""Entries as FHIR R4 AuditEvents, in the patterns of IHE BALP: a decision as AuthZconsent, a release as PrivacyDisclosure.Source.

Promise: one AuditEvent for each person of an entry, by the handle that stands in it; each passes the FHIR gate, or none is
made; each carries log, place and leaf hash, so that whoever gets it can ask for its proof. No value, name or number is in it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.contract.canonical import unb64u
from services.runtime.fhir import faults
from services.runtime.note import encode64

PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
AUTHORISED, DISCLOSED = f"{PROFILES}AuthZconsent", f"{PROFILES}PrivacyDisclosure.Source"
DISCLOSE = ("release.intent", "search.potential", "query.sent", "task.opened")
REFUSED = "release.refused"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_TERMS = "http://terminology.hl7.org/CodeSystem/"
_BALP = "https://profiles.ihe.net/ITI/BALP/CodeSystem/"
_URI = "5"
"""Kind of a network address (FHIR's network-type): a URI."""
_DONE, _DENIED = "0", "8"

Json = dict[str, Any]


class NotValid(Exception):
    """An AuditEvent would not be valid R4. A fault of the program: says which entry and where."""


def audit_events(origin: str, index: int, leaf_hash: bytes, entry: Mapping[str, Any]) -> Iterator[Json]:
    """The AuditEvents of one entry: none for what neither decides nor releases. Raises `NotValid`."""
    for number, event in enumerate(_events(origin, index, leaf_hash, entry)):
        event["id"] = f"{unb64u(entry['event_id']).hex()}-{number}"
        wrong = faults(event, limit=1)
        if wrong:
            raise NotValid(f"log {origin} entry {index}: {wrong[0]}")
        yield event


def _events(origin: str, index: int, leaf_hash: bytes, entry: Mapping[str, Any]) -> Iterator[Json]:
    place = [
        {"type": "log", "valueString": origin},
        {"type": "index", "valueString": str(index)},
        {"type": "leaf-hash", "valueBase64Binary": encode64(leaf_hash)},
    ]
    hub = origin.partition("/")[0]
    if entry["kind"] == REFUSED:
        yield _refused(hub, place, entry)
    for subject in entry.get("subjects", ()):
        person = _person(subject["handle"], place)
        shown = bool(subject["leaves"]) or entry["kind"] != "release.intent"
        if "policy" in entry:
            yield _authorised(hub, person, entry, shown)
        if entry["kind"] in DISCLOSE and shown:
            yield _disclosed(hub, person, entry)


def _base(hub: str, entry: Mapping[str, Any]) -> Json:
    told: Json = {
        "resourceType": "AuditEvent",
        "recorded": entry["time"],
        "source": {
            "observer": _named("hub", hub),
            "type": [{"system": f"{_TERMS}security-source-type", "code": "4"}],
        },
    }
    if "purpose" in entry:
        told["purposeOfEvent"] = [{"coding": [{"system": "urn:mash:purpose", "code": entry["purpose"]}]}]
    return told


def _authorised(hub: str, person: Json, entry: Mapping[str, Any], shown: bool) -> Json:
    """BALP AuthZconsent: the book of policies stands in the place of the consent that was weighed."""
    policy = {
        "what": _named("policy", entry["policy"]["digest"]),
        "type": _coding("http://hl7.org/fhir/resource-types", "Consent"),
    }
    outcome = {"outcome": _DONE if shown else _DENIED}
    if not shown:
        outcome["outcomeDesc"] = "Nothing about this person was shown."
    return (
        _base(hub, entry)
        | outcome
        | {
            "meta": {"profile": [AUTHORISED]},
            "type": _coding(_DICOM, "110113"),
            "subtype": [_coding(f"{_BALP}AuthZsubType", "AuthZ-Consent")],
            "action": "E",
            "agent": _asking(hub, entry),
            "entity": [person, policy],
        }
    )


def _refused(hub: str, place: list[Json], entry: Mapping[str, Any]) -> Json:
    """A request refused as a whole concerns nobody, so no profile of BALP fits: its agents and type, and the reason by code."""
    policy: Json = (
        {"what": _named("policy", entry["policy"]["digest"])} if "policy" in entry else {"name": "request"}
    )
    return _base(hub, entry) | {
        "type": _coding(_DICOM, "110113"),
        "subtype": [_coding(f"{_BALP}AuthZsubType", "AuthZ-Role")],
        "action": "E",
        "outcome": _DENIED,
        "outcomeDesc": str(entry.get("facts", {}).get("code", "")) or "refused",
        "agent": _asking(hub, entry),
        "entity": [policy | {"detail": place}],
    }


def _disclosed(hub: str, person: Json, entry: Mapping[str, Any]) -> Json:
    """BALP PrivacyDisclosure.Source: from the hub to whoever asked, or to the live sources that were."""
    asker = entry["asker"]
    to = (
        ", ".join(entry.get("facts", {}).get("sources", ()))
        if entry["kind"] == "query.sent"
        else asker["organisation"]
    )
    recipient = {"type": _concept(_DICOM, "110152"), "who": _named("organisation", to), "requestor": False}
    source = {"type": _concept(_DICOM, "110153"), "who": _named("hub", hub), "requestor": False}
    data = {
        "what": _named("event", entry["event_id"]),
        "type": _coding(f"{_TERMS}audit-entity-type", "2"),
        "role": _coding(f"{_TERMS}object-role", "3"),
    }
    return _base(hub, entry) | {
        "meta": {"profile": [DISCLOSED]},
        "type": _coding(_DICOM, "110106"),
        "subtype": [_coding(f"{_TERMS}iso-21089-lifecycle", "disclose")],
        "action": "R",
        "outcome": _DONE,
        "agent": [
            source | {"network": _network("hub", hub)},
            recipient | {"network": _network("organisation", to)},
            _user(entry),
        ],
        "entity": [person, data],
    }


def _asking(hub: str, entry: Mapping[str, Any]) -> list[Json]:
    asker = entry["asker"]
    client = {
        "type": _concept(_DICOM, "110150"),
        "who": _named("client-key", asker.get("client_key", "page")),
        "requestor": False,
    }
    organisation = {
        "type": _concept(f"{_TERMS}v3-RoleClass", "PROV"),
        "who": _named("organisation", asker["organisation"]),
        "requestor": False,
    }
    server = {
        "type": _concept(f"{_TERMS}extra-security-role-type", "authserver"),
        "who": _named("hub", hub),
        "requestor": False,
    }
    return [
        client | {"network": _network("organisation", asker["organisation"])},
        _user(entry),
        organisation,
        server,
    ]


def _user(entry: Mapping[str, Any]) -> Json:
    asker = entry["asker"]
    told = {
        "type": _concept(f"{_TERMS}v3-ParticipationType", "IRCP"),
        "who": _named("pseudonym", asker["user"]),
        "requestor": True,
    }
    return told | ({"role": [_concept("urn:mash:role", asker["role"])]} if asker.get("role") else {})


def _person(handle: str, place: list[Json]) -> Json:
    return {
        "what": _named("handle", handle) | {"type": "Patient"},
        "type": _coding(f"{_TERMS}audit-entity-type", "1"),
        "role": _coding(f"{_TERMS}object-role", "1"),
        "detail": place,
    }


def _named(what: str, value: str) -> Json:
    """A reference by identifier: nothing of it can be looked up but with the hub's keys."""
    return {"identifier": {"system": f"urn:mash:ledger:{what}", "value": value}}


def _network(what: str, value: str) -> Json:
    return {"address": f"urn:mash:{what}:{value}", "type": _URI}


def _coding(system: str, code: str) -> Json:
    return {"system": system, "code": code}


def _concept(system: str, code: str) -> Json:
    return {"coding": [_coding(system, code)]}
