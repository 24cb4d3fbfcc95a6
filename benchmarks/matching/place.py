"""An index to be measured, on SQLite or on a real PostgreSQL, sealed as in production.

Promise: keys are made afresh, nothing is left unsealed, and a folder that holds a loaded index can be opened again.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.schema import CreateSchema

from services.contract.directory import Organisation, Source
from services.index.open import HASHED_BY, SEALED_BY, open_index
from services.index.store import Store
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.real import postgres
from tests.real.find import take

SQLITE, POSTGRES = "sqlite", "postgres"


@dataclass(frozen=True)
class Sources:
    """A book with the three agencies of the invented population."""

    sources: Mapping[str, Source] = field(
        default_factory=lambda: {
            id: Source(id, id, id, kind, "copy", retention_days=36_500)
            for id, kind in (("nhs", "gp"), ("council", "childrens-social-care"), ("hospice", "hospice"))
        }
    )
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lookback: Any = ({"code": "UP_TO_12M", "months": 12}, {"code": "OVER_5Y"})

    def current(self) -> "Sources":
        """Itself: it stands for a shelf, too."""
        return self


@dataclass(frozen=True, slots=True)
class Place:
    """Where one index stands."""

    store: Store
    book: Sources
    folder: Path
    database: str

    @property
    def kind(self) -> str:
        """sqlite or postgres."""
        return POSTGRES if self.database else SQLITE


def open_place(folder: Path, database: str = "") -> Place:
    """The index in `folder` (SQLite), or on `database`; empty where it is new."""
    settings = Settings(mode="demo", home=folder / "home", database=database)
    keys, book = KeyFolder(folder / "keys"), Sources()
    index = open_index(settings, keys, book)
    index.close()
    engine = create_engine(
        make_url(database).set(drivername="postgresql+psycopg")
        if database
        else f"sqlite:///{settings.home / 'index.db'}",
        hide_parameters=True,
    )
    return Place(Store(engine, keys.sealer(SEALED_BY), keys.mac(HASHED_BY)), book, folder, database)


class NoServer(Exception):
    """No PostgreSQL can be had here; says why."""


@contextmanager
def a_server(folder: Path) -> Iterator[str]:
    """The address of a real PostgreSQL, found as tests find it. Raises `NoServer`."""
    try:
        server = take("postgres", postgres.ways(folder))
    except pytest.skip.Exception as reason:
        raise NoServer(str(reason)) from None
    try:
        yield server.address
    finally:
        server.stop()


def a_schema(address: str) -> str:
    """The address of a schema of its own on that server."""
    schema = f"m{secrets.token_hex(6)}"
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(CreateSchema(schema))
    engine.dispose()
    return f"{address}{'&' if '?' in address else '?'}options=-csearch_path%3D{schema}"
