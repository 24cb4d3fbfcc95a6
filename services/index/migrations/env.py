"""Runs the migrations of the index on the connection it is handed.

Promise: one linear history for SQLite and PostgreSQL, in a version table of its own, so that the index may share a
database with another service.
"""

from alembic import context

from services.index.schema import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()
