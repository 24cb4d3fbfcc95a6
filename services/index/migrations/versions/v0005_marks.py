"""The marks of a record, kept beside it.

Promise: only adds; what was stored before has none, and is opened where they are asked for.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"


def upgrade() -> None:
    """Make the column."""
    op.add_column("index_record", sa.Column("marks", sa.LargeBinary))
