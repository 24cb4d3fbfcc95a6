"""The family view and the numbers for research as they travel: request, answer, and a refusal as a value.

Promise: the JSON answer is the one source of every form (page, FHIR Bundle, print); its digest is in the ledger.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, model_validator

from services.contract.cases import Message
from services.contract.people import About
from services.contract.vocabulary import code_of, entry


class ViewRequest(Message):
    """`POST /family-view`."""

    about: About
    case: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    scope: Annotated[str, Field(pattern="^(person|family)$")] = "family"


class Stub(Message):
    """A possible person: a candidate token sealed to asker and case for 15 minutes, and no more than name and year."""

    candidate: str
    name: str = Field(repr=False)
    birth_year: str = Field(repr=False)
    score: float | None = None
    """How likely they are meant, from 0 to 1, where a match was asked for."""
    grade: str | None = None
    """certain | probable | possible | certainly-not (FHIR match-grade)."""


class Tie(Message):
    """Why somebody is in the answer, by one source's word: a relationship, or an address shared, and from when to when."""

    kind: str
    """relationship | address."""
    code: str = ""
    """v3-RoleCode of what they are to `toward`; empty for an address, and where the source gave none."""
    toward: str | None = None
    """The `ref` at the other end, where a record that was released says it."""
    source: str | None = None
    start: str | None = Field(None, repr=False)
    end: str | None = Field(None, repr=False)
    uprn: str | None = Field(None, repr=False)
    """Of an address: the property, where the released record names it."""
    current: bool = True
    """Not over yet, on the day of the answer."""
    probable_relative: bool = False
    """Of an address: one telephone number and one family name as well, of two people. A remark, and no evidence."""


class PersonEntry(Message):
    """Somebody in the answer: `ref` is the fullUrl of their Patient in `view`, or a fresh id where none was released."""

    ref: str
    why: tuple[str, ...]
    match: str
    name: str | None = Field(None, repr=False)
    ties: tuple[Tie, ...] = ()
    unborn: bool = False
    """A record that was released calls them unborn, or expects them on a day to come."""


class Said(Message):
    """One value that a released record gives, whose record it is, and since when."""

    value: str = Field(repr=False)
    source: str | None = None
    start: str | None = Field(None, repr=False)
    end: str | None = Field(None, repr=False)
    """The dates that the record itself gives the value."""
    received: str | None = None
    """The day on which the hub had it."""


class Difference(Message):
    """Something that the sources say differently of one person. Shown, and never settled here."""

    person: str
    field: str
    """name | birth-date | sex | nhs-number | death | address."""
    said: tuple[Said, ...]


class Contact(Message):
    """Somebody who works with a person now, by a CareTeam, an EpisodeOfCare or an Encounter that was released."""

    person: str
    name: str | None = Field(None, repr=False)
    role: str | None = None
    service: str | None = None
    organisation: str | None = None
    telephone: str | None = None
    source: str | None = None
    start: str | None = None
    last_seen: str | None = None
    """Of an attendance: its day."""
    first: bool = False
    """Whom to go to first about this person."""


class PersonState(Message):
    """One source's state for one person."""

    ref: str
    state: str


class SourceEntry(Message):
    """Who answered. `source` is a name, a constant line such as "adult health services", or "a partner"."""

    source: str
    people: tuple[PersonState, ...]


class Lacking(Message):
    """One thing that would change a refusal: a code of missing.json, its sentence, and whom to ask."""

    code: str
    sentence: str
    who_can_change: str


class Withheld(Message):
    """What was not given, why, and who can change it. `person` is a `ref`; `class_` a plain title of the class."""

    person: str
    source: str
    class_: Annotated[str, Field(alias="class")]
    code: str
    sentence: str
    who_can_change: str
    effect: str = "withhold"
    """withhold | generalise | ask-owner."""
    missing: tuple[Lacking, ...] = ()
    """What would change it, in the order of the list; empty where nothing would, or where saying so would disclose."""
    ask: str | None = Field(None, repr=False)
    """The token by which the owner may be asked for it (`POST /cases/{id}/approvals`), for half a day."""


class ReceiptEntry(Message):
    """Where the proof is."""

    id: str
    log: str
    index: int
    time: str


class FamilyView(Message):
    """The JSON answer. Empty `view` with `match` POTENTIAL, MANY or NONE where the person is not settled."""

    match: str
    view: dict[str, Any] = Field(repr=False)
    people: tuple[PersonEntry, ...] = ()
    candidates: tuple[Stub, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    complete: bool = True
    withheld: tuple[Withheld, ...] = ()
    obligations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """Who works with each person now, whom to go to first in front."""
    notes: tuple[str, ...] = ()
    """Constant sentences, such as "protected households are checked by the duty manager"."""
    receipt: ReceiptEntry | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal of the whole question: a value, shown as 403 with its code, and an entry like a grant."""

    code: str
    sentence: str
    who_can_change: str
    receipt: ReceiptEntry | None = None


class CountsRequest(Message):
    """`POST /counts`: words of the vocabulary alone, so that nothing of a person can stand in it."""

    purpose: code_of("purposes")  # type: ignore[valid-type]
    by: code_of("breakdowns")  # type: ignore[valid-type]
    among: code_of("ages") | None = None  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _the_closed_list(self) -> "CountsRequest":
        wanted = bool(entry("breakdowns", self.by)["among"])
        if wanted != (self.among is not None):
            raise ValueError(
                "say among which age group, for this breakdown" if wanted else "leave among out here"
            )
        return self


class CountRow(Message):
    """One number. `count` is None where fewer than `smallest` are in it, none included, or it would tell of so few."""

    code: str
    title: str
    count: int | None


class CountedSource(Message):
    """Whether the people of a source are in the numbers, and why not where they are not."""

    source: str
    counted: bool
    code: str | None = None
    sentence: str | None = None
    who_can_change: str | None = None


class CountsAnswer(Message):
    """The JSON answer of `POST /counts`: the numbers of one month, the same for everybody who may have them."""

    purpose: str
    by: str
    among: str | None
    month: str
    """YYYY-MM in Europe/London: until it ends the answer stays as it is."""
    taken_on: str
    rows: tuple[CountRow, ...]
    smallest: int
    sources: tuple[CountedSource, ...]
    complete: bool
    """False where a source that is registered is not in the numbers."""
    obligations: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    receipt: ReceiptEntry | None = None


class ProductRequest(Message):
    """`POST /cases/{id}/products`: who it is about, for which partner it is made, and what that partner is asked to do."""

    about: About
    scope: Annotated[str, Field(pattern="^(person|family)$")] = "person"
    to: str = Field(pattern=r"^[a-z0-9-]{2,32}$")
    action: code_of("product-actions")  # type: ignore[valid-type]


class DraftRequest(Message):
    """`POST /subject-requests`: a subject's own request (PATRQT), or one by a parent or attorney about somebody else."""

    purpose: Annotated[str, Field(pattern="^(PATRQT|FAMRQT|PWATRNY)$")]
    about: About
    """Whose information is asked for."""
    by: About | None = None
    """Who asks, where it is somebody else: a parent, or an attorney."""
    child: bool = False
    """Whether it is about a child."""
    identity_checked: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """The day on which the requester's identity was checked: the clock starts."""
    days_waited: int = Field(0, ge=0, le=365)
    """Days for which the request waited while the requester was asked what they mean."""

    @model_validator(mode="after")
    def _who_asks(self) -> "DraftRequest":
        if (self.by is None) != (self.purpose == "PATRQT"):
            raise ValueError(
                "say who asks where it is somebody else than the person it is about, and there only"
            )
        return self
