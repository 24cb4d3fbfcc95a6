"""`column among values`: one text of a statement for however many values, so that a database prepares it once.

Promise: it means what `IN` means; an empty list finds nothing; a list of any length is one parameter.
"""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, ColumnElement, Dialect, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import Text, TypeDecorator


class _List(TypeDecorator[Collection[Any]]):
    """One text: an array as PostgreSQL reads it, else JSON. (A driver takes longer to write an array than to send it.)"""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> str:
        if dialect.name != "postgresql":
            return orjson.dumps(list(value or ())).decode()
        return (
            "{" + ",".join([_quoted(one) if isinstance(one, str) else str(one) for one in value or ()]) + "}"
        )


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Among(FunctionElement[bool]):
    """A column, and the parameter that holds the list."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "_Among":  # noqa: ARG002 (its name is SQLAlchemy's)
        """Itself: it is a comparison already, and `IN (...) = 1`, as SQLite would be asked otherwise, uses no index."""
        return self


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, values = (compiler.process(one, **given) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (a column and a parameter)


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **given: Any) -> str:
    column, values = (compiler.process(one, **given) for one in element.clauses)
    kind = "BIGINT" if isinstance(next(iter(element.clauses)).type, BigInteger) else "VARCHAR"
    return f"{column} = ANY(CAST({values} AS {kind}[]))"


LIST = _List()
"""The type of a parameter that is a list, for one that is chosen among several."""


def among(column: ColumnElement[Any], values: str | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the column is one of the values that the parameter of this name (any collection) brings; or which of several."""
    if isinstance(values, str):
        values = bindparam(values, type_=LIST)
    return _Among(column, values)
