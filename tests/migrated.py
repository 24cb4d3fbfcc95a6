"""Empty databases as the migrations leave them, made once in a process and laid into each test's own folder.

A new hub runs every migration of gateway and index; hundreds of tests begin with a new hub. What they get here is what those
very migrations made: the newest revision, no row, no key. That a hub makes its databases from nothing, those tests keep that
start it in a process of its own: tests/hub/test_demo.py, tests/verification/test_hub_killed.py.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine

from services.gateway.store.opened import open_store
from services.index.open import migrate
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings


@cache
def gateway_database() -> bytes:
    """The file `gateway.db` of a new home."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        open_store(Settings(mode="demo", home=home), KeyFolder(home / "keys")).close()
        return (home / "gateway.db").read_bytes()


@cache
def index_database() -> bytes:
    """The file `index.db` of a new home."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "index.db"
        engine = create_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            migrate(connection)
        engine.dispose()
        return file.read_bytes()


_MADE = {"gateway.db": gateway_database, "index.db": index_database}


def lay_databases(home: Path, *names: str) -> None:
    """Those of these names, all where none is named, into a home that has none yet; what is there is left as it is."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in names or _MADE:
        if not (home / name).exists():
            (home / name).write_bytes(_MADE[name]())
