"""Whom a record may be about, where the hub does not decide by itself.

Promise: only adds; the table is that of `services/index/schema.py` on the day of this revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "index_doubt",
        sa.Column("item", sa.String(32), primary_key=True),
        sa.Column("person", sa.String(32), sa.ForeignKey("index_person.id"), primary_key=True, index=True),
        sa.Column("other", sa.String(32), nullable=False, index=True),
        sa.Column("rule", sa.String(32), nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
    )
