"""The tables of the index.

Promise: a readable column holds an opaque id, a keyed hash, a code or a date of receipt; whatever a source said of a
person (names, numbers, addresses, record bodies, FHIR ids) stands in a sealed column or not at all.
"""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

UNSEEN, CURRENT, PAST = 0, 1, 2
"""State of a version: stored but not yet in the ledger; the one in force; replaced by a later one."""


class _Table(SQLModel, registry=registry()):
    """Tables of the index only, so that another service's models never enter its migrations."""


class Outbox(_Table, table=True):
    """One publish. `note` (sealed): client, what was stored, findings."""

    __tablename__ = "index_outbox"
    id: str = Field(primary_key=True, max_length=32)
    event_id: str = Field(max_length=32)
    source: str = Field(max_length=32)
    received: str = Field(max_length=32)
    digest: str = Field(max_length=64)
    done: bool = Field(index=True)
    note: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Record(_Table, table=True):
    """One version of one record of one source. Never changed but in `state`, never deleted by a publish."""

    __tablename__ = "index_record"
    __table_args__ = (UniqueConstraint("item", "version"), Index("index_record_about", "about", "state"))
    id: str = Field(primary_key=True, max_length=32)
    item: str = Field(max_length=32)
    """Keyed hash of (source, type, FHIR id): the same for every version."""
    source: str = Field(max_length=32)
    type: str = Field(max_length=64)
    version: int
    outbox: str = Field(foreign_key="index_outbox.id", max_length=32, index=True)
    state: int
    received: str = Field(max_length=32)
    about: str | None = Field(max_length=32)
    """The item of the Patient whom it is about; None for an organisation, a practitioner, a place."""
    confidentiality: int
    """Rank of v3-Confidentiality."""
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    marks: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Sealed: by what labels and an adoption are read of it without its body; None for what was stored before they were kept."""


class Person(_Table, table=True):
    """A person: an id and nothing else; everything shown is computed from linked records."""

    __tablename__ = "index_person"
    id: str = Field(primary_key=True, max_length=32)
    since: str = Field(max_length=32)


class Identity(_Table, table=True):
    """A record that introduces a person (Patient, RelatedPerson): its current version and its latest link."""

    __tablename__ = "index_identity"
    item: str = Field(primary_key=True, max_length=32)
    person: str = Field(foreign_key="index_person.id", max_length=32, index=True)
    record: str = Field(foreign_key="index_record.id", max_length=32)
    source: str = Field(max_length=32)
    type: str = Field(max_length=64)
    received: str = Field(max_length=32)
    about: str | None = Field(max_length=32, index=True)
    summary: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Link(_Table, table=True):
    """An append-only edge: this record speaks of this person, by this rule. The latest edge of an item holds."""

    __tablename__ = "index_link"
    id: int | None = Field(default=None, primary_key=True)
    item: str = Field(max_length=32, index=True)
    person: str = Field(foreign_key="index_person.id", max_length=32, index=True)
    rule: str = Field(max_length=32)
    actor: str = Field(max_length=64)
    """`hub`, or the keyed hash of the person who did it."""
    at: str = Field(max_length=32)
    status: str = Field(default="automatic", max_length=16)
    """automatic | manual | withdrawn."""
    event: int = Field(default=0)
    """The event at which it takes effect."""
    again: int = Field(default=0)
    """The event that decided again, where this edge came of that; it takes the place of every earlier one."""
    other: str = Field(default="", max_length=32)
    """The record with which it was joined; empty for a person of its own."""
    weight: float | None = Field(default=None)
    model: str = Field(default="", max_length=64)
    """Digest of the model that gave the weight."""
    evidence: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    reason: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    """Sealed: who did it, and why in their words."""


class Conflict(_Table, table=True):
    """Two records that claim one NHS number for two dates of birth: kept for review, never linked."""

    __tablename__ = "index_conflict"
    item: str = Field(primary_key=True, max_length=32)
    other: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=32)
    at: str = Field(max_length=32)


def _keyed(name: str) -> Table:
    """A table of keyed hashes to items, clustered on the hash."""
    return Table(
        name,
        _Table.metadata,
        Column("key", BigInteger, primary_key=True, autoincrement=False),
        Column("item", Identity.__table__.c.item.type, primary_key=True, index=True),  # type: ignore[attr-defined]
        sqlite_with_rowid=False,
    )


class Protection(_Table, table=True):
    """A label that binds a person, from the day it was first published until a named person's review ends it."""

    __tablename__ = "index_protection"
    id: str = Field(primary_key=True, max_length=32)
    item: str = Field(max_length=32, index=True)
    """The Patient or RelatedPerson record through which it binds the person."""
    origin: str = Field(max_length=32, index=True)
    """The item of the Flag or labelled record."""
    label: str = Field(max_length=32)
    source: str = Field(max_length=32)
    since: str = Field(max_length=32)
    ended: str = Field(default="", max_length=32)
    ended_by: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class Concern(_Table, table=True):
    """Whom a protection keeps the person safe from. `kind`: item, number, organisation; nobody where none was named."""

    __tablename__ = "index_concern"
    protection: str = Field(foreign_key="index_protection.id", primary_key=True, max_length=32)
    kind: str = Field(primary_key=True, max_length=16)
    ref: str = Field(primary_key=True, max_length=64)


