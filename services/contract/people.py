"""What the index is asked and answers: who somebody is, who belongs to them, and what each source holds.

Promise: these shapes live in memory between index and gateway only; their `repr` shows no value of a person.
Person ids are opaque and mean nothing outside the hub's own database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contract.about import IDENTIFIERS, PLACES, About, Sought

__all__ = [
    "IDENTIFIERS", "PLACES", "About", "AskerIdentity", "Candidate", "Candidates", "CaseSubject", "Count", "Counted", "Edge",
    "Gather", "Gathered", "Introduced", "Item", "PersonFacts", "RecordFacts", "Relate", "Related", "Relations", "Resolve",
    "Sought",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What policy may know of a person, joined over all sources and versions."""

    labels: tuple[str, ...] = ()
    """Person labels (those that bind every source's records at once), sorted."""
    confidentiality: str = "N"
    """The highest of any record: U < L < M < N < R < V."""
    age: str = "UNKNOWN"
    """UNDER_13 | 13_17 | ADULT | UNKNOWN, on the day asked for."""
    objection: str = "NOT-RECORDED"
    """The strictest of all sources."""
    protected: bool = False
    """Under a protection, their own or that of somebody who shares their current address."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """What a record that introduces somebody says that may bar it, and with it that there is such a person."""

    source: str
    adoption: str = "none"
    """none | before | after."""
    labels: tuple[str, ...] = ()
    """Those of its own labels that the law bars."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a question may mean."""

    person: str
    grade: str
    """exact: an NHS number of one person, and date of birth or both names agree; possible: anything less."""
    name: str = field(repr=False)
    birth_year: str = field(repr=False)
    facts: PersonFacts
    source: str
    """The source whose record gives name and year."""
    conflict: bool = False
    """The asker's own record, household or declared conflict."""
    introduced: tuple[Introduced, ...] = ()
    """What the records of this person say, each once: first the one that gives name and year."""
    household: str = ""
    """Opaque: those of the candidates who share a current address have one word; empty where no address is known."""


@dataclass(frozen=True, slots=True)
class Resolve:
    """First call: whom does this describe?"""

    about: About
    on: str
    person: str | None = None
    """Set where a candidate token was opened: then exactly that person, graded exact if confirmed."""
    confirmed: frozenset[str] = frozenset()
    """People whose identity was confirmed for this case."""
    asker: "AskerIdentity | None" = None
    through: str | None = None
    """Set where the token of the person was opened through whom a relation is sought."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Everybody whom the question may mean, best first; silence about some of them is settled by the caller."""

    people: tuple[Candidate, ...]
    number_conflict: bool = False
    """The NHS number is known, with another date of birth: NONE, and a conflict is on record."""
    overflow: bool = False
    """More than the index lists (50)."""
    sought: tuple[Sought, ...] = ()
    """Whoever of those asked for is under witness protection, listed or not."""


