"""A statement of the hot path: put into the database's own words once, then handed to the driver as it is.

Promise: it finds just what SQLAlchemy's own way finds, within the same transaction. That way is taken where somebody listens
to the statements of an engine (a tracer, a test), so that none is hidden from them. SQLAlchemy takes three times as long over a
short statement as SQLite.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.sql.selectable import CompoundSelect

Statement = Select[Any] | CompoundSelect[Any]
_Change = Callable[[Any], Any]
_CURSOR = "prepared-cursor"


@dataclass(frozen=True, slots=True)
class _Words:
    """A statement in the words of one database."""

    text: str
    given: Mapping[str, Any]
    """Parameters that the statement brings itself."""
    changed: Sequence[tuple[str, _Change]]
    """Parameters that the driver takes in another form."""
    names: Sequence[str]
    """Parameters; in their order, and as often as they stand there, where the driver takes them by place."""
    placed: bool
    made: Callable[[Iterable[Any]], Any]
    """A row with its names; a column that has none of its own is known by its place alone."""
    read: Sequence[tuple[int, _Change]]
    """Columns that the driver brings in another form."""


class Prepared:
    """One statement. Parameters with a list of `IN` have another text for each length: `among` has one."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self._words: dict[str, _Words] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Every row, its columns by name. Errors are the driver's own (`Store` makes a problem of them)."""
        if not connection.in_transaction() or connection.engine.dispatch.before_cursor_execute:
            # Outside a transaction SQLAlchemy begins one, too.
            return list(connection.execute(self.statement, values))
        words = self._words.get(connection.dialect.name) or self._learn(connection.dialect)
        wanted = {**words.given, **values}
        for name, change in words.changed:
            wanted[name] = change(wanted[name])
        # Each is taken by its name, so that one left out is missed here.
        placed = [wanted[name] for name in words.names]
        given: Any = placed if words.placed else dict(zip(words.names, placed, strict=True))
        found = _cursor(connection).execute(words.text, given).fetchall()
        if words.read:
            found = [_read(row, words.read) for row in found]
        return list(map(words.made, found))

    def _learn(self, dialect: Dialect) -> _Words:
        compiled = self.statement.compile(dialect=dialect)
        if any(bind.expanding or bind.literal_execute for bind in compiled.bind_names):
            raise TypeError("a list of IN has another text for each length: say it with `among`")
        forms = (
            (name, bind.type.dialect_impl(dialect).bind_processor(dialect))
            for bind, name in compiled.bind_names.items()
        )
        columns = [*self.statement.selected_columns]
        back = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        row = namedtuple("row", [column.name for column in columns], rename=True)  # type: ignore[misc] # noqa: PYI024
        words = _Words(
            compiled.string,
            {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required},
            [(name, change) for name, change in forms if change],
            compiled.positiontup or [*compiled.bind_names.values()],
            compiled.positiontup is not None,
            row._make,
            [(at, change) for at, change in enumerate(back) if change],
        )
        self._words[dialect.name] = words
        return words


def _cursor(connection: Connection) -> Any:
    # Kept with the driver's connection: psycopg takes as long to make one as to run a statement with it.
    found = connection.info.get(_CURSOR)
    if found is None:
        driver: Any = connection.connection.driver_connection
        found = connection.info[_CURSOR] = driver.cursor()
    return found


def _read(row: Sequence[Any], columns: Sequence[tuple[int, _Change]]) -> list[Any]:
    changed = list(row)
    for at, change in columns:
        changed[at] = change(changed[at])
    return changed
