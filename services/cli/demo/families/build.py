"""Small constructors of FHIR R4 resources, and the shelf on which one source's records stand.

Promise: every resource is tagged HTEST, has an id that says nothing of the person and never changes (so
that publishing again is an update), and every date but a date of birth counts from the day given, so that
the demonstration never ages.
"""

import base64
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from services.cli.demo.families.people import Home, Person
from services.contract.about import NHS_NUMBER
from services.contract.vocabulary import entry

Resource = dict[str, Any]

VERIFICATION = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
VERIFICATION_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
ADDRESS_KEY = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey"
ADDRESS_KEY_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-AddressKeyType"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
UNITS = "http://unitsofmeasure.org"
ACTS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
RELATIONS = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
CONCERN = "urn:mash:ext:concern"
KEY_SAFE = "urn:mash:ext:keySafe"
SCHOOL = "urn:mash:ext:school"
TEAMS = "urn:mash:team"
FORM_PLACE = "urn:mash:ext:form-place"
ADOPTION = "urn:mash:cs:adoption"
STATEMENT_STATUS = "urn:mash:cs:statement-status"
HTEST: Mapping[str, str] = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
_CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_VERIFIED, _NOT_TRACED = "01", "02"


class Shelf:
    """One source's records, in the order in which they were put there."""

    def __init__(self, source: str, on: date) -> None:
        self.source = source
        self.on = on
        self.resources: list[Resource] = []

    def day(self, days: int) -> str:
        """The day so many days after (before: negative) the day of the demonstration."""
        return (self.on + timedelta(days=days)).isoformat()

    def at(self, days: int, clock: str = "10:30:00") -> str:
        """A moment on that day."""
        return f"{self.day(days)}T{clock}Z"

    def years_ago(self, years: int, days: int = 0) -> str:
        """The same day so many calendar years, and then so many days, earlier."""
        year = self.on.year - years
        # 29 February has no namesake in most years; the last of February stands in for it.
        same = self.on.replace(year=year, day=28 if (self.on.month, self.on.day) == (2, 29) else self.on.day)
        return (same - timedelta(days=days)).isoformat()

    def span(self, start: int, end: int | None = None) -> Resource:
        """A FHIR Period of days from today; open without an end."""
        return {"start": self.day(start)} | ({} if end is None else {"end": self.day(end)})

    def add(
        self, kind: str, key: str, *, labels: tuple[str, ...] = (), secrecy: str = "", **elements: Any
    ) -> str:
        """Put a resource on the shelf; `key` names it within the source, `sure` says how sure its statement is.

        Returns the reference to it.
        """
        number = str(uuid5(NAMESPACE_URL, f"urn:mash:demo:{self.source}:{kind}:{key}"))
        security = [{"system": entry("sensitivity", label)["system"], "code": label} for label in labels]
        if secrecy:
            security.append({"system": _CONFIDENTIALITY, "code": secrecy})
        if adoption := elements.pop("adoption", ""):
            security.append({"system": ADOPTION, "code": adoption})
        meta: Resource = {"tag": [dict(HTEST)]}
        if status := elements.pop("sure", ""):
            meta["tag"].append({"system": STATEMENT_STATUS, "code": status})
        if security:
            meta["security"] = security
        if profile := elements.pop("profile", None):
            meta["profile"] = [profile]
        given = {name: value for name, value in elements.items() if value is not None}
        self.resources.append({"resourceType": kind, "id": number, "meta": meta, **given})
        return f"{kind}/{number}"

    def patient(
        self,
        who: Person,
        *homes: Resource,
        local: str = "",
        verified: bool = True,
        secrecy: str = "",
        **more: Any,
    ) -> str:
        """A Patient with the NHS number, where known, and the source's own number `local`."""
        identifiers = numbered(who, verified)
        if local:
            identifiers.append({"system": f"https://{self.source}.example/id", "value": local})
        if identifiers:
            more["identifier"] = identifiers
        if homes:
            more["address"] = list(homes)
        key = who.number or who.name
        return self.add("Patient", key, secrecy=secrecy, active=True, **identity(who), **more)

    def relative(self, of: str, who: Person, code: str, words: str, **more: Any) -> str:
        """A RelatedPerson: `who` is the `code` (v3-RoleCode) of the Patient `of`."""
        relation = {"coding": [{"system": RELATIONS, "code": code}], "text": words}
        if identifiers := numbered(who, verified=True):
            more["identifier"] = identifiers
        return self.add(
            "RelatedPerson",
            f"{of}:{who.name}:{code}",
            active=True,
            patient=ref(of),
            relationship=[relation],
            **identity(who),
            **more,
        )

    def seen(self, key: str, of: str, words: str, days: int, **more: Any) -> str:
        """An Encounter of one hour; `kind` (default AMB) is its class, `status` finished unless said."""
        kind = {"system": ACTS, "code": more.pop("kind", "AMB")}
        more.setdefault("period", {"start": self.at(days, "10:00:00"), "end": self.at(days, "11:00:00")})
        more.setdefault("status", "finished")
        more.setdefault("type", [code(words)])
        more["class"] = kind
        return self.add("Encounter", key, subject=ref(of), **more)

    def care_team(self, key: str, of: str, team: str, words: str, days: int) -> str:
        """A CareTeam of so many days ago that names the team `team` by its identifier: whose caseload it is."""
        member = {"identifier": {"system": TEAMS, "value": team}, "display": words}
        taking_part = [{"role": [code(words)], "member": member}]
        return self.add(
            "CareTeam", key, status="active", subject=ref(of), participant=taking_part, period=self.span(days)
        )

    def note(self, key: str, of: str, title: str, text: str, days: int, **more: Any) -> str:
        """A DocumentReference whose words stand in the attachment, as plain text."""
        attachment = {
            "contentType": "text/plain",
            "data": base64.b64encode(text.encode()).decode(),
            "title": title,
        }
        return self.add(
            "DocumentReference",
            key,
            status="current",
            type={"text": title},
            subject=ref(of),
            date=self.at(days),
            description=title,
            content=[{"attachment": attachment}],
            **more,
        )