@dataclass(frozen=True, slots=True)
class AskerIdentity:
    """The asker's own identity and declared conflicts, as far as the staff register gives them."""

    organisation: str
    user: str
    teams: tuple[str, ...] = ()
    own: tuple[About, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class CaseSubject:
    """A subject of the case: described as the case was opened, or a person confirmed for it."""

    about: About = field(repr=False)
    role: str
    """child | adult."""
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Relate:
    """Second call: family, household, relationship and harm link, in one go."""

    person: str
    scope: str
    """person | family."""
    on: str
    case_subjects: tuple[CaseSubject, ...]
    household: tuple[About, ...] = field(default=(), repr=False)
    """Who lives with the case's subjects, as the case states."""
    asker: AskerIdentity | None = None
    confirmed: frozenset[str] = frozenset()
    also: tuple[About, ...] = field(default=(), repr=False)
    """Whom the case's agreements and refusals are of."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Why somebody is in a family."""

    kind: str
    """relationship (DM1) or address (DM2)."""
    toward: str
    """The person id at the other end."""
    code: str
    """v3-RoleCode of the relationship (MTH, FTH, SIB …) seen from `toward`; empty for an address."""
    source: str
    record: str
    """Id of the record version that supports it."""
    record_person: str
    """Whom that record is about."""
    event_age: str = "NO_EVENT"
    adoption: str = "none"
    labels: tuple[str, ...] = ()
    """Of the record: whether it is of the time before or after an adoption, and those of its labels that the law bars."""
    start: str = field(default="", repr=False)
    end: str = field(default="", repr=False)
    """Between which dates, as the record gives them (partial ones too); empty where it does not say."""
    uprn: str = field(default="", repr=False)
    """Of an address: the property, where the record names it."""
    probable: bool = False
    """Of an address: the telephone number and a family name are the same as well, and another given name or date of birth."""


@dataclass(frozen=True, slots=True)
class Related:
    """One person of the family."""

    person: str
    facts: PersonFacts
    edges: tuple[Edge, ...]
    """Empty for the person asked about."""
    identity: str
    """MATCH | CONFIRMED | NOT_CONFIRMED: whether sources may be asked about them."""
    subject: str = "other"
    """case-child | case-adult | other."""
    in_case_family: bool = False
    family_child: bool = False
    caseload: bool = False
    """A current CareTeam or EpisodeOfCare of the asker's own organisation names the asker's user or team."""
    conflict: bool = False
    harm_link: bool = False
    asking_harms: frozenset[str] = frozenset()
    """Sources that must not learn that anybody asked (the source or its staff is of concern)."""
    nhs_number: str | None = field(default=None, repr=False)
    """For a live source's question only, with the date of birth; None where no verified number is held."""
    birth_date: str | None = field(default=None, repr=False)
    places: tuple[str, ...] = field(default=(), repr=False)
    """Normalised words that place this person (address lines, postcodes, telephone numbers, schools), for text scanning;
    filled only for people across a harm link."""
    address_group: str = ""
    """Opaque: people at one current address share it; empty where none is known."""


@dataclass(frozen=True, slots=True)
class Relations:
    """The person asked about first, then the family; uncapped: silence is settled before the cap of 30 and the count of 12."""

    people: tuple[Related, ...]
    also: tuple[str | None, ...] = ()
    """Position by position, the person that each of the question's `also` means: by the same rule as MATCH, or the one
    member of this family whose names and date of birth agree; else None."""


@dataclass(frozen=True, slots=True)
class Gather:
    """Third call: records and pointers from every allowed source, with a state per source and person."""

    asks: tuple[tuple[str, str], ...]
    """(source id, person id), copy and pointer sources and live ones alike."""
    live: Mapping[str, tuple[str, str]] = field(repr=False)
    """person id -> (NHS number, date of birth), for the live sources among `asks`."""
    on: str
    deadline_ms: int = 3000


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """What policy may know of a record."""

    labels: tuple[str, ...] = ()
    confidentiality: str = "N"
    currency: str = "CURRENT"
    event_age: str = "NO_EVENT"
    adoption: str = "none"
    value: str = "known"
    item_share: str = "NOT-RECORDED"


@dataclass(frozen=True, slots=True)
class Item:
    """One current record of a source, about one person."""

    source: str
    person: str
    record: str
    """Opaque id of this version."""
    resource: Mapping[str, Any] = field(repr=False)
    """FHIR R4, decimals as `Lexical`."""
    facts: RecordFacts
    received: str
    """UTC, to the second, when this version was published (or answered, for a live source)."""
    names: tuple[tuple[str, str], ...] = ()
    """(path of an element, person id) for each element that names or places somebody else, such as RelatedPerson.name."""
    references: Mapping[str, str] = field(default_factory=dict, repr=False)
    """reference string as written -> `person:<id>` or `record:<id>` for what it points at, so that ids can be rewritten."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came, and from whom nothing came."""

    items: tuple[Item, ...]
    states: Mapping[tuple[str, str], str]
    """(source, person) -> HELD | NIL | NO_RESPONSE | SOURCE_DOWN."""
    facts: Mapping[str, PersonFacts]
    """Person facts joined over everything that came, live answers included (they may bring a label or an objection)."""
    asked_live: bool = False


@dataclass(frozen=True, slots=True)
class Weigh:
    """How well each of some people fits a description; asked once it is settled who of them may be spoken of."""

    persons: tuple[str, ...]
    patient: Mapping[str, Any] = field(repr=False)
    """A FHIR Patient, in the words of whoever asks."""
    on: str
    wide: bool = True
    """Names that sound alike or nearly agree are wanted too."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one person weighs. Of somebody protected, without anything that tells where they are."""

    weight: float
    """Log2 of the odds that the description is of them."""
    grade: str
    """certain | probable | possible | certainly-not."""
    close: bool = True
    """The names are those asked for, or begin with them."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many people some sources know: asked about nobody, answered in numbers."""

    sources: tuple[str, ...]
    """Ids of the sources whose people are counted; live ones hold nothing to count and are not among them."""
    on: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Every count of one look at the index; exact, so for the gateway's own use and never as it is for an answer."""

    ages: Mapping[str, int]
    """Age group -> people, each once however many sources know them."""
    kinds: Mapping[tuple[str, str], int]
    """(age group, kind of source) -> people known to a source of that kind."""
