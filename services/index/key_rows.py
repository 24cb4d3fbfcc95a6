"""The rows of keys by which a record is found, by name (`LOOK_UP`) and by home (`HOME`): what it has, and giving it others.

Promise: after `replace` the record has these keys and no other; nothing here decides which are due.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Table, bindparam, delete, insert, select

from services.index.among import among
from services.index.people import People, in_parts
from services.index.prepared import Prepared
from services.index.schema import HOME, LOOK_UP

_NONE = {table: delete(table).where(table.c.item == bindparam("of")) for table in (LOOK_UP, HOME)}
_MORE = {table: insert(table) for table in (LOOK_UP, HOME)}
_FOUND_BY = Prepared(select(LOOK_UP.c.item, LOOK_UP.c.key).where(among(LOOK_UP.c.item, "items")))
"""Built once: SQLAlchemy takes longer to build a statement than the database to run it, and these run for every record."""


def found_by(people: People, items: Sequence[str]) -> dict[str, set[int]]:
    """item -> its keys in `LOOK_UP`; nothing of an item that has none."""
    found: dict[str, set[int]] = {}
    for some in in_parts(sorted(set(items))):
        for row in _FOUND_BY.rows(people.connection, {"items": some}):
            found.setdefault(row.item, set()).add(row.key)
    return found


def replace(people: People, table: Table, item: str, wanted: Collection[int]) -> None:
    """The rows of one item in a table of keys, exactly these."""
    people.connection.execute(_NONE[table], {"of": item})
    if wanted:
        people.connection.execute(_MORE[table], [{"key": key, "item": item} for key in sorted(wanted)])
