"""An owner's own records, as a task is about them: read for whoever decides, each with a token that names it.

Promise: nothing of another organisation's is read here; a live source's own system is asked again only after the
question is an entry, as for anybody.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u, emit, unb64u
from services.contract.cases import Asker
from services.contract.people import Gather, Item, Relate
from services.gateway.cases.entries import enter_about
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.tasks.inbox import Task
from services.runtime.keys import CannotOpen

LISTED = 50
"""At most so many records are shown with one task, the newest first."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a holder has of one person, as far as a task is about it."""

    items: tuple[Item, ...] = field(default=(), repr=False)
    patient: Mapping[str, Any] | None = field(default=None, repr=False)
    """The holder's own record of who it is."""


def own_records(parts: Parts, asker: Asker, task: Task) -> Own:
    """The records of the task, as the asker's own organisation holds them now; a task without a list: all of that person.

    Raises `IndexUnavailable`, `LedgerUnavailable`.
    """
    source = parts.rules.source(task.source)
    if source is None or source.organisation != asker.organisation or not task.person:
        return Own()
    pair = (task.source, task.person)
    live = _live_key(parts, asker, task) if source.mode == "live" else {}
    found = parts.index.gather(Gather((pair,), live, day(parts.now()), source.budget_ms)).items
    wanted = [item for item in found if not task.records or item.record in task.records]
    patient = next((one.resource for one in found if one.resource.get("resourceType") == "Patient"), None)
    return Own(tuple(sorted(wanted, key=lambda item: item.received, reverse=True)[:LISTED]), patient)


def token_of(parts: Parts, task: Task, record: str) -> str:
    """The token that names one record within one task."""
    return b64u(parts.keys.sealer("offer").seal(emit(record), f"task-item:{task.row.id}"))


def record_of(parts: Parts, task: Task, token: str) -> str | None:
    """The record that a token names, or None: another task's, or none at all."""
    try:
        record = json.loads(parts.keys.sealer("offer").open(unb64u(token), f"task-item:{task.row.id}"))
    except (CannotOpen, ValueError):
        return None
    return str(record) if record in task.records else None


def _live_key(parts: Parts, asker: Asker, task: Task) -> dict[str, tuple[str, str]]:
    """Number and date of birth for a question to the owner's own system, entered before it goes out."""
    people = parts.index.relate(Relate(task.person, "person", day(parts.now()), ())).people
    known = next((one for one in people if one.person == task.person), None)
    if known is None or not known.nhs_number or not known.birth_date:
        return {}
    facts = {"sources": [task.source]}
    enter_about(parts.ledger, "query.sent", asker, [task.person], case="", purpose="", facts=facts)
    return {task.person: (known.nhs_number, known.birth_date)}
