"""First transaction of a publish: every version sealed, and an outbox row, unseen by any query.

Promise: all of a submission or nothing; what is refused is named by entry and place and never by value; a source writes
its own records only, because a record's key holds its source; nothing here looks at what a record may be linked to.

Steps, in this order: 1 who may send; 2 what each entry is (ids, doubles); 3 references inside the submission;
4 dates and periods; 5 whom each record is about; 6 references to what is stored; 7 store.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, func, select
from sqlmodel import Session

from services.contract.canonical import b64u, canonical
from services.contract.directory import Source
from services.contract.problems import BadInput, NotAllowed
from services.contract.publishing import Accepted, Put, Stored, Submission
from services.index import labels, references
from services.index.dates import wrong_dates
from services.index.findings import findings_of
from services.index.marks import marks_of
from services.index.ports import Book
from services.index.read import text_of
from services.index.schema import CURRENT, OUTBOX, RECORD, UNSEEN, Outbox, Record
from services.index.store import Store, opaque

MOST = 5000
"""Entries of one submission."""


@dataclass(slots=True, repr=False)
class Entry:
    """One resource on its way in. `place` names it in messages."""

    place: str
    resource: dict[str, Any]
    type: str
    id: str
    about: tuple[str, str] | None = None
    """(place, `Patient/<id>`) of whom it is about."""
    via: str = ""
    """For a Provenance: the record through which it is about somebody."""

    @property
    def name(self) -> str:
        """Its own reference."""
        return f"{self.type}/{self.id}"


def store_unseen(store: Store, book: Book, submission: Submission) -> Accepted:
    """Store `submission`, unseen. Raises `BadInput` naming entry and place, `NotAllowed`, `IndexUnavailable`."""
    source = _sender(book, submission.source)  # 1
    entries = _entries(submission.puts)  # 2
    outside = _refer_inside(entries, submission.puts)  # 3
    for entry in entries:  # 4
        _say(f"{entry.place}{place}: {what}" for place, what in wrong_dates(entry.resource))
    for entry in entries:  # 5
        _set_about(entry)
    with store.write() as connection:
        known = _existing(store, connection, source.id, outside, entries)  # 6
        return _insert(store, connection, submission, entries, known)  # 7


def _sender(book: Book, id: str) -> Source:
    source = book.sources.get(id)
    if source is None or source.mode not in ("copy", "pointer"):
        raise NotAllowed("this system is not registered to publish records here")
    return source


def _entries(puts: Sequence[Put]) -> list[Entry]:
    if not 0 < len(puts) <= MOST:
        raise BadInput(f"a submission holds 1 to {MOST} entries")
    entries = []
    for number, put in enumerate(puts):
        place = f"Bundle.entry[{number}]: " if len(puts) > 1 or put.full_url else ""
        kind = text_of(put.resource.get("resourceType"))
        if put.method == "PUT" and (not put.id or text_of(put.resource.get("id")) != put.id):
            _say(
                [
                    f"{place}{kind}.id: an update names the record that it updates, the same in resource and address"
                ]
            )
        resource = deepcopy(dict(put.resource))
        resource["id"] = put.id or _fresh_id()
        entries.append(Entry(place, resource, kind, resource["id"]))
    twice = {name for name, count in Counter(entry.name for entry in entries).items() if count > 1}
    _say(
        f"{entry.place}{entry.type}.id: another entry has the same id"
        for entry in entries
        if entry.name in twice
    )
    urls = Counter(put.full_url for put in puts if put.full_url)
    _say(f"{entry.place}fullUrl: another entry has the same fullUrl"
         for entry, put in zip(entries, puts, strict=True) if urls[put.full_url] > 1)  # fmt: skip
    return entries


def _fresh_id() -> str:
    # FHIR ids allow letters, digits, - and . only (R4 datatypes, id).
    return opaque().replace("_", ".")


def _refer_inside(entries: Sequence[Entry], puts: Sequence[Put]) -> list[tuple[str, tuple[str, str]]]:
    """Rewrite references between entries to `Type/id`; returns (place, (type, id)) of those to be found in store."""
    inside = {put.full_url: entry.name for entry, put in zip(entries, puts, strict=True) if put.full_url}
    names = {entry.name for entry in entries}
    outside: list[tuple[str, tuple[str, str]]] = []
    lost = []
    for entry in entries:
        own = references.contained(entry.resource)
        for place, reference in references.walk(entry.resource, entry.type):
            written = reference["reference"]
            if written in inside:
                reference["reference"] = inside[written]
            elif target := references.relative(written):
                reference["reference"] = "/".join(target)
                if reference["reference"] not in names:
                    outside.append((f"{entry.place}{place}", target))
            elif not (written.startswith("#") and written[1:] in own) and not references.elsewhere(written):
                lost.append(
                    f"{entry.place}{place}: refers to nothing in this submission or among your records"
                )
    _say(lost)
    return outside


def _set_about(entry: Entry) -> None:
    if entry.type == "Patient":
        entry.about = (entry.type, entry.name)
        return
    entry.about = references.subject(entry.resource)
    if entry.about is None and entry.type not in references.IMPERSONAL:
        targets = [one["reference"] for _, one in references.walk(entry.resource.get("target"), entry.type)]
        entry.via = targets[0] if targets else ""
        if not entry.via:
            _say([f"{entry.place}{entry.type}: names no Patient whom it is about"])


def _existing(
    store: Store,
    connection: Connection,
    source: str,
    outside: Sequence[tuple[str, tuple[str, str]]],
    entries: Sequence[Entry],
) -> dict[str, tuple[int, str | None]]:
    """(latest version, about) of every stored item that the submission updates or refers to.

    Unseen versions count toward the number of a version, but nothing may refer to them: their publisher was told 503.
    """
    wanted = {store.item(source, *target) for _, target in outside}
    wanted |= {store.item(source, entry.type, entry.id) for entry in entries}
    seen: dict[str, tuple[int, str | None]] = {}
    about = func.max(case((RECORD.c.state == CURRENT, RECORD.c.about))).label("about")
    columns = select(RECORD.c.item, func.max(RECORD.c.version).label("version"),
                     func.max(RECORD.c.state).label("state"), about)  # fmt: skip
    visible = set()
    for some in _in_parts(sorted(wanted)):
        for row in connection.execute(columns.where(RECORD.c.item.in_(some)).group_by(RECORD.c.item)):
            seen[row.item] = (row.version, row.about)
            if row.state >= CURRENT:
                visible.add(row.item)
    _say(f"{place}: refers to nothing in this submission or among your records"
         for place, target in outside if store.item(source, *target) not in visible)  # fmt: skip
    return seen


def _insert(
    store: Store,
    connection: Connection,
    submission: Submission,
    entries: Sequence[Entry],
    known: dict[str, tuple[int, str | None]],
) -> Accepted:
    outbox, event_id = opaque(), opaque()
    rows, stored, salted = [], [], hashlib.sha256(event_id.encode())
    for entry in entries:
        item = store.item(submission.source, entry.type, entry.id)
        version = known.get(item, (0, None))[0] + 1
        entry.resource["meta"] = {**(entry.resource.get("meta") or {}), "versionId": str(version),
                                  "lastUpdated": submission.received}  # fmt: skip
        id = opaque()
        rank = labels.RANKS.index(labels.confidentiality(entry.resource))
        rows.append(Record(id=id, item=item, source=submission.source, type=entry.type, version=version, outbox=outbox,
                           state=UNSEEN, received=submission.received, confidentiality=rank,
                           about=_about(store, submission.source, entry, entries, known),
                           body=store.seal(entry.resource, f"record:{id}"),
                           marks=store.seal_marks(id, marks_of(entry.resource))))  # fmt: skip
        stored.append(Stored(entry.type, entry.id, version, created=version == 1))
        salted.update(canonical(entry.resource))
    found = sorted(
        {code for entry in entries for code in findings_of(entry.resource, submission.received[:10])}
    )
    accepted = Accepted(outbox, event_id, submission.source, submission.client, tuple(stored),
                        b64u(salted.digest()), tuple(found))  # fmt: skip
    session = Session(connection, join_transaction_mode="create_savepoint")
    session.add(_outbox_row(store, accepted, submission.received))
    session.flush()
    session.add_all(rows)
    session.commit()
    return accepted


def _about(
    store: Store,
    source: str,
    entry: Entry,
    entries: Sequence[Entry],
    known: dict[str, tuple[int, str | None]],
) -> str | None:
    if entry.about is not None:
        target = references.relative(entry.about[1])
        return store.item(source, *target) if target else None
    if entry.via:
        inside = next((one for one in entries if one.name == entry.via and one.about), None)
        if inside is not None:
            return _about(store, source, inside, entries, known)
        target = references.relative(entry.via)
        return known.get(store.item(source, *target), (0, None))[1] if target else None
    return None


def _outbox_row(store: Store, accepted: Accepted, received: str) -> Outbox:
    note = {
        "client": accepted.client,
        "stored": [[one.resource_type, one.id, one.version, one.created] for one in accepted.stored],
        "findings": list(accepted.findings),
    }
    return Outbox(id=accepted.outbox, event_id=accepted.event_id, source=accepted.source, received=received,
                  digest=accepted.digest, done=False, note=store.seal(note, f"outbox:{accepted.outbox}"))  # fmt: skip


def unsent(store: Store) -> tuple[Accepted, ...]:
    """Outbox rows that were never made visible, oldest first."""
    with store.read() as connection:
        rows = connection.execute(
            select(OUTBOX).where(OUTBOX.c.done.is_(False)).order_by(OUTBOX.c.received)
        ).all()
    return tuple(_accepted(store, row) for row in rows)


def _accepted(store: Store, row: Any) -> Accepted:
    note = store.unseal(row.note, f"outbox:{row.id}")
    stored = tuple(Stored(*one) for one in note["stored"])
    return Accepted(
        row.id, row.event_id, row.source, note["client"], stored, row.digest, tuple(note["findings"])
    )


def _in_parts(values: Sequence[str], most: int = 500) -> Iterator[Sequence[str]]:
    # SQLite takes 32,766 parameters, PostgreSQL 65,535; a statement far below both is planned once and reused.
    for start in range(0, len(values), most):
        yield values[start : start + most]


def _say(places: Any) -> None:
    """Refuse, naming up to twenty places; nothing where there are none."""
    found = tuple(places)
    if found:
        raise BadInput("; ".join(found[:20]), places=found[:20])
