"""Tables of tasks: the tasks themselves, what each release leaves to be done, owners' decisions, and what was asked for.

Promise: kind, organisation, times and answers by code stand in the open; whom and which record and case a task is about,
and every word, stand sealed or as a keyed hash. Migrations: services/gateway/migrations.
"""

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from services.gateway.store.tables import Table


class TaskRow(Table, table=True):
    """One task in an inbox of one organisation."""

    __tablename__ = "gateway_task"
    __table_args__ = (Index("ix_gateway_task_inbox", "organisation", "inbox", "decided_at"),)
    id: str = Field(primary_key=True)
    kind: str
    organisation: str
    inbox: str
    open_key: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    """Keyed hash of kind, organisation and key while the task is open: a second one like it finds the place taken."""
    raised_at: str
    due: str = ""
    decided_at: str = ""
    answer: str = ""
    decided_by: str = ""
    decided_as: str = ""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """{case, person, source, records, facts}."""
    reason: bytes | None = Field(default=None, sa_column=Column(LargeBinary))


class ReleaseNoteRow(Table, table=True):
    """What one answer leaves to be done: one row for every answer, of one length, whether or not there is anything."""

    __tablename__ = "gateway_release_note"
    id: str = Field(primary_key=True)
    event_id: str = Field(index=True)
    """The entry that the answer waits for: nothing is done before it is durable."""
    at: int = Field(index=True)
    done: bool = Field(index=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class OwnerDecisionRow(Table, table=True):
    """What an owner decided about one record, or about what a source holds of one person, for one case."""

    __tablename__ = "gateway_owner_decision"
    id: str = Field(primary_key=True)
    case_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    organisation: str
    outcome: str
    """A code of owner-decisions.json, or `kept`."""
    decided_by: str
    decided_at: str
    until: str = ""
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """{record, source, person, task}; an empty record: all that the source holds of the person."""


class AskedRow(Table, table=True):
    """Something asked for on a case: an owner's decision, advice, or a second look at a refusal."""

    __tablename__ = "gateway_asked"
    id: str = Field(primary_key=True)
    case_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, index=True))
    task: str = Field(index=True)
    asked_by: str
    asked_at: str
    event_id: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """{what, source, reason}: as the asker's own answer put it."""


class SourceOutRow(Table, table=True):
    """A source that an urgent enquiry lacks, from the first answer without it."""

    __tablename__ = "gateway_source_out"
    id: str = Field(primary_key=True)
    """Keyed hash of case and source."""
    since: str = Field(index=True)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """{case, source}."""
