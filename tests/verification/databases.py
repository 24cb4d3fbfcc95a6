"""A database of a test's own, on either kind."""

import secrets

import pytest
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateSchema


def database_of(request: pytest.FixtureRequest, kind: str) -> str:
    """The address of an empty database: none (the folder's own SQLite), or a new schema of the module's PostgreSQL."""
    if kind != "postgres":
        return ""
    dsn = str(request.getfixturevalue("postgres_dsn"))
    schema = f"t{secrets.token_hex(6)}"
    engine = create_engine(dsn)
    with engine.begin() as connection:
        connection.execute(CreateSchema(schema))
    engine.dispose()
    return f"{dsn}{'&' if '?' in dsn else '?'}options=-csearch_path%3D{schema}"
