"""Second transaction of a publish, after its entry: the versions become current, and the index answers by them.

Promise: all of it or nothing, once however often it is called; a version never takes the place of a later one.

Steps, in this order, in one transaction: 1 the outbox row; 2 versions current, the ones before them past;
3 protections; 4 links, homes and look-up keys without a place; 5 keys of place, for whoever is not protected;
6 what is left to people to decide; 7 the outbox row is done.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, func, insert, literal_column, select, update

from services.contract.problems import NotFound
from services.index import key_rows, keys, labels, link, protect
from services.index.links import events, past_keys
from services.index.marks import marks_of
from services.index.matching import doubts
from services.index.people import People
from services.index.ports import Book
from services.index.prepared import Prepared
from services.index.read import INTRODUCE, Summary, summarise
from services.index.review import keep
from services.index.schema import CURRENT, HOME, IDENTITY, LOOK_UP, OUTBOX, PAST, RECORD
from services.index.store import Store

_LATEST = Prepared(
    select(func.max(RECORD.c.version).label("latest")).where(
        RECORD.c.item == bindparam("of"),
        RECORD.c.state.in_((literal_column(str(CURRENT)), literal_column(str(PAST)))),
    )
)
_PASS = update(RECORD).where(RECORD.c.item == bindparam("of"), RECORD.c.state == CURRENT).values(state=PAST)
_BECOME = update(RECORD).where(RECORD.c.id == bindparam("which")).values(state=bindparam("now"))
"""Built once: SQLAlchemy takes longer to build a statement than the database to run it, and these run for every record."""
Choose = Callable[[People, str, Summary], link.Edge]
"""Of whom the record of an item speaks, now that it says this."""


def make_visible(store: Store, book: Book, outbox: str) -> None:
    """Make what `outbox` stored current. Raises `NotFound` for an outbox row that never was."""
    with store.write() as connection:
        row = connection.execute(select(OUTBOX).where(OUTBOX.c.id == outbox)).first()  # 1
        if row is None:
            raise NotFound("no such publish")
        if row.done:
            return
        people = People(connection, store, book, row.received[:10])
        people.event = events.happened(connection, events.PUBLISH, outbox, row.received)
        decided, touched = arrive(people, outbox)
        keep.after(people, touched, row.received, decided)  # 6
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == outbox).values(done=True))  # 7


def arrive(people: People, outbox: str, choose: Choose = link.choose) -> tuple[set[str], set[str]]:
    """Steps 2 to 5; the items that were decided, and all of which something changed.

    Deciding again calls it for each publish in turn, with a choice of its own.
    """
    # By item first: where two records of one publish each found a person, it is the same one whenever it is decided again.
    wanted = select(RECORD).where(RECORD.c.outbox == outbox).order_by(RECORD.c.item, RECORD.c.version)
    rows = people.connection.execute(wanted).all()
    fresh = [version for version in rows if _becomes_current(people, version)]  # 2
    bodies = {version.id: people.store.body(version) for version in fresh}
    for version in fresh:  # 3
        protect.note(people, version, bodies[version.id])
    for version in fresh:  # 4
        if version.type in INTRODUCE:
            _introduce(people, version, bodies[version.id], choose)
    # 5. A label may have come with this publish, or a protected person's home may be somebody else's now.
    touched = {version.about for version in fresh if version.about} | {v.item for v in fresh}
    protect.refresh_keys(people, touched)
    return {version.item for version in fresh if version.type in INTRODUCE}, touched


def _becomes_current(people: People, version: Any) -> bool:
    latest = _LATEST.rows(people.connection, {"of": version.item})[0].latest
    later = latest is not None and latest > version.version
    if not later:
        people.connection.execute(_PASS, {"of": version.item})
    people.connection.execute(_BECOME, {"which": version.id, "now": PAST if later else CURRENT})
    return not later


def summary_of(book: Book, version: Any, resource: Any) -> Summary:
    """What one version of a record that introduces somebody says of them."""
    source = book.sources.get(version.source)
    return summarise(resource, bool(source and source.traces_nhs_numbers), labels.confidentiality(resource))


def _introduce(people: People, version: Any, resource: Any, choose: Choose) -> None:
    summary = summary_of(people.book, version, resource)
    edge = choose(people, version.item, summary)
    link.write(people, version.item, edge, version.received)
    if edge.decision is not None:
        doubts.keep(people, version.item, edge.decision, version.received)
    row = {
        "person": edge.person,
        "record": version.id,
        "source": version.source,
        "type": version.type,
        "received": version.received,
        "about": version.about,
        "summary": people.store.seal_introduction(version.id, summary, marks_of(resource)),
    }
    same = IDENTITY.c.item == version.item
    if people.connection.execute(update(IDENTITY).where(same).values(**row)).rowcount == 0:
        people.connection.execute(insert(IDENTITY).values(item=version.item, **row))
    mac, item = people.store.mac, version.item
    homes = keys.of_homes(mac, summary)
    past_keys.keep(people, item, homes | keys.of_record(mac, summary, placed=True))
    key_rows.replace(people, HOME, item, homes)
    key_rows.replace(people, LOOK_UP, item, keys.of_record(mac, summary, placed=False))
