"""The gateway's database, opened: SQLite under MASH_HOME or PostgreSQL, brought to the newest migration.

Promise: what is sealed opens only in its own row (its place is bound to it); a database that does not
answer is the constant 503, and its own words, which may quote a value, go no further than here.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session

from services.contract.canonical import emit
from services.contract.problems import BadSetting, Unavailable
from services.runtime.keys import KeyFolder, Sealer
from services.runtime.settings import Settings

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_PATIENCE = 10
"""Seconds that a writer waits for SQLite's one turn, as in the index. SQLite keeps no queue: among a dozen writers on a busy
machine one may be passed over for more than five seconds, and its question was answered 503."""


class StoreUnavailable(Unavailable):
    """The gateway's database did not answer."""

    kind = "store-unavailable"


class Store:
    """Sessions on the database, and sealing of what stands in it."""

    def __init__(self, engine: Engine, sealer: Sealer) -> None:
        self.engine = engine
        self._sealer = sealer

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end, undone by an exception. `IntegrityError` passes through."""
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except IntegrityError:
            raise
        except SQLAlchemyError:
            raise StoreUnavailable from None

    def seal(self, value: Any, place: str) -> bytes:
        """A JSON value sealed for `place`, such as `case:<id>`."""
        return self._sealer.seal(emit(value), place)

    def open(self, sealed: bytes, place: str) -> Any:
        """The value again. Raises `CannotOpen` under another place or key."""
        return json.loads(self._sealer.open(sealed, place))

    def answers(self) -> bool:
        """Whether the database answers now."""
        try:
            with self.engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def open_store(settings: Settings, keys: KeyFolder) -> Store:
    """The store, migrated. Raises `BadSetting` where the database cannot be reached or written."""
    url = settings.database or f"sqlite:///{settings.home / 'gateway.db'}"
    engine = _engine(url)
    try:
        migrate(engine)
    except SQLAlchemyError as error:
        raise BadSetting(f"MASH_DATABASE: the database cannot be used ({type(error).__name__})") from None
    return Store(engine, keys.sealer("gateway"))


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest migration; at once where it stands there already."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    # A statement's values never reach a message of the driver (hide_parameters).
    if make_url(url).get_backend_name() != "sqlite":
        name = make_url(url)
        plain = name.drivername == "postgresql"
        return create_engine(
            name.set(drivername="postgresql+psycopg") if plain else name,
            hide_parameters=True,
            pool_pre_ping=True,
        )
    waiting = {"timeout": _PATIENCE, "check_same_thread": False}
    engine = create_engine(url, hide_parameters=True, connect_args=waiting)

    @event.listens_for(engine, "connect")
    def _durable(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
