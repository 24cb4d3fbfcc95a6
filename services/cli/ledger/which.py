"""Which entry a command is about: by event id, or by log and place.

Promise: an entry that is not there is said to be not there, with what to look at; never another one in its stead.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

import typer

from services.cli.ledger.opened import Opened
from services.ledger.auditing.proving import CannotProve, Growing, grown
from services.ledger.reading import Entry

_EVENT = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Found:
    """An entry with its decision record, where that opens."""

    entry: Entry
    record: bytes | None
    gone: int = 0
    """Parts of the record that are no more: somebody in them was shredded, or they are missing."""


def event_given(text: str) -> str:
    """An event id in its form. A usage error for anything else, without repeating it."""
    if not _EVENT.fullmatch(text):
        raise typer.BadParameter(
            "an event id is 22 letters, digits, - and _; it stands in the receipt of an answer"
        )
    return text


def find(ledger: Opened, *, event: str = "", log: str = "", index: int = -1) -> Found:
    """The entry. A usage error where there is none."""
    for one in ledger.source.entries():
        if (one.entry["event_id"] == event) if event else ((one.log, one.at) == (log, index)):
            return _found(ledger, one)
    raise typer.BadParameter(
        f"there is no such entry in these logs ({', '.join(sorted(ledger.notes())) or 'none'})"
    )


def find_all(ledger: Opened, events: Collection[str]) -> dict[str, Found]:
    """Every entry named, by event id, read once. A usage error that names the first that is not there."""
    wanted, found = set(events), dict[str, Found]()
    for one in ledger.source.entries():
        event = str(one.entry["event_id"])
        if event in wanted and event not in found:
            found[event] = _found(ledger, one)
    for event in events:
        if event not in found:
            raise typer.BadParameter(f"event {event} is in none of these logs")
    return found


def _found(ledger: Opened, one: Entry) -> Found:
    record = ledger.source.record(one.entry["event_id"]) if "decision_digest" in one.entry else None
    return Found(one, record.body, record.shredded + record.lost) if record else Found(one, None)


def growing(ledger: Opened, log: str, *, events: Collection[str] = (), at: int = -1) -> Growing:
    """The log hashed, for proofs. A usage error where it is not here. Raises `CannotProve`."""
    note = ledger.notes().get(log)
    if note is None:
        raise typer.BadParameter(f"no log {log} here; there are {', '.join(sorted(ledger.notes()))}")
    return grown(ledger.source.leaves(), log, note, events=events, at=at)


__all__ = ["CannotProve", "Found", "event_given", "find", "find_all", "growing"]
