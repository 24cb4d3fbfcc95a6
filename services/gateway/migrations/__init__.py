"""Alembic migrations of the gateway's tables: one line of history, the same on SQLite and PostgreSQL."""
