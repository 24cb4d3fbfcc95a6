"""Synthetic people and a small index for tests: NHS numbers of the 999 range, pseudo-postcodes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.contract.directory import Organisation, Source
from services.contract.people import About
from services.contract.publishing import Accepted, Put, Submission
from services.index.index import Index
from services.index.open import open_index
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.migrated import lay_databases

NHS = "https://fhir.nhs.uk/Id/nhs-number"
VERIFIED = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
STATUS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland"
UPRN = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-UPRN"
LABEL = "urn:mash:cs:label"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
SNOMED = "http://snomed.info/sct"
ON = "2026-11-20"
RECEIVED = "2026-11-01T09:00:00Z"

MIA, LEO, DANA, SEAN = "9991000011", "9991000038", "9991000046", "9991000054"
ARTHUR, MYA, JOAN = "9991000062", "9991000070", "9991000100"


@dataclass(frozen=True)
class FakeBook:
    """What the index reads of the book."""

    sources: Mapping[str, Source]
    organisations: Mapping[str, Organisation]
    labels: Mapping[str, Any]
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lookback: Any = (
        {"code": "UP_TO_12M", "months": 12},
        {"code": "UP_TO_5Y", "months": 60},
        {"code": "OVER_5Y"},
    )


SOURCES = (
    Source("csc", "northshire", "Children's social care", "childrens-social-care", "copy"),
    Source("gp", "harbour-gp", "Harbour practice", "gp", "copy", traces_nhs_numbers=True),
    Source("hospice", "st-brigid", "Hospice", "hospice", "copy", retention_days=30),
    Source("police", "northshire-police", "Police", "police", "copy"),
    Source(
        "mh",
        "northshire-mh",
        "Mental health",
        "mental-health",
        "live",
        address="http://mh.test/fhir",
        budget_ms=20_000,
    ),
)
BOOK = FakeBook(
    sources={source.id: source for source in SOURCES},
    organisations={
        source.organisation: Organisation(source.organisation, source.name, "NHS-COMM", ods=f"X{n}")
        for n, source in enumerate(SOURCES)
    },
    labels={
        "L:SAFEADDR": {"binds": "person"},
        "L:PROTECTED": {"binds": "person"},
        "L:GRA": {"binds": "person"},
        "HIV": {"binds": "record"},
    },
)


class FakeShelf:
    """A shelf that holds one book."""

    def __init__(self, book: FakeBook = BOOK) -> None:
        self.book = book

    def current(self) -> FakeBook:
        return self.book


def small_index(folder: Path, database: str = "", shelf: FakeShelf | None = None) -> Index:
    """An index on SQLite in `folder`, or on `database`."""
    settings = Settings(mode="demo", home=folder / "home", database=database)
    if not database:
        lay_databases(settings.home, "index.db")
    return open_index(settings, KeyFolder(folder / "keys"), shelf or FakeShelf())


def number(value: str, status: str = "01") -> dict[str, Any]:
    """An NHS number, verified unless said otherwise; empty status: none stated."""
    identifier: dict[str, Any] = {"system": NHS, "value": value}
    if status:
        coding = {"system": STATUS, "code": status}
        identifier["extension"] = [{"url": VERIFIED, "valueCodeableConcept": {"coding": [coding]}}]
    return identifier


def home(line: str, postcode: str = "ZZ99 3VZ", uprn: str = "", **more: Any) -> dict[str, Any]:
    """An address."""
    address: dict[str, Any] = {
        "use": "home",
        "line": [line],
        "city": "Northport",
        "postalCode": postcode,
        **more,
    }
    if uprn:
        address["extension"] = [{"url": UPRN, "valueIdentifier": {"value": uprn}}]
    return address


def patient(
    id: str, name: str, born: str, nhs: str = "", *, status: str = "01", **more: Any
) -> dict[str, Any]:
    """A Patient called `Given Family`."""
    resource = {"resourceType": "Patient", "id": id, "name": [_name(name)], "birthDate": born, **more}
    if nhs:
        resource["identifier"] = [number(nhs, status)]
    return resource


def relative(
    id: str, of: str, name: str, role: str, *, nhs: str = "", born: str = "", **more: Any
) -> dict[str, Any]:
    """A RelatedPerson of `Patient/<of>`."""
    resource: dict[str, Any] = {
        "resourceType": "RelatedPerson",
        "id": id,
        "patient": {"reference": f"Patient/{of}"},
        "relationship": [{"coding": [{"system": ROLE, "code": role}]}],
        "name": [_name(name)],
        **more,
    }
    if nhs:
        resource["identifier"] = [number(nhs)]
    if born:
        resource["birthDate"] = born
    return resource


def _name(name: str) -> dict[str, Any]:
    given, _, family = name.rpartition(" ")
    return {"family": family, "given": [given]}


def flag(id: str, of: str, label: str = "", code: str = "123", **more: Any) -> dict[str, Any]:
    """A Flag about `Patient/<of>`, with a security label where one is given."""
    resource: dict[str, Any] = {
        "resourceType": "Flag",
        "id": id,
        "status": "active",
        "code": {"coding": [{"system": SNOMED, "code": code}]},
        "subject": {"reference": f"Patient/{of}"},
        **more,
    }
    if label:
        resource["meta"] = {"security": [{"system": LABEL if label.startswith("L:") else ACT, "code": label}]}
    return resource


def concern(*references: dict[str, Any]) -> list[dict[str, Any]]:
    """The extension that names whom a protection is from."""
    return [{"url": "urn:mash:ext:concern", "valueReference": reference} for reference in references]


def publish(index: Index, source: str, *resources: dict[str, Any], received: str = RECEIVED) -> Accepted:
    """Store resources under their own ids and make them visible."""
    accepted = index.store_unseen(submission(source, *resources, received=received))
    index.make_visible(accepted.outbox)
    return accepted


def submission(source: str, *resources: dict[str, Any], received: str = RECEIVED) -> Submission:
    """A submission of updates, each under its resource's own id."""
    puts = tuple(Put(resource, resource["id"], "PUT", f"urn:uuid:{resource['id']}") for resource in resources)
    return Submission(source, puts, "client", received)


def about(nhs: str | None = None, given: str | None = None, family: str | None = None, born: str | None = None,
          postcode: str | None = None) -> About:  # fmt: skip
    """A question, with only what is said set."""
    said = {"nhs_number": nhs, "given": given, "family": family, "birth_date": born, "postcode": postcode}
    return About(**{name: value for name, value in said.items() if value is not None})
