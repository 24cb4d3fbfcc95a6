"""The first tables: cases, members, evidence, confirmations, staff, clients, used assertions, sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
TABLES = (
    "protection_review",
    "used_assertion",
    "staff",
    "session",
    "client",
    "case_member",
    "case_evidence",
    "case_confirmed",
    "case_attempt",
    "case",
)


def upgrade() -> None:
    op.create_table(
        "gateway_case",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("rag", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_as", sa.String(), nullable=False),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.Column("closes_at", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(), nullable=False),
        sa.Column("lapsed_at", sa.String(), nullable=False),
        sa.Column("referenced_at", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_case")),
    )
    with op.batch_alter_table("gateway_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_case_opened_by"), ["opened_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_gateway_case_organisation"), ["organisation"], unique=False)

    op.create_table(
        "gateway_case_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_case_attempt")),
    )
    with op.batch_alter_table("gateway_case_attempt", schema=None) as batch_op:
        batch_op.create_index("ix_gateway_case_attempt_who", ["case", "user", "at"], unique=False)

    op.create_table(
        "gateway_case_confirmed",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", "person", name=op.f("pk_gateway_case_confirmed")),
    )
    op.create_table(
        "gateway_case_evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_as", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.Column("no_consent_reason", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_case_evidence")),
    )
    with op.batch_alter_table("gateway_case_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_case_evidence_case"), ["case"], unique=False)

    op.create_table(
        "gateway_case_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_case_member")),
    )
    with op.batch_alter_table("gateway_case_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_case_member_case"), ["case"], unique=False)
        batch_op.create_index("ix_gateway_case_member_who", ["organisation", "user", "team"], unique=False)

    op.create_table(
        "gateway_client",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("jwks", sa.JSON(), nullable=False),
        sa.Column("added", sa.String(), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_client")),
    )
    with op.batch_alter_table("gateway_client", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_client_organisation"), ["organisation"], unique=False)

    op.create_table(
        "gateway_session",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_session")),
    )
    with op.batch_alter_table("gateway_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_session_seen"), ["seen"], unique=False)

    op.create_table(
        "gateway_staff",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("sign_in", sa.LargeBinary(), nullable=True),
        sa.Column("partner_user", sa.LargeBinary(), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added", sa.String(), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_staff")),
        sa.UniqueConstraint(
            "partner_user", "organisation", name=op.f("uq_gateway_staff_partner_user_organisation")
        ),
        sa.UniqueConstraint("sign_in", "organisation", name=op.f("uq_gateway_staff_sign_in_organisation")),
    )
    with op.batch_alter_table("gateway_staff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_staff_organisation"), ["organisation"], unique=False)
        batch_op.create_index(batch_op.f("ix_gateway_staff_sign_in"), ["sign_in"], unique=False)

    op.create_table(
        "gateway_used_assertion",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_used_assertion")),
    )
    with op.batch_alter_table("gateway_used_assertion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gateway_used_assertion_until"), ["until"], unique=False)

    op.create_table(
        "gateway_protection_review",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("protection", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_protection_review")),
    )
    with op.batch_alter_table("gateway_protection_review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gateway_protection_review_protection"), ["protection"], unique=False
        )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"gateway_{table}")
