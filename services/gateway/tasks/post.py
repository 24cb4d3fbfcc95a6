"""Putting work into an inbox: the one way in which the hub tells an organisation that something is to be done.

Promise: a task is durable when `post` returns; an open one with the same kind, organisation and key is never raised
twice; everything that could tell who somebody is stands sealed.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from services.contract.vocabulary import entry
from services.gateway.parts import Parts, stamp
from services.gateway.tasks.tables import TaskRow


@dataclass(frozen=True, slots=True)
class Post:
    """One task to be raised. `kind` is a code of task-kinds.json."""

    kind: str
    organisation: str
    case: str = ""
    person: str = field(default="", repr=False)
    """Opaque person id."""
    source: str = ""
    records: tuple[str, ...] = field(default=(), repr=False)
    """Opaque ids of record versions that the organisation holds."""
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Codes, counts, dates, references."""
    due: datetime | None = None
    key: str = ""
    """An open task with the same kind, organisation and key is not raised twice (records new to it are added); a kind
    that is not raised `again` is never raised twice with one key. Empty: always raised."""


def post(parts: Parts, *posts: Post, once: str = "") -> tuple[str, ...]:
    """Raise the tasks; the id of each, or of the one that stands already.

    `once` names an occasion: told again of the same one, nothing is raised a second time. Raises `KeyError` for a kind
    that is no word of the list, `StoreUnavailable`.
    """
    ids = []
    for number, one in enumerate(posts):
        row = _row(parts, one, id_of(parts, once, number) if once else secrets.token_hex(12))
        try:
            with parts.store.begin() as session:
                session.add(row)
            ids.append(row.id)
        except IntegrityError:
            # Its like is open already, or this occasion has been told before.
            ids.append(_joined(parts, row, one))
    return tuple(ids)


def _joined(parts: Parts, row: TaskRow, one: Post) -> str:
    """The task that stands. Records that it does not name yet are added, so that none is left out of the decision."""
    if row.open_key is None:
        return row.id
    with parts.store.begin() as session:
        query = select(TaskRow).where(TaskRow.open_key == row.open_key)
        stands = session.exec(query.with_for_update()).first()
        if stands is None or stands.decided_at:
            return stands.id if stands else row.id
        told = parts.store.open(stands.sealed, f"task:{stands.id}")
        whole = list(dict.fromkeys((*told["records"], *one.records)))
        if whole != told["records"]:
            stands.sealed = parts.store.seal({**told, "records": whole}, f"task:{stands.id}")
        return stands.id


def id_of(parts: Parts, once: str, number: int = 0) -> str:
    """The id of the task that was, or would be, raised on an occasion; `number` counts those of one call from 0."""
    return parts.keys.mac("tasks").of("occasion", f"{once}/{number}")[:12].hex()


def _row(parts: Parts, one: Post, id: str) -> TaskRow:
    mac = parts.keys.mac("tasks")
    told = {
        "case": one.case,
        "person": one.person,
        "source": one.source,
        "records": list(one.records),
        "facts": dict(one.facts),
    }
    return TaskRow(
        id=id,
        kind=one.kind,
        organisation=one.organisation,
        inbox=str(entry("task-kinds", one.kind)["inbox"]),
        open_key=mac.of("open", one.kind, one.organisation, one.key) if one.key else None,
        raised_at=stamp(parts.now()),
        due=stamp(one.due) if one.due else "",
        sealed=parts.store.seal(told, f"task:{id}"),
    )
