"""The checkpoint store on PostgreSQL: what `Checkpoints` does on SQLite, for gateways that do not share a disk.

Promise: as there. Every write is one statement that commits by itself: a client that is paused or dies in the middle
holds no lock that another would wait for. Rows are locked before they are compared, so that what was compared is what
is changed.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from services.contract.problems import BadSetting, LedgerUnavailable
from services.ledger.checkpoints import Head, Lease, Move, moved_on
from services.ledger.store.ports import StoreMoved
from services.ledger.tree import EMPTY_ROOT

_TABLES = """
CREATE TABLE IF NOT EXISTS ledger_head (origin TEXT PRIMARY KEY, size BIGINT NOT NULL, root BYTEA NOT NULL);
CREATE TABLE IF NOT EXISTS ledger_lease (
  hub TEXT PRIMARY KEY, holder TEXT NOT NULL, address TEXT NOT NULL, term BIGINT NOT NULL, beat BIGINT NOT NULL
)
"""
# Two gateways that start at once must not both make the tables (PostgreSQL: IF NOT EXISTS is not atomic).
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('mash ledger tables'))"
_SWAP = """
WITH fence AS (
  SELECT 1 FROM ledger_lease WHERE hub = :hub AND term = CAST(:term AS BIGINT) FOR SHARE
), move (origin, old_size, old_root, size, root) AS (
  VALUES {rows}
), same AS (
  SELECT head.origin FROM ledger_head AS head JOIN move USING (origin)
  WHERE head.size = move.old_size AND head.root = move.old_root
  ORDER BY head.origin FOR UPDATE OF head
)
UPDATE ledger_head AS head SET size = move.size, root = move.root FROM move
WHERE head.origin = move.origin AND (SELECT count(*) FROM same) = :count
  AND (CAST(:term AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM fence))
"""
_ROW = (
    "(CAST(:origin{n} AS TEXT), CAST(:old_size{n} AS BIGINT), CAST(:old_root{n} AS BYTEA), "
    "CAST(:size{n} AS BIGINT), CAST(:root{n} AS BYTEA))"
)
_WAIT_MS = 4000
"""No statement waits longer: for a lock, for an answer, or for a server that froze."""


class PostgresCheckpoints:
    """The tables `ledger_head` and `ledger_lease` in the database at `url`; one hub's rows of them."""

    def __init__(self, url: str, hub: str) -> None:
        self._hub = hub
        self.term: int | None = None
        try:
            address = make_url(url).set(drivername="postgresql+psycopg")
        except ArgumentError:
            raise BadSetting(
                "MASH_DATABASE: not a database address; use postgresql://USER@HOST/NAME"
            ) from None
        given = address.query.get("options", "")
        options = (
            f"{given} -c synchronous_commit=on -c statement_timeout={_WAIT_MS} -c lock_timeout={_WAIT_MS}"
        )
        self._engine = create_engine(
            address.set(query={name: value for name, value in address.query.items() if name != "options"}),
            connect_args={"connect_timeout": 3, "tcp_user_timeout": _WAIT_MS, "options": options.strip()},
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
        )
        self._made = False

    def heads(self) -> Mapping[str, Head]:
        """See `CheckpointStore`. Raises `LedgerUnavailable`."""
        sql = "SELECT origin, size, root FROM ledger_head WHERE starts_with(origin, :prefix)"
        return self._rows(sql, lambda row: (row[0], Head(row[1], bytes(row[2]))), prefix=f"{self._hub}/")

    def create(self, origin: str) -> None:
        """See `CheckpointStore`. Raises `LedgerUnavailable`."""
        sql = "INSERT INTO ledger_head VALUES (:origin, 0, :root) ON CONFLICT DO NOTHING"
        self._changed(sql, origin=origin, root=EMPTY_ROOT)

    def swap(self, moves: Sequence[Move]) -> None:
        """See `CheckpointStore`. A database that does not answer leaves in doubt what it did: `StoreMoved`, and whoever
        begins again reads what stands."""
        values: dict[str, Any] = {"hub": self._hub, "term": self.term, "count": len(moves)}
        for n, move in enumerate(moves):
            values |= {
                f"origin{n}": move.origin,
                f"old_size{n}": move.old.size,
                f"old_root{n}": move.old.root,
            }
            values |= {f"size{n}": move.new.size, f"root{n}": move.new.root}
        try:
            changed = self._run(_swap_of(len(moves)), values).rowcount
        except SQLAlchemyError as error:
            raise StoreMoved(
                f"the checkpoints could not be written ({type(error).__name__}); see to the database, and restart"
            ) from None
        if changed != len(moves):
            raise moved_on(moves)

    def lease(self) -> Lease | None:
        """See `CheckpointStore`."""
        sql = "SELECT hub, holder, address, term, beat FROM ledger_lease WHERE hub = :hub"
        return self._rows(sql, lambda row: (row[0], Lease(*row[1:])), hub=self._hub).get(self._hub)

    def take(self, seen: Lease | None, holder: str, address: str) -> int | None:
        """See `CheckpointStore`."""
        said = {"hub": self._hub, "holder": holder, "address": address}
        if seen is None:
            sql = "INSERT INTO ledger_lease VALUES (:hub, :holder, :address, 1, 0) ON CONFLICT DO NOTHING"
            return 1 if self._changed(sql, **said) else None
        sql = (
            "UPDATE ledger_lease SET holder = :holder, address = :address, term = term + 1, beat = 0 "
            "WHERE hub = :hub AND term = :was AND beat = :beat AND holder = :by"
        )
        taken = self._changed(sql, **said, was=seen.term, beat=seen.beat, by=seen.holder)
        return seen.term + 1 if taken else None

    def renew(self, term: int) -> bool:
        """See `CheckpointStore`."""
        sql = "UPDATE ledger_lease SET beat = beat + 1 WHERE hub = :hub AND term = :term"
        return self._changed(sql, hub=self._hub, term=term) == 1

    def give_back(self, term: int) -> None:
        """See `CheckpointStore`."""
        sql = (
            "UPDATE ledger_lease SET holder = '', address = '', term = term + 1, beat = 0 "
            "WHERE hub = :hub AND term = :term"
        )
        self._changed(sql, hub=self._hub, term=term)

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def _run(self, sql: TextClause, values: Mapping[str, Any]) -> CursorResult[Any]:
        with self._engine.connect() as connection:
            self._make(connection)
            return connection.execute(sql, values)

    def _make(self, connection: Connection) -> None:
        """At the first use, not at the start: a database that is away is waited for like any store."""
        if not self._made:
            with connection.execution_options(isolation_level="READ COMMITTED").begin():
                connection.execute(text(_ONE_AT_A_TIME))
                for statement in _TABLES.split(";"):
                    connection.execute(text(statement))
            connection.execution_options(isolation_level="AUTOCOMMIT")
            self._made = True

    def _changed(self, sql: str, **values: Any) -> int:
        try:
            return self._run(text(sql), values).rowcount
        except SQLAlchemyError as error:
            raise _away(error) from None

    def _rows(self, sql: str, made: Any, **values: Any) -> dict[str, Any]:
        try:
            with self._engine.connect() as connection:
                self._make(connection)
                return dict(made(row) for row in connection.execute(text(sql), values))
        except SQLAlchemyError as error:
            raise _away(error) from None


@cache
def _swap_of(count: int) -> TextClause:
    return text(_SWAP.format(rows=", ".join(_ROW.format(n=n) for n in range(count))))


def _away(error: SQLAlchemyError) -> LedgerUnavailable:
    return LedgerUnavailable(f"the checkpoints' database does not answer ({type(error).__name__})")
