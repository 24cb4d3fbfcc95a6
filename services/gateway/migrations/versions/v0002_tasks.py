"""Tasks, what each release leaves to be done, owners' decisions, and what was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
TABLES = ("asked", "owner_decision", "release_note", "task")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _sealed(name: str = "sealed") -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "gateway_task",
        *_text("id", "kind", "organisation", "inbox"),
        sa.Column("open_key", sa.LargeBinary(), nullable=True),
        *_text("raised_at", "due", "decided_at", "answer", "decided_by", "decided_as"),
        _sealed(),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_task")),
        sa.UniqueConstraint("open_key", name=op.f("uq_gateway_task_open_key")),
    )
    op.create_index("ix_gateway_task_inbox", "gateway_task", ["organisation", "inbox", "decided_at"])
    op.create_table(
        "gateway_release_note",
        *_text("id", "event_id"),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        _sealed(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_release_note")),
    )
    for name in ("event_id", "at", "done"):
        op.create_index(f"ix_gateway_release_note_{name}", "gateway_release_note", [name])
    op.create_table(
        "gateway_owner_decision",
        *_text("id"),
        _sealed("case_hash"),
        *_text("organisation", "outcome", "decided_by", "decided_at", "until"),
        _sealed(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_owner_decision")),
    )
    op.create_index("ix_gateway_owner_decision_case_hash", "gateway_owner_decision", ["case_hash"])
    op.create_table(
        "gateway_asked",
        *_text("id"),
        _sealed("case_hash"),
        *_text("task", "asked_by", "asked_at", "event_id"),
        _sealed(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_asked")),
    )
    for name in ("case_hash", "task"):
        op.create_index(f"ix_gateway_asked_{name}", "gateway_asked", [name])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"gateway_{table}")
