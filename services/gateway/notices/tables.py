"""Tables of what was given: one row for each answer and holder, and each time that a named person let the holders know.

Promise: who was asked about and on which case stand sealed; a case is found again by a keyed hash. Migrations:
services/gateway/migrations.
"""

from sqlalchemy import Column, ColumnElement, Index, LargeBinary
from sqlmodel import Field, col, or_

from services.gateway.store.tables import Table


class GivenRow(Table, table=True):
    """Records of one holder that left in one answer."""

    __tablename__ = "gateway_given"
    __table_args__ = (
        Index("ix_gateway_given_holder", "holder", "at"),
        Index("ix_gateway_given_asking", "organisation", "held_back"),
    )
    id: str = Field(primary_key=True)
    event_id: str
    """The entry of the answer."""
    at: str
    case_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    purpose: str
    organisation: str
    """Who asked."""
    role: str
    holder: str
    held_back: str = ""
    """Why the holder does not learn of it: a code of held-back.json; empty where it may."""
    let_go_at: str = ""
    """When a named person let the holders know; empty until then."""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """{case, people, records: the holder's own references, plan: those that say a child is on a plan}."""


def may_be_told() -> ColumnElement[bool]:
    """The one condition under which a holder learns of a row: it is not held back, or a named person let it go."""
    return or_(col(GivenRow.held_back) == "", col(GivenRow.let_go_at) != "")


class LetGoRow(Table, table=True):
    """A named person's word that the holders may know, with the reason sealed."""

    __tablename__ = "gateway_let_go"
    id: str = Field(primary_key=True)
    case_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    organisation: str
    by: str
    role: str
    at: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """{case, reason}."""
