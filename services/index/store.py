"""The database of the index: transactions, sealing, and the keyed hash under which an item is known.

Promise: a write transaction runs alone (so two loaders of one child make one person), commits whole or not at all, and
is durable on return; a database that fails becomes `IndexUnavailable`, with no statement and no value in the message.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, event, exc, text

from services.contract.canonical import b64u, emit, parse
from services.contract.problems import Conflict, IndexUnavailable
from services.index.marks import Marks, from_plain, marks_of
from services.index.matching.model import Model, shipped
from services.index.read import Summary
from services.index.read import from_plain as summary_from
from services.runtime.keys import Mac, Sealer

_WRITERS = 0x6D617368
"""PostgreSQL advisory lock held by every write transaction of the index."""
_WRITE = "index_write"
_VIEW: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""On PostgreSQL, said by the BEGIN itself: no statement of its own, and no round trip."""


def opaque() -> str:
    """A fresh id of 16 random bytes, base64url."""
    return b64u(secrets.token_bytes(16))


class Store:
    """Engine, sealer, keyed hash and the weights by which records are compared, which always go together."""

    def __init__(self, engine: Engine, sealer: Sealer, mac: Mac, trained: Model | None = None) -> None:
        self.engine = engine
        self.mac = mac
        self.trained = trained or shipped()
        self._sealer = sealer
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _sqlite_connect)
            event.listen(engine, "begin", _sqlite_begin)

    def beside(self, engine: Engine) -> "Store":
        """Another database with the same keys."""
        return Store(engine, self._sealer, self.mac, self.trained)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of what is committed. Raises `IndexUnavailable`."""
        with self._as_problem(), self.engine.connect() as plain:
            connection = plain.execution_options(**_VIEW) if plain.dialect.name == "postgresql" else plain
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, alone among writers; committed on a clean exit. Raises `IndexUnavailable`, `Conflict`."""
        with self._as_problem(), self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITERS})
                yield connection

    def item(self, source: str, resource_type: str, fhir_id: str) -> str:
        """The keyed hash under which a source's record is known, whatever its version."""
        return b64u(self.mac.of("item", source, resource_type, fhir_id)[:16])

    def version(self, source: str, name: str, resource: Mapping[str, Any]) -> str:
        """The keyed hash of what a live source answered under `name`: of its content, for nothing of it is stored."""
        return b64u(self.mac.of("version", source, name, emit(resource).decode())[:16])

    def seal(self, value: Any, place: str) -> bytes:
        """A JSON value sealed for one place, such as `record:<id>`."""
        return self._sealer.seal(emit(value), place)

    def unseal(self, sealed: bytes, place: str) -> Any:
        """What `seal` sealed for that place; decimals as `Lexical`."""
        return parse(self._sealer.open(sealed, place))

    def body(self, row: Any) -> Mapping[str, Any]:
        """The resource of a row of `index_record`."""
        resource: Mapping[str, Any] = self.unseal(row.body, f"record:{row.id}")
        return resource

    def seal_marks(self, record: str, marks: Marks) -> bytes:
        """The column `marks` of that row of `index_record`."""
        return self.seal(marks.plain(), f"marks:{record}")

    def marks(self, row: Any) -> Marks:
        """The marks of a row of `index_record` with its id, source and marks: those kept of it, else its body's."""
        if row.marks is None:
            return marks_of(self.body(row))
        return from_plain(self._words(row.marks, f"marks:{row.id}"))

    def seal_introduction(self, record: str, summary: Summary, marks: Marks) -> bytes:
        """The column `summary` of the row of `index_identity` whose version is `record`."""
        return self.seal({**summary.plain(), "marks": marks.plain()}, f"identity:{record}")

    def introduction(self, sealed: bytes, record: str) -> tuple[Summary, Marks | None]:
        """What `seal_introduction` sealed; no marks where it was sealed before they were kept."""
        said = self._words(sealed, f"identity:{record}")
        marks = said.get("marks")
        return summary_from(said), None if marks is None else from_plain(marks)

    def _words(self, sealed: bytes, place: str) -> Any:
        # The hub's own words and truth values, with no decimal among them to keep: read the fastest way.
        return orjson.loads(self._sealer.open(sealed, place))

    @contextmanager
    def _as_problem(self) -> Iterator[None]:
        # The message of a driver can hold a value, so nothing of it goes on: not as text, not as a cause.
        try:
            yield
        except exc.IntegrityError:
            raise Conflict("another publish changed the same record at the same moment") from None
        except (exc.DBAPIError, exc.TimeoutError, self.engine.dialect.loaded_dbapi.Error):
            raise IndexUnavailable("the index's database did not answer") from None


def _sqlite_connect(connection: Any, _: object) -> None:
    # The driver must not open transactions of its own: BEGIN is said below, IMMEDIATE for writers.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
