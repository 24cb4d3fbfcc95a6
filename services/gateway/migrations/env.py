"""How Alembic runs the gateway's migrations: on the connection that `store.opened.migrate` gives it."""

from alembic import context

from services.gateway.store.tables import METADATA

# Its own version table: the index may share the database.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="gateway_version",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
