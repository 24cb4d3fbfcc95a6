"""A register of people put into the index at once, without a publish for each.

Promise: what stands in the tables afterwards is what publishing the same records would have left there, made by the same
functions (summary, sealing, keys): `tests/verification/test_bulk_load.py` compares them. Links apart: nobody is matched, each
record is a person of its own, as a register of different people is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from threading import Semaphore
from typing import Any, Self

from sqlalchemy import Connection, select, text

from benchmarks.matching.place import POSTGRES, Place
from services.index import keys, labels
from services.index.links import events
from services.index.marks import marks_of
from services.index.read import summarise
from services.index.schema import (
    CURRENT,
    HOME,
    LINK,
    LOOK_UP,
)  # fmt: skip
from services.index.store import opaque

RECEIVED = "2026-11-01T09:00:00Z"
BATCH = 2_000
AHEAD = 8
"""Batches that are made and not yet written, at most: what seals is quicker than what writes, and memory is not endless."""
KEYED = (HOME, LOOK_UP)
NAMED = ("index_outbox", "index_event", "index_record", "index_person", "index_identity", "index_link")
Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """Rows of one batch: by column, and (key, item) of the tables of keys."""

    named: dict[str, list[Row]]
    keyed: dict[str, list[tuple[int, str]]]


_place: Place | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one publish, with what the index knows of it. `seq`: its place in the order of events."""

    source: str
    resources: Sequence[Mapping[str, Any]]
    outbox: str
    seq: int


def load(
    place: Place,
    source: str,
    resources: Iterable[Mapping[str, Any]],
    workers: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> int:
    """Put every resource in; how many. The database has nothing else in it while this runs."""
    global _place
    _place, count = place, 0
    room = Semaphore(AHEAD)
    batches = _batches(source, resources, room)
    with _quick(place) as connection:
        with get_context("fork").Pool(workers) if workers > 1 else _Here() as pool:
            for rows in pool.imap(_rows, batches):
                _write(connection, place, rows)
                room.release()
                count += len(rows.named["index_record"])
                told(count)
        _sort_keys(connection)
        last = max(
            (connection.execute(select(LINK.c.event).order_by(LINK.c.event.desc()).limit(1)).scalar() or 0), 1
        )
        if place.kind == POSTGRES:
            # Rows with numbers of their own were written: the next one is counted on from them.
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence('index_event', 'seq'), :last)"), {"last": last}
            )
    _after(place)
    return count