def identity(who: Person) -> Resource:
    """Name, sex and date of birth, as Patient and RelatedPerson write them."""
    return {
        "name": [{"use": "official", "family": who.family, "given": [who.given]}],
        "gender": who.sex,
        "birthDate": who.born,
    }


def numbered(who: Person, verified: bool) -> list[Resource]:
    """The NHS number with its status (01 verified, 02 present but not traced); none where none is known."""
    if not who.number:
        return []
    status = _VERIFIED if verified else _NOT_TRACED
    coded = {"coding": [{"system": VERIFICATION_CODES, "code": status}]}
    return [
        {
            "extension": [{"url": VERIFICATION, "valueCodeableConcept": coded}],
            "system": NHS_NUMBER,
            "value": who.number,
        }
    ]


def ref(to: str, display: str = "") -> Resource:
    """A Reference, with the words for it where given."""
    return {"reference": to} | ({"display": display} if display else {})


def named(display: str) -> Resource:
    """A Reference to somebody of whom the source publishes no record: words only."""
    return {"display": display}


def code(words: str, snomed: str = "", system: str = SNOMED) -> Resource:
    """A CodeableConcept."""
    return ({"coding": [{"system": system, "code": snomed, "display": words}]} if snomed else {}) | {
        "text": words
    }


def address(home: Home, period: Resource | None = None, **more: Any) -> Resource:
    """An Address with its UPRN; `period` with an end makes it a former one."""
    former = bool(period and "end" in period)
    key = {
        "url": ADDRESS_KEY,
        "extension": [
            {"url": "type", "valueCoding": {"system": ADDRESS_KEY_CODES, "code": "UPRN"}},
            {"url": "value", "valueString": home.uprn},
        ],
    }
    extensions = [key, *more.pop("extension", [])]
    made = {
        "extension": extensions,
        "use": "old" if former else "home",
        "line": list(home.lines),
        "city": home.town,
        "postalCode": home.postcode,
    }
    return made | ({"period": period} if period else {}) | more


def phone(number: str, use: str = "home") -> Resource:
    """A telephone ContactPoint."""
    return {"system": "phone", "value": number, "use": use}


def bundle(resources: list[Resource]) -> Resource:
    """A transaction that puts every resource under its own id, so that sending it again is an update."""
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": f"urn:uuid:{resource['id']}",
                "resource": resource,
                "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
            }
            for resource in resources
        ],
    }
