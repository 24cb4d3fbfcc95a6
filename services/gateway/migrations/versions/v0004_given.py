"""What was given of each holder's records, and when its holders were let know."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
TABLES = ("let_go", "given")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "gateway_given",
        *_text("id", "event_id", "at"),
        _bytes("case_key"),
        *_text("purpose", "organisation", "role", "holder", "held_back", "let_go_at"),
        _bytes("sealed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_given")),
    )
    op.create_index("ix_gateway_given_holder", "gateway_given", ["holder", "at"])
    op.create_index("ix_gateway_given_asking", "gateway_given", ["organisation", "held_back"])
    op.create_index("ix_gateway_given_case_key", "gateway_given", ["case_key"])
    op.create_table(
        "gateway_let_go",
        *_text("id"),
        _bytes("case_key"),
        *_text("organisation", "by", "role", "at"),
        _bytes("sealed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_let_go")),
    )
    op.create_index("ix_gateway_let_go_case_key", "gateway_let_go", ["case_key"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"gateway_{table}")
