"""What a link rests on, the order in which things came, exclusions, and keys that a record has no more.

Promise: only adds. Links of before count as automatic; publishes of before are put in the order of their receipt, the
nearest that is known of it; keys that were dropped before this revision are not known.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"

_ID = sa.String(32)


def upgrade() -> None:
    """Make and widen the tables."""
    _links()
    _events()
    _exclusions()
    op.create_table(
        "index_past_key",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("item", _ID, primary_key=True, index=True),
        sqlite_with_rowid=False,
    )


def _links() -> None:
    for column in (
        sa.Column("status", sa.String(16), nullable=False, server_default="automatic"),
        sa.Column("event", sa.Integer, nullable=False, server_default="0"),
        sa.Column("again", sa.Integer, nullable=False, server_default="0"),
        sa.Column("other", _ID, nullable=False, server_default=""),
        sa.Column("weight", sa.Float),
        sa.Column("model", sa.String(64), nullable=False, server_default=""),
        sa.Column("evidence", sa.LargeBinary),
        sa.Column("reason", sa.LargeBinary),
    ):
        op.add_column("index_link", column)


def _events() -> None:
    op.create_table(
        "index_event",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ref", _ID, nullable=False, index=True),
        sa.Column("at", _ID, nullable=False),
    )
    op.execute(
        "INSERT INTO index_event (kind, ref, at) "
        "SELECT 'publish', id, received FROM index_outbox WHERE done ORDER BY received, id"
    )


def _exclusions() -> None:
    op.create_table(
        "index_exclusion",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("item", _ID, nullable=False, index=True),
        sa.Column("other", _ID, nullable=False, index=True),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("at", _ID, nullable=False),
        sa.Column("event", sa.Integer, nullable=False),
        sa.Column("lifted", sa.Integer, nullable=False, server_default="0"),
        sa.Column("reason", sa.LargeBinary, nullable=False),
        sa.Column("lifted_by", sa.LargeBinary),
    )
