"""The gateway's own tables: cases and evidence, staff, partner systems, used assertion ids, sessions.

Promise: text, identities and whatever else tells who somebody is stand in a `sealed` column; the rest are
codes, opaque ids, times (UTC, to the second) and keyed hashes. Migrations: services/gateway/migrations.
"""

from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, MetaData, UniqueConstraint
from sqlmodel import Field, SQLModel

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(SQLModel):
    """Base: every table of the gateway, and none of another service's."""

    metadata = METADATA


def _json() -> Any:
    return Column(JSON, nullable=False)


def _sealed() -> Any:
    return Column(LargeBinary, nullable=False)


class ClientRow(Table, table=True):
    """A partner's system: what it is registered for, and its public keys."""

    __tablename__ = "gateway_client"
    id: str = Field(primary_key=True)
    organisation: str = Field(index=True)
    roles: list[str] = Field(sa_column=_json())
    scopes: list[str] = Field(sa_column=_json())
    sources: list[str] = Field(sa_column=_json())
    jwks: dict[str, Any] = Field(sa_column=_json())
    added: str
    ended: str = ""


class UsedAssertion(Table, table=True):
    """An assertion's id, used once: the unique row is the lock, on any number of replicas."""

    __tablename__ = "gateway_used_assertion"
    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    """Keyed hash of client and jti."""
    until: int = Field(index=True)
    """Seconds since 1970; swept after."""


class StaffRow(Table, table=True):
    """A member of staff of one organisation. Who it is stands sealed; look-up is by keyed hash."""

    __tablename__ = "gateway_staff"
    __table_args__ = (
        UniqueConstraint("sign_in", "organisation"),
        UniqueConstraint("partner_user", "organisation"),
    )
    id: str = Field(primary_key=True)
    organisation: str = Field(index=True)
    sign_in: bytes | None = Field(default=None, sa_column=Column(LargeBinary, index=True))
    """Keyed hash of issuer and subject of the sign-in provider."""
    partner_user: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """Keyed hash of the user id by which the organisation's own system vouches."""
    roles: list[str] = Field(sa_column=_json())
    teams: list[str] = Field(sa_column=_json())
    sealed: bytes = Field(sa_column=_sealed())
    added: str
    ended: str = ""


class SessionRow(Table, table=True):
    """A browser's session. The key is a hash of the cookie, so that a copy of the table opens nothing."""

    __tablename__ = "gateway_session"
    id: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    sealed: bytes = Field(sa_column=_sealed())
    began: int
    seen: int = Field(index=True)


class CaseRow(Table, table=True):
    """A case: codes and times in the open, subjects and words sealed."""

    __tablename__ = "gateway_case"
    id: str = Field(primary_key=True)
    purpose: str
    ground: str
    rag: str
    organisation: str = Field(index=True)
    opened_by: str = Field(index=True)
    opened_as: str
    """The role in which it was opened."""
    opened_at: str
    closes_at: str
    closed_at: str = ""
    lapsed_at: str = ""
    referenced_at: str = ""
    """When the case's reference was given; empty while it has none."""
    sealed: bytes = Field(sa_column=_sealed())


class MemberRow(Table, table=True):
    """Who may ask on a case: a user or a team of a partner."""

    __tablename__ = "gateway_case_member"
    __table_args__ = (Index("ix_gateway_case_member_who", "organisation", "user", "team"),)
    id: int | None = Field(default=None, primary_key=True)
    case: str = Field(index=True)
    organisation: str
    user: str = ""
    """Opaque id in the staff register."""
    team: str = ""


class EvidenceRow(Table, table=True):
    """Evidence on a case: kind, times and who recorded it in the open.

    Whom it is about and all words sealed.
    """

    __tablename__ = "gateway_case_evidence"
    id: str = Field(primary_key=True)
    case: str = Field(index=True)
    kind: str
    recorded_by: str
    recorded_as: str
    organisation: str
    recorded_at: str
    until: str = ""
    no_consent_reason: str = ""
    sealed: bytes = Field(sa_column=_sealed())


class ConfirmedRow(Table, table=True):
    """A person whose identity was confirmed for one case."""

    __tablename__ = "gateway_case_confirmed"
    case: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    by: str
    at: str


class AttemptRow(Table, table=True):
    """A try at confirming an identity, right or wrong: counted per case and asker."""

    __tablename__ = "gateway_case_attempt"
    __table_args__ = (Index("ix_gateway_case_attempt_who", "case", "user", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    case: str
    user: str
    at: int


class SearchRow(Table, table=True):
    """A search, whatever came of it: who made it and when, for an hour, and nothing of whom it was for."""

    __tablename__ = "gateway_search"
    __table_args__ = (Index("ix_gateway_search_who", "organisation", "user", "at"),)
    id: int | None = Field(default=None, primary_key=True)
    organisation: str
    user: str
    at: int


class ReviewRow(Table, table=True):
    """A privacy officer's review of a protection; the reason is sealed."""

    __tablename__ = "gateway_protection_review"
    id: str = Field(primary_key=True)
    protection: str = Field(index=True)
    outcome: str
    by: str
    organisation: str
    at: str
    sealed: bytes = Field(sa_column=_sealed())
