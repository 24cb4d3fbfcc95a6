"""Exclusions: two records that are not one person's, on a named person's word, until a named person lifts it.

Promise: an exclusion in force binds the hub's own decision and every person's link alike; it is never deleted, and why it was
made is sealed.
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select, union_all, update

from services.contract.problems import Conflict, NotFound
from services.index.links import events
from services.index.links.edges import actor_of
from services.index.people import in_parts
from services.index.schema import EXCLUSION, IDENTITY
from services.index.store import Store, opaque

ALL, ADOPTION = "all", "adoption"
"""Scope: who may lift it. `adoption`: it keeps an identity of before an adoption from the one of after."""
FROM_THE_FIRST = 0


def of_one(name: str) -> tuple[tuple[ColumnElement[str], tuple[ColumnElement[bool], ...]], ...]:
    """(the other record, where) of every exclusion in force of the record that the parameter `name` brings, from each side."""
    sides = ((EXCLUSION.c.other, EXCLUSION.c.item), (EXCLUSION.c.item, EXCLUSION.c.other))
    return tuple((other, (one == bindparam(name), EXCLUSION.c.lifted == 0)) for other, one in sides)


_OF_ONE = union_all(*(select(other.label("other")).where(*where) for other, where in of_one("item")))

_ADOPTION_OF_ONE = union_all(
    *(
        select(other.label("other")).where(*where, EXCLUSION.c.scope == ADOPTION)
        for other, where in of_one("item")
    )
)


def excluded(connection: Connection, item: str, others: Collection[str]) -> AbstractSet[str]:
    """Which of `others` may not be of one person with `item`."""
    return set(connection.execute(_OF_ONE, {"item": item}).scalars()) & set(others)


def barred(connection: Connection, item: str, persons: Collection[str]) -> AbstractSet[str]:
    """Which of `persons` the record may not be of: one of their records is excluded from being of one person with it."""
    others = set(connection.execute(_OF_ONE, {"item": item}).scalars())
    found: set[str] = set()
    for some in in_parts(sorted(others)):
        found |= set(connection.execute(select(IDENTITY.c.person).where(IDENTITY.c.item.in_(some))).scalars())
    return found & set(persons)


def exclude(
    store: Store,
    connection: Connection,
    pair: tuple[str, str],
    at: str,
    *,
    by: str,
    reason: str,
    scope: str = ALL,
    from_the_first: bool = False,
) -> str:
    """Write one; its id, that of the one in force where there is one already. `from_the_first`: as if it always held."""
    item, other = sorted(pair)
    standing = select(EXCLUSION).where(
        EXCLUSION.c.item == item, EXCLUSION.c.other == other, EXCLUSION.c.lifted == 0
    )
    there = connection.execute(standing).first()
    if there is not None:
        # It only ever becomes stricter: from the first, and for fewer to lift.
        stricter: dict[str, Any] = {"event": FROM_THE_FIRST} if from_the_first else {}
        stricter |= {"scope": ADOPTION} if scope == ADOPTION else {}
        if stricter:
            connection.execute(update(EXCLUSION).where(EXCLUSION.c.id == there.id).values(**stricter))
        return str(there.id)
    id = opaque()
    seq = events.happened(connection, events.EXCLUDED, id, at)
    row = {
        "id": id,
        "item": item,
        "other": other,
        "scope": scope,
        "actor": actor_of(store, by),
        "at": at,
        "event": FROM_THE_FIRST if from_the_first else seq,
        "lifted": 0,
        "reason": store.seal({"by": by, "reason": reason}, f"exclusion:{id}"),
    }
    connection.execute(insert(EXCLUSION).values(**row))
    return id


def lift(
    store: Store, connection: Connection, id: str, at: str, *, by: str, reason: str, scope: str = ALL
) -> None:
    """Lift one; a second time changes nothing. What it kept apart stays apart until somebody links it or it changes.

    `scope`: of whoever lifts it; one of an adoption is lifted by adoption workers alone. Raises `NotFound`, `Conflict`.
    """
    row = connection.execute(select(EXCLUSION).where(EXCLUSION.c.id == id)).first()
    if row is None:
        raise NotFound("no such exclusion")
    if row.lifted:
        return
    if row.scope == ADOPTION and scope != ADOPTION:
        raise Conflict("what an adoption keeps apart is not this person's to lift")
    seq = events.happened(connection, events.LIFTED, id, at)
    sealed = store.seal({"by": by, "reason": reason}, f"exclusion-lifted:{id}")
    connection.execute(update(EXCLUSION).where(EXCLUSION.c.id == id).values(lifted=seq, lifted_by=sealed))


def of_adoption(connection: Connection, item: str, others: Collection[str]) -> AbstractSet[str]:
    """Which of `others` an exclusion of scope `adoption` keeps apart from `item`: adoption workers alone may lift it."""
    return set(connection.execute(_ADOPTION_OF_ONE, {"item": item}).scalars()) & set(others)


def between(connection: Connection, some: Collection[str], others: Collection[str]) -> list[dict[str, Any]]:
    """Every exclusion in force between one of `some` and one of `others`."""
    here, there = set(some), set(others)
    return [
        row
        for row in of_items(connection, here)
        if not row["lifted"]
        and (
            (row["item"] in here and row["other"] in there) or (row["other"] in here and row["item"] in there)
        )
    ]


def of_items(connection: Connection, items: Collection[str]) -> list[dict[str, Any]]:
    """Every exclusion that names one of these records, lifted ones too, in the order in which they were made."""
    found: dict[str, dict[str, Any]] = {}
    for some in in_parts(sorted(set(items))):
        named = or_(EXCLUSION.c.item.in_(some), EXCLUSION.c.other.in_(some))
        rows = connection.execute(select(EXCLUSION).where(named)).mappings()
        found |= {row["id"]: dict(row) for row in rows}
    return sorted(found.values(), key=lambda row: (row["event"], row["at"], row["id"]))
