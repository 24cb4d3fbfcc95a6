"""`mash ledger misrelease`: who got what by answers that should not have been given, and by when whom it must be told.

Promise: recipients, fields and times as the ledger has them, over-reported where it cannot tell; the clock runs from when the
controller became aware, as the law has it, and says so when it has run out. Naming the answers is entered first.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from services.cli.exits import Exit
from services.cli.ledger.facts import fields_of
from services.cli.ledger.in_words import counted, titled
from services.cli.ledger.opened import opened
from services.cli.ledger.options import AsJson, AtTheHub, By, Events, Key
from services.cli.ledger.reveal import people
from services.cli.ledger.ways import Way, Ways, find_ways
from services.cli.ledger.which import event_given, find_all

CLOCK = timedelta(hours=72)
"""UK GDPR Article 33(1): to the Commissioner without undue delay and, where feasible, not later than 72 hours after having
become aware of it, unless it is unlikely to result in a risk to people's rights and freedoms."""
DUTIES = (
    (
        "UK GDPR Article 33: tell the Information Commissioner by then, unless a risk to people's rights and freedoms "
        "is unlikely; later, with the reasons for the delay."
    ),
    (
        "UK GDPR Article 34: tell the people concerned without undue delay where the risk to them is high; an address that "
        "reached somebody of concern is such a risk, and somebody safe must tell them, not a letter."
    ),
    "UK GDPR Article 33(5): keep a record of it whether or not it is told.",
)


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(misrelease)


def misrelease(
    place: AtTheHub,
    event: Events,
    aware: Annotated[
        str, typer.Option(help="When the controller became aware, YYYY-MM-DDTHH:MM (UTC); default now.")
    ] = "",
    key: Key = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Tell of wrong answers: recipients, fields, times, and the 72 hours of UK GDPR Article 33.

    Example: mash ledger misrelease home --event 4f1hXyVQdQm0nXbqg1yG2Q --aware 2026-11-30T09:00

    Exit: 0 told, 2 usage, 3 it could not be entered, 5 told, and what left by one of them is not known here.
    """
    known = moment_given(aware)
    events = [event_given(one) for one in event]
    with opened(place, key, {"command": "misrelease", "events": events}, by) as ledger:
        entries = find_all(ledger, events)
        found = find_ways(ledger.source, lambda entry: entry["event_id"] in entries, frozenset(), "", "")
        books = {
            name: str(one.entry.entry.get("policy", {}).get("digest", "")) for name, one in entries.items()
        }
        fields = {
            row.event: fields_of(ledger.home, books.get(row.event, ""), row.classes) for row in found.rows
        }
    told = as_told(found, fields, known, datetime.now(UTC))
    print(json.dumps(told, indent=2)) if as_json else tell(told, found.rows)
    raise typer.Exit(Exit.INCOMPLETE if found.unopened else Exit.OK)


def moment_given(text: str) -> datetime:
    """The moment, UTC. A usage error for any other form, and for one that is still to come."""
    now = datetime.now(UTC)
    if not text:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("--aware: a moment has the form YYYY-MM-DDTHH:MM") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > now:
        raise typer.BadParameter("--aware: this moment is still to come")
    return moment.astimezone(UTC)


def as_told(
    found: Ways, fields: Mapping[str, Mapping[str, Sequence[str]]], aware: datetime, now: datetime
) -> dict[str, Any]:
    """`{answers, recipients, aware, deadline, hours_left, duties}`; hours below 0 are hours too late."""
    deadline = aware + CLOCK
    answers = [
        {
            "event": row.event,
            "log": row.log,
            "index": row.index,
            "time": row.time,
            "way": row.way,
            "to": row.who,
            "outcome": row.outcome,
            "certain": row.certain,
            "classes": dict(row.classes),
            "fields": {one: list(paths) for one, paths in fields.get(row.event, {}).items()},
            "since": row.since,
        }
        for row in found.rows
    ]
    return {
        "answers": answers,
        "recipients": people(found),
        "aware": _stamp(aware),
        "deadline": _stamp(deadline),
        "hours_left": round((deadline - now).total_seconds() / 3600, 1),
        "duties": list(DUTIES),
    }


def tell(told: Mapping[str, Any], rows: Sequence[Way]) -> None:
    """The clock first: it is what cannot wait."""
    left = told["hours_left"]
    clock = f"{left} hours are left" if left >= 0 else f"{-left} hours too late"
    to = counted(len(told["recipients"]), "recipient")
    print(f"{counted(len(rows), 'answer')} to {to}. Commissioner: by {told['deadline']}; {clock}.")
    for row, answer in zip(rows, told["answers"], strict=True):
        print(f"{row.time}  {row.way} to {row.who}, pseudonym {row.user}; {row.outcome}")
        for class_, how in row.classes.items():
            paths = answer["fields"].get(class_, ())
            print(
                f"    {titled('classes', class_)}: {how}"
                + (f"; {len(paths)} fields may hold it" if paths else "")
            )
        for later in row.since:
            print(f"    then: {later}")
    for duty in told["duties"]:
        print(f"- {duty}")


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
