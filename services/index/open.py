"""Opens the index: its database, brought up to date, with its keys.

Promise: the database is at the newest migration before anything is read or written; two processes that start together
migrate once; SQLite is durable at each commit.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from services.contract.problems import BadSetting
from services.index.index import Index
from services.index.matching.model import in_force
from services.index.ports import Gate, Shelf
from services.index.sources.live import LiveSources
from services.index.store import Store
from services.runtime import fhir
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
SEALED_BY, HASHED_BY = "index", "index-look-up"
"""Names in the key folder. The second never rotates: look-ups would go blind."""


def open_index(settings: Settings, keys: KeyFolder, shelf: Shelf, gate: Gate = fhir.faults) -> Index:
    """The index on `settings.database`, or SQLite at MASH_HOME/index.db. Raises `BadSetting`, `IndexUnavailable`."""
    trained = in_force(settings.index_model)
    store = Store(_engine(settings), keys.sealer(SEALED_BY), keys.mac(HASHED_BY), trained)
    with store.write() as connection:
        migrate(connection)
    return Index(store, shelf, LiveSources(gate))


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to `revision`, inside the transaction of `connection`."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, revision)


def _engine(settings: Settings) -> Engine:
    if not settings.database:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Parameters never reach a log or an error: they are hashes and sealed bytes, but a habit is a habit.
        return create_engine(f"sqlite:///{settings.home / 'index.db'}", hide_parameters=True)
    try:
        url = make_url(settings.database)
    except ArgumentError:
        raise BadSetting("MASH_DATABASE: not a database address; use postgresql://USER@HOST/NAME") from None
    if url.get_backend_name() != "postgresql":
        raise BadSetting("MASH_DATABASE: only PostgreSQL; leave it empty for the embedded SQLite")
    return create_engine(url.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_pre_ping=True)
