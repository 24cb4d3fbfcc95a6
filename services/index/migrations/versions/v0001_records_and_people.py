"""Records and outbox; people, links, look-up keys and homes; protections.

Promise: only adds; the tables are those of `services/index/schema.py` on the day of this revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None

_ID, _KEYED = sa.String(32), sa.BigInteger()


def upgrade() -> None:
    """Make the tables."""
    _publishing()
    _people()
    _keyed("index_look_up")
    _keyed("index_home")
    _protections()


def _publishing() -> None:
    op.create_table(
        "index_outbox",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("source", _ID, nullable=False),
        sa.Column("received", _ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("done", sa.Boolean, nullable=False, index=True),
        sa.Column("note", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "index_record",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("item", _ID, nullable=False),
        sa.Column("source", _ID, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("outbox", _ID, sa.ForeignKey("index_outbox.id"), nullable=False, index=True),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("received", _ID, nullable=False),
        sa.Column("about", _ID),
        sa.Column("confidentiality", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("item", "version"),
        sa.Index("index_record_about", "about", "state"),
    )


def _people() -> None:
    op.create_table(
        "index_person", sa.Column("id", _ID, primary_key=True), sa.Column("since", _ID, nullable=False)
    )
    op.create_table(
        "index_identity",
        sa.Column("item", _ID, primary_key=True),
        sa.Column("person", _ID, sa.ForeignKey("index_person.id"), nullable=False, index=True),
        sa.Column("record", _ID, sa.ForeignKey("index_record.id"), nullable=False),
        sa.Column("source", _ID, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("received", _ID, nullable=False),
        sa.Column("about", _ID, index=True),
        sa.Column("summary", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "index_link",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("item", _ID, nullable=False, index=True),
        sa.Column("person", _ID, sa.ForeignKey("index_person.id"), nullable=False, index=True),
        sa.Column("rule", _ID, nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("at", _ID, nullable=False),
    )
    op.create_table(
        "index_conflict",
        sa.Column("item", _ID, primary_key=True),
        sa.Column("other", _ID, primary_key=True),
        sa.Column("kind", _ID, nullable=False),
        sa.Column("at", _ID, nullable=False),
    )


def _keyed(name: str) -> None:
    op.create_table(
        name,
        sa.Column("key", _KEYED, primary_key=True, autoincrement=False),
        sa.Column("item", _ID, primary_key=True, index=True),
        sqlite_with_rowid=False,
    )


def _protections() -> None:
    op.create_table(
        "index_protection",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("item", _ID, nullable=False, index=True),
        sa.Column("origin", _ID, nullable=False, index=True),
        sa.Column("label", _ID, nullable=False),
        sa.Column("source", _ID, nullable=False),
        sa.Column("since", _ID, nullable=False),
        sa.Column("ended", _ID, nullable=False),
        sa.Column("ended_by", sa.LargeBinary),
    )
    op.create_table(
        "index_concern",
        sa.Column("protection", _ID, sa.ForeignKey("index_protection.id"), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("ref", sa.String(64), primary_key=True),
    )
