"""Sources that an urgent enquiry lacks, since when."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_source_out",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_source_out")),
    )
    op.create_index("ix_gateway_source_out_since", "gateway_source_out", ["since"])


def downgrade() -> None:
    op.drop_table("gateway_source_out")
