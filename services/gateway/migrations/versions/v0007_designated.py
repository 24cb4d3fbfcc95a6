"""The officer whom each organisation designated for people under witness protection."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_designated",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("organisation", "user", "since")),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_gateway_designated")),
    )


def downgrade() -> None:
    op.drop_table("gateway_designated")
