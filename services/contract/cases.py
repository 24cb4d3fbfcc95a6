"""Askers, cases and evidence, as they travel: what a view is for, who may ask on it, and what is on record.

Promise: role and organisation come from a token or session, never from a body; free text is sealed at rest, and policy
sees codes, kinds and states only.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.contract.people import About
from services.contract.vocabulary import code_of


class Message(BaseModel):
    """Base of every message: frozen, closed, and silent about values in its errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Asker:
    """A person in one role at one organisation, taken from a token or a session."""

    organisation: str
    organisation_type: str
    role: str
    user: str
    """Opaque id in the staff register."""
    teams: tuple[str, ...] = ()
    client: str = ""
    """Client id of the partner system that vouched for the person; empty for a session."""
    client_key: str = ""
    scopes: frozenset[str] = frozenset()
    own: tuple[About, ...] = field(default=(), repr=False)
    """Own identity and declared conflicts, as far as the register gives them."""
    token: str = field(default="", repr=False)
    """Opaque id of the token or session: a receipt's opening answers to the same one only."""
    authenticated: int = 0
    """When the person last proved afresh who they are, in seconds since 1970; 0: not shown to the hub."""


class Subject(Message):
    """Whom the case is about."""

    about: About
    as_: Annotated[str, Field(alias="as", pattern="^(child|adult)$")]


class Member(Message):
    """Who may ask on the case: a user or a team of a partner."""

    organisation: str = Field(pattern=r"^[a-z0-9-]{2,32}$")
    user: str | None = Field(None, max_length=200)
    team: str | None = Field(None, max_length=200)


class Ground(Message):
    """Why the case is opened: a code of grounds.json, and words."""

    code: code_of("grounds")  # type: ignore[valid-type]
    text: str = Field("", max_length=4000, repr=False)


class OpenCase(Message):
    """`POST /cases`."""

    purpose: code_of("purposes")  # type: ignore[valid-type]
    ground: Ground
    subjects: tuple[Subject, ...] = Field(min_length=1, max_length=12)
    household: tuple[About, ...] = Field((), max_length=20)
    members: tuple[Member, ...] = Field((), max_length=50)
    reference: str | None = Field(None, max_length=100, repr=False)
    rag: code_of("rag") = "AMBER"  # type: ignore[valid-type]


class RecordEvidence(Message):
    """`POST /cases/{id}/evidence`."""

    kind: code_of("evidence-kinds")  # type: ignore[valid-type]
    about: About | None = None
    """Whom an agreement or refusal is of; per adult and per competent child."""
    scope: tuple[str, ...] = ()
    """Classes or kinds of source that an agreement is limited to; empty: all that the purpose asks for."""
    alone: bool | None = None
    """Whether the person was asked alone."""
    place: str | None = Field(None, max_length=200, repr=False)
    at: datetime | None = None
    until: datetime | None = None
    no_consent_reason: str | None = Field(None, pattern="^(CANNOT_GIVE|NOT_REASONABLE|WOULD_PREJUDICE)$")
    ground: code_of("grounds") | None = None  # type: ignore[valid-type]
    """Of a `stated-ground`: which one of the case's purpose it is."""
    text: str = Field("", max_length=4000, repr=False)


class ConfirmIdentity(Message):
    """`POST /cases/{id}/identities`: two named identifiers with their values, at least one not in the question."""

    candidate: str = Field(max_length=2000, repr=False)
    identifiers: dict[
        Annotated[str, Field(pattern="^((mother_)?(nhs_number|birth_date)|given|family|sex)$")], str
    ] = Field(min_length=2, max_length=7, repr=False)


class CloseCase(Message):
    """`POST /cases/{id}/close`: whether what was shared changed the decision, and what it changed."""

    changed: code_of("decision-changed")  # type: ignore[valid-type]
    outcome: code_of("case-outcomes")  # type: ignore[valid-type]
    text: str = Field("", max_length=4000, repr=False)
    """More about it, if there is anything to say; sealed, and read by nobody but the case's members."""


class ReviewProtection(Message):
    """`POST /protections/{id}/review`."""

    outcome: str = Field(pattern="^(ended|continued)$")
    reason: str = Field(min_length=3, max_length=4000, repr=False)


class RecordName(Message):
    """A record by the names under which its source publishes it."""

    source: str = Field(max_length=32)
    type: str = Field("Patient", pattern="^(Patient|RelatedPerson)$")
    id: str = Field(max_length=64, repr=False)


class WithdrawLink(Message):
    """`POST /links/withdrawn`: the record that was wrongly joined, the one it was joined with, and why it is not the same
    person. Without `apart_from`: all the records that were there when it was joined."""

    record: RecordName
    apart_from: RecordName | None = None
    reason: str = Field(min_length=3, max_length=4000, repr=False)


class AskAboutLink(Message):
    """`POST /reviews`: two records of which somebody asks whether they are one person's, and why."""

    record: RecordName
    other: RecordName
    reason: str = Field(min_length=3, max_length=4000, repr=False)


class DecideTask(Message):
    """`POST /tasks/{id}/decide`: an answer of the task's kind, why, and, where it is about records, which one."""

    answer: code_of("task-answers")  # type: ignore[valid-type]
    reason: str = Field(min_length=3, max_length=4000, repr=False)
    item: str | None = Field(None, max_length=2000, repr=False)
    """The token of one record, as the open task gave it."""


PERMISSION, PERMISSION_REFUSED = "permission-to-view", "permission-refused"
"""Kinds of evidence: what a patient answered who was asked now."""


class AskOwner(Message):
    """`POST /cases/{id}/approvals`: the token of a row that the owner decides on, and why it is needed."""

    ask: str = Field(min_length=1, max_length=2000, repr=False)
    reason: str = Field(min_length=3, max_length=4000, repr=False)


class Challenge(Message):
    """`POST /cases/{id}/challenges`: what was asked and refused, and why the refusal does not hold."""

    asked: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    reason: str = Field(min_length=3, max_length=4000, repr=False)


class Advice(Message):
    """`POST /cases/{id}/advice`: whose advice, and the question."""

    of: str = Field(pattern="^(caldicott-guardian|ig-lead)$")
    question: str = Field(min_length=3, max_length=4000, repr=False)


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """One agreement or refusal as the main line reads it."""

    kind: str
    about: About | None = field(repr=False)
    person: str | None
    scope: tuple[str, ...]
    until: str


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as the main line reads it, for one asker and moment."""

    id: str
    purpose: str
    state: str
    """OPEN | LAPSED | CLOSED | NOT_MEMBER."""
    ground: str
    """none | stated | urgent: of the ground it was opened on, or of one recorded later, the strongest."""
    opened_by_asker: bool
    opened_by_organisation: str
    membership: str
    """own-case | team-case | none: how the asker is a member."""
    subjects: tuple[tuple[About, str, str | None], ...] = field(repr=False)
    """(about, child|adult, person confirmed for the case or None)."""
    household: tuple[About, ...] = field(default=(), repr=False)
    evidence: tuple[str, ...] = ()
    """Kinds on the case, sorted."""
    agreements: tuple[EvidenceState, ...] = ()
    permissions: tuple[EvidenceState, ...] = ()
    """What patients answered who were asked now, oldest first; permissions past their time left out."""
    stated_ground: str = ""
    """The code of the ground that `ground` comes from; empty where none is stated."""
    no_consent_reason: str = "none"
    incident: bool = False
    incident_place: str = field(default="", repr=False)
    confirmed: frozenset[str] = frozenset()
    """Person ids confirmed for this case."""
    rag: str = "AMBER"
