"""Doubts about identity: tasks, the pairs of records they are about, and what reviewers said.

Promise: only adds; the tables are those of `services/index/schema.py` on the day of this revision.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"

_ID, _WORD = sa.String(32), sa.String(16)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "index_review",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("item", _ID, nullable=False, index=True),
        sa.Column("queue", _WORD, nullable=False),
        sa.Column("since", _ID, nullable=False),
        sa.Column("state", _WORD, nullable=False, index=True),
        sa.Column("open_key", sa.String(64), unique=True),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("chosen", _ID, nullable=False),
        sa.Column("closed", _ID, nullable=False, index=True),
        sa.Column("effect", _ID, nullable=False),
    )
    op.create_table(
        "index_review_pair",
        sa.Column("review", _ID, sa.ForeignKey("index_review.id"), primary_key=True),
        sa.Column("other", _ID, primary_key=True, index=True),
        sa.Column("kind", _ID, nullable=False),
        sa.Column("digest", _ID, nullable=False),
        sa.Column("evidence", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "index_review_answer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("review", _ID, sa.ForeignKey("index_review.id"), nullable=False, index=True),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("by", _ID, nullable=False),
        sa.Column("answer", _WORD, nullable=False),
        sa.Column("chosen", _ID, nullable=False),
        sa.Column("at", _ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("review", "round", "by"),
    )