class _Here:
    """A pool that works in this process."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def imap(self, work: Callable[[Batch], Rows], batches: Iterable[Batch]) -> Iterator[Rows]:
        """Each in its turn."""
        return map(work, batches)


def _batches(source: str, resources: Iterable[Mapping[str, Any]], room: Semaphore) -> Iterator[Batch]:
    left, seq = iter(resources), 0
    while some := [*islice(left, BATCH)]:
        seq += 1
        room.acquire()
        yield Batch(source, some, opaque(), seq)


def _rows(batch: Batch) -> Rows:
    assert _place is not None
    store = _place.store
    # `note` is read by nobody but a hub that starts before its entry: here it is long done.
    note = {"client": "", "stored": [], "findings": []}
    outbox = {"id": batch.outbox, "event_id": opaque(), "source": batch.source, "received": RECEIVED, "digest": "",
              "done": True, "note": store.seal(note, f"outbox:{batch.outbox}")}  # fmt: skip
    event = {"seq": batch.seq, "kind": events.PUBLISH, "ref": batch.outbox, "at": RECEIVED}
    rows = Rows({name: [] for name in NAMED}, {table.name: [] for table in KEYED})
    rows.named["index_outbox"].append(outbox)
    rows.named["index_event"].append(event)
    for resource in batch.resources:
        _add(rows, _place, batch, resource)
    return rows


def record_row(
    place: Place, source: str, resource: Mapping[str, Any], outbox: str, state: int
) -> dict[str, Any]:
    """The row of `index_record` for a first version."""
    stored = {**resource, "meta": {**resource.get("meta", {}), "versionId": "1", "lastUpdated": RECEIVED}}
    item, id = place.store.item(source, stored["resourceType"], stored["id"]), opaque()
    rank = labels.RANKS.index(labels.confidentiality(stored))
    return {"id": id, "item": item, "source": source, "type": stored["resourceType"], "version": 1, "outbox": outbox,
            "state": state, "received": RECEIVED, "about": item, "confidentiality": rank,
            "body": place.store.seal(stored, f"record:{id}"), "marks": place.store.seal_marks(id, marks_of(stored))}  # fmt: skip


def _add(rows: Rows, place: Place, batch: Batch, resource: Mapping[str, Any]) -> None:
    store, source = place.store, place.book.sources[batch.source]
    record, person = record_row(place, batch.source, resource, batch.outbox, CURRENT), opaque()
    item, id = record["item"], record["id"]
    summary = summarise(resource, source.traces_nhs_numbers, labels.confidentiality(resource))
    rows.named["index_record"].append(record)
    rows.named["index_person"].append({"id": person, "since": RECEIVED})
    rows.named["index_identity"].append({
        "item": item, "person": person, "record": id, "source": batch.source, "type": record["type"],
        "received": RECEIVED, "about": item, "summary": store.seal_introduction(id, summary, marks_of(resource)),
    })  # fmt: skip
    rows.named["index_link"].append({
        "item": item, "person": person, "rule": "own-person", "actor": "hub", "at": RECEIVED, "status": "automatic",
        "event": batch.seq, "again": 0, "other": "", "weight": None, "model": "", "evidence": None, "reason": None,
    })  # fmt: skip
    homes = {key for home in summary.homes for key in keys.of_home(store.mac, home)}
    rows.keyed[HOME.name] += [(key, item) for key in homes]
    looked = keys.of_record(store.mac, summary, placed=not summary.restricted)
    rows.keyed[LOOK_UP.name] += [(key, item) for key in looked]


def _write(connection: Connection, place: Place, rows: Rows) -> None:
    for name in NAMED:
        named = rows.named[name]
        _insert(connection, place, name, [*named[0]], [tuple(row.values()) for row in named])
    for name, keyed in rows.keyed.items():
        _insert(connection, place, f"{name}_load", ["key", "item"], keyed)
    connection.commit()


def _insert(
    connection: Connection,
    place: Place,
    table: str,
    columns: Sequence[str],
    values: Sequence[tuple[Any, ...]],
) -> None:
    driver: Any = connection.connection.driver_connection
    if place.kind == POSTGRES:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in values:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)


_QUICK = (
    "journal_mode=DELETE",
    "journal_mode=OFF",
    "synchronous=OFF",
    "foreign_keys=OFF",
    "cache_size=-600000",
    "threads=2",
)


@contextmanager
def _quick(place: Place) -> Iterator[Connection]:
    """A connection that waits for no disk; keys come into tables without an order, sorted at the end."""
    with place.store.engine.connect() as connection:
        if place.kind == POSTGRES:
            connection.execute(text("SET synchronous_commit = off"))
            # Foreign keys and triggers of this session only, as pg_restore does.
            connection.execute(text("SET session_replication_role = replica"))
        else:
            driver: Any = connection.connection.driver_connection
            for pragma in _QUICK:
                driver.execute(f"PRAGMA {pragma}")
        for table in KEYED:
            kind = "UNLOGGED TABLE" if place.kind == POSTGRES else "TABLE"
            connection.execute(text(f"CREATE {kind} {table.name}_load (key BIGINT, item VARCHAR(32))"))
            for index in table.indexes:
                index.drop(connection)
        connection.commit()
        yield connection
        connection.commit()


def _sort_keys(connection: Connection) -> None:
    for table in KEYED:
        fresh = (
            f"INSERT INTO {table.name} (key, item) SELECT key, item FROM {table.name}_load ORDER BY key, item"
        )
        connection.execute(text(fresh))
        connection.execute(text(f"DROP TABLE {table.name}_load"))
        for index in table.indexes:
            index.create(connection)
        connection.commit()


def _after(place: Place) -> None:
    """What a database does by itself in time: statistics. New connections are as the hub makes them."""
    place.store.engine.dispose()
    with place.store.engine.connect() as connection:
        if place.kind == POSTGRES:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
        else:
            connection.execute(text("ANALYZE"))
            connection.commit()
    place.store.engine.dispose()
