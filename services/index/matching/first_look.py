"""What is read first of a record that is published, by one statement: all that binds it, and every record of the people who have
one of its keys.

Promise: a record known to be protected looks for nobody by place. The statement itself decides by which keys it looks, so that
nobody is found before that is known; it is the same statement, and as many rows are looked for, whoever the record is of.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, literal_column, select, union_all

from services.index.among import LIST, among
from services.index.links import exclusions
from services.index.matching import blocking
from services.index.people import People
from services.index.prepared import Prepared
from services.index.read import Summary
from services.index.schema import CURRENT, IDENTITY, LOOK_UP, PROTECTION, RECORD

VERSION, PERSON, NOTED, EXCLUDED, ALIKE = "version", "person", "noted", "excluded", "alike"
MET = 2_000
"""Rows of keys that are read at once; where there are more, candidates.py looks at each key alone."""
_NOTHING: ColumnElement[Any] = literal_column("NULL")


def _kind(word: str) -> ColumnElement[str]:
    return literal_column(f"'{word}'").label("kind")


def _words(kind: str, word: ColumnElement[Any]) -> Select[Any]:
    """One word of a kind, with nothing in the other columns."""
    return select(_kind(kind), word, *[_NOTHING] * (len(IDENTITY.c) - 1), _NOTHING)


_IS_NOTED = exists().where(PROTECTION.c.item == bindparam("item"), PROTECTION.c.ended == "")
_KEYS = case((_IS_NOTED, bindparam("bare", type_=LIST)), else_=bindparam("keys", type_=LIST))
_MET = (
    select(LOOK_UP.c.item)
    .where(among(LOOK_UP.c.key, _KEYS), LOOK_UP.c.item != bindparam("item"))
    .limit(MET + 1)
    .cte("met")
)
_OTHER = IDENTITY.alias()
_LOOK = Prepared(union_all(
    # First, because the first names the columns and gives them their types. Each row says how many rows of keys were met.
    select(_kind(ALIKE), IDENTITY, select(func.count()).select_from(_MET).scalar_subquery().label("met")).where(
        IDENTITY.c.person.in_(select(_OTHER.c.person).where(_OTHER.c.item.in_(select(_MET.c.item))))),
    select(_kind(VERSION), RECORD.c.source, _NOTHING, RECORD.c.id, _NOTHING, RECORD.c.type, _NOTHING, _NOTHING,
           RECORD.c.marks, _NOTHING).where(RECORD.c.item == bindparam("item"), RECORD.c.state == CURRENT),
    _words(PERSON, IDENTITY.c.person).where(IDENTITY.c.item == bindparam("item")),
    _words(NOTED, PROTECTION.c.label).where(PROTECTION.c.item == bindparam("item"), PROTECTION.c.ended == ""),
    *(_words(EXCLUDED, other).where(*where) for other, where in exclusions.of_one("item")),
))  # fmt: skip


class Bound(NamedTuple):
    """What binds the record: its version in force (source, type, id, marks), its person, a label that binds the person, or a
    record with which it may not be of one person."""

    kind: str
    word: str
    type: str | None
    id: str | None
    marks: bytes | None


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What was read. `alike`: rows of `index_identity`, with `met`; `keys`: by which they were found."""

    bound: Sequence[Bound]
    alike: Sequence[Any]
    keys: AbstractSet[int]

    @property
    def person(self) -> str:
        """Of whom the record speaks now; empty for one that introduces nobody yet."""
        return next((one.word for one in self.bound if one.kind == PERSON), "")


def look(people: People, item: str, summary: Summary) -> FirstLook:
    """Of the record `item`, which says `summary`; a date of birth still to come is left out of it beforehand."""
    bare, keys = blocking.of_search(people.store.mac, summary)
    if summary.restricted:
        keys = bare
    rows = _LOOK.rows(people.connection, {"item": item, "bare": bare, "keys": keys})
    bound = [
        Bound(row.kind, row.item, row.type, row.record, row.summary) for row in rows if row.kind != ALIKE
    ]
    noted = any(one.kind == NOTED for one in bound)
    return FirstLook(bound, [row for row in rows if row.kind == ALIKE], bare if noted else keys)