class Doubt(_Table, table=True):
    """Somebody whom a record may be about, for a person to decide: the doubts of its newest version, no others."""

    __tablename__ = "index_doubt"
    item: str = Field(primary_key=True, max_length=32)
    person: str = Field(foreign_key="index_person.id", primary_key=True, max_length=32, index=True)
    other: str = Field(max_length=32, index=True)
    """The item of theirs that fits best."""
    rule: str = Field(max_length=32)
    restricted: bool
    """It touches an adopted, gender-recognised or protected identity: never in a general queue, page or report."""
    at: str = Field(max_length=32)
    evidence: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """Sealed: weight, prior and evidence, those of place left out where `restricted`."""


class Event(_Table, table=True):
    """The order in which things came to the index: what was published, and what people did to links and protections."""

    __tablename__ = "index_event"
    seq: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=16)
    ref: str = Field(max_length=32, index=True)
    """Id of the outbox row, protection, exclusion or record that it is about."""
    at: str = Field(max_length=32)


class Exclusion(_Table, table=True):
    """Two records that are not one person's, on a person's word, until a named person lifts it."""

    __tablename__ = "index_exclusion"
    id: str = Field(primary_key=True, max_length=32)
    item: str = Field(max_length=32, index=True)
    other: str = Field(max_length=32, index=True)
    scope: str = Field(max_length=16)
    """all | adoption: who may lift it."""
    actor: str = Field(max_length=64)
    at: str = Field(max_length=32)
    event: int
    """In force from this event on; 0: from the first, as an un-link has it."""
    lifted: int = Field(default=0)
    """The event that lifted it."""
    reason: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    lifted_by: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class Review(_Table, table=True):
    """A doubt of one record against others, for people to decide. Closed, never deleted."""

    __tablename__ = "index_review"
    id: str = Field(primary_key=True, max_length=32)
    item: str = Field(max_length=32, index=True)
    queue: str = Field(max_length=16)
    since: str = Field(max_length=32)
    state: str = Field(max_length=16, index=True)
    open_key: str | None = Field(default=None, max_length=64, unique=True)
    """Keyed hash of record and queue while it is open: a record has one open task in a queue."""
    round: int
    """Answers count within one round: a new one begins when two differ, or when what is in doubt changed."""
    outcome: str = Field(default="", max_length=16)
    chosen: str = Field(default="", max_length=32)
    """The item that was said to be the same person's."""
    closed: str = Field(default="", max_length=32, index=True)
    effect: str = Field(default="", max_length=32)
    """What the decision did, as `review/effects.py` names it: by it the decision is undone."""


class ReviewPair(_Table, table=True):
    """One record that the record in doubt may be the same person as. `evidence` (sealed): the verdict of matching."""

    __tablename__ = "index_review_pair"
    review: str = Field(foreign_key="index_review.id", primary_key=True, max_length=32)
    other: str = Field(primary_key=True, max_length=32, index=True)
    kind: str = Field(max_length=32)
    digest: str = Field(max_length=32)
    evidence: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class ReviewAnswer(_Table, table=True):
    """What one reviewer said in one round. `sealed`: who, in which role, and why."""

    __tablename__ = "index_review_answer"
    __table_args__ = (UniqueConstraint("review", "round", "by"),)
    id: int | None = Field(default=None, primary_key=True)
    review: str = Field(foreign_key="index_review.id", max_length=32, index=True)
    round: int
    by: str = Field(max_length=32)
    """Keyed hash of the reviewer."""
    answer: str = Field(max_length=16)
    chosen: str = Field(max_length=32)
    at: str = Field(max_length=32)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


METADATA = _Table.metadata
VERSION_TABLE = "index_revision"
"""Alembic's own, apart, so that the index may share a database with another service."""
LOOK_UP = _keyed("index_look_up")
"""Keyed hash of something that a question may say -> items. No location for protected people."""
HOME = _keyed("index_home")
"""Keyed hash of a current or former home -> items; read for households and protections only, never by a question."""
PAST_KEY = _keyed("index_past_key")
"""Keys that a record had once and has no more; read only to know whose decision may have depended on whose."""
OUTBOX = METADATA.tables["index_outbox"]
RECORD = METADATA.tables["index_record"]
PERSON = METADATA.tables["index_person"]
IDENTITY = METADATA.tables["index_identity"]
LINK = METADATA.tables["index_link"]
CONFLICT = METADATA.tables["index_conflict"]
PROTECTION = METADATA.tables["index_protection"]
CONCERN = METADATA.tables["index_concern"]
DOUBT = METADATA.tables["index_doubt"]
EVENT = METADATA.tables["index_event"]
EXCLUSION = METADATA.tables["index_exclusion"]
REVIEW = METADATA.tables["index_review"]
REVIEW_PAIR = METADATA.tables["index_review_pair"]
REVIEW_ANSWER = METADATA.tables["index_review_answer"]
"""The same tables for Core rows on the hot path."""
