"""Look-up keys made anew for records that were published before the hub made the keys that it makes now.

Promise: a record is found afterwards as one published today, and nobody is linked, parted or shown by it; it may be ended at any
moment and begun again, and what is done is not done twice.

The newest are done first: whoever lacks keys came before those kinds of keys were made, so while the oldest lack theirs there is
something left to do, and once they have them there is not.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, func, select

from services.index import key_rows, keys, protect
from services.index.links import past_keys
from services.index.people import Known, People, in_parts
from services.index.ports import Shelf
from services.index.schema import HOME, IDENTITY, LOOK_UP
from services.index.store import Store

OLDEST = 20
"""Records looked at to tell whether any lacks keys."""
_BATCH = 200
"""Records of one transaction: publishing waits for it."""
Step = Callable[[int, int], None]
"""How many were looked at, of how many."""


def lacking(store: Store, shelf: Shelf) -> bool:
    """Whether records wait for `rekey`, by those that were received first."""
    with store.read() as connection:
        people = _people(store, shelf, connection)
        wanted = select(IDENTITY.c.item).order_by(IDENTITY.c.received, IDENTITY.c.item).limit(OLDEST)
        return bool(_without(people, connection.execute(wanted).scalars().all()))


def rekey(store: Store, shelf: Shelf, step: Step = lambda _, __: None) -> int:
    """Give every record the keys that it would be given today; how many lacked some. Raises `IndexUnavailable`."""
    with store.read() as connection:
        total = int(connection.execute(select(func.count()).select_from(IDENTITY)).scalar_one())
    seen, changed = 0, 0
    for items in _batches(store):
        with store.write() as connection:
            people = _people(store, shelf, connection)
            found = _without(people, items)
            if found:
                for known in people.of_items(found).values():
                    homes = keys.of_homes(store.mac, known.summary)
                    past_keys.keep(
                        people, known.item, homes | keys.of_record(store.mac, known.summary, placed=True)
                    )
                    key_rows.replace(people, HOME, known.item, homes)
                # Who shares a home, and so a protection, may be others by what homes are called now.
                protect.refresh_keys(_people(store, shelf, connection), found)
        seen, changed = seen + len(items), changed + len(found)
        step(seen, total)
    return changed


def _batches(store: Store) -> Iterator[Sequence[str]]:
    """Every record of introduction, the newest first; what comes meanwhile has its keys."""
    last: tuple[str, str] | None = None
    order = IDENTITY.c.received.desc(), IDENTITY.c.item.desc()
    while True:
        wanted = select(IDENTITY.c.received, IDENTITY.c.item).order_by(*order).limit(_BATCH)
        if last:
            older = IDENTITY.c.received < last[0]
            wanted = wanted.where(older | ((IDENTITY.c.received == last[0]) & (IDENTITY.c.item < last[1])))
        with store.read() as connection:
            rows = connection.execute(wanted).all()
        if not rows:
            return
        last = rows[-1].received, rows[-1].item
        yield [row.item for row in rows]


def _without(people: People, items: Sequence[str]) -> set[str]:
    """Those of these records whose keys are not the ones that they would be given today."""
    known = people.of_items(items)
    placed = _placed(people, list(known.values()))
    homes, look_up = _standing(people, HOME, items), _standing(people, LOOK_UP, items)
    mac = people.store.mac
    return {
        item
        for item, one in known.items()
        if homes[item] != keys.of_homes(mac, one.summary)
        or look_up[item] != keys.of_record(mac, one.summary, item in placed)
    }


def _placed(people: People, records: Sequence[Known]) -> set[str]:
    """Those that have keys of place: nobody's whom a protection holds for, or whose record is restricted."""
    held = protect.shared(people, {one.person for one in records}) if records else {}
    return {one.item for one in records if not held[one.person] and not one.summary.restricted}


def _standing(people: People, table: Table, items: Collection[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for some in in_parts(sorted(items)):
        for row in people.connection.execute(select(table).where(table.c.item.in_(some))):
            found[row.item].add(row.key)
    return found


def _people(store: Store, shelf: Shelf, connection: Connection) -> People:
    return People(connection, store, shelf.current(), datetime.now(UTC).date().isoformat())
