"""Numbers that were taken for research and planning."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_counts",
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("month", "sources", "taken_on")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_gateway_counts")),
        sa.UniqueConstraint("month", "sources", name=op.f("uq_gateway_counts_month_sources")),
    )


def downgrade() -> None:
    op.drop_table("gateway_counts")
