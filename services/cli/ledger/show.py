"""`mash ledger show`: one entry in words.

Promise: what an entry says and no more; what left is told by class, from the decision record, where that opens, and that it
was opened is entered first.
"""

import json
from typing import Annotated, Any

import typer

from services.cli.ledger.in_words import counted, in_words, titled
from services.cli.ledger.left import NotTold, left_by
from services.cli.ledger.opened import opened
from services.cli.ledger.options import AsJson, Event, Key, Place
from services.cli.ledger.which import Found, event_given, find


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(show)


def show(
    place: Place,
    event: Event = "",
    log: Annotated[str, typer.Option(help="Instead of an event id: the log, with --index.")] = "",
    index: Annotated[int, typer.Option(help="The entry's place in that log.")] = -1,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show one entry in words: what happened, who asked, for what, on what basis, and what left, class by class.

    Example: mash ledger show audit 4f1hXyVQdQm0nXbqg1yG2Q --key auditor.json

    Exit: 0 shown, 1 a file is damaged, 2 usage or no such entry, 3 the reading could not be entered.
    """
    if bool(event) == bool(log):
        raise typer.BadParameter("name one entry: an event id, or --log and --index")
    if event:
        event_given(event)
    with opened(place, key, {"command": "show", "log": log or "any"}) as ledger:
        found = find(ledger, event=event, log=log, index=index)
    left = _left(found)
    if as_json:
        where = {"log": found.entry.log, "index": found.entry.at, "entry": found.entry.entry}
        print(json.dumps(where | {"left": left}, indent=2))
        return
    print(f"Entry {found.entry.at} of log {found.entry.log}, event {found.entry.entry['event_id']}")
    for label, words in in_words(found.entry.entry):
        print(f"  {label + ':':12} {words}")
    print(f"  {'Left:':12} {_words(left)}")


def _left(found: Found) -> dict[str, Any] | None:
    if found.record is None:
        return None
    try:
        left = left_by(str(found.entry.entry["kind"]), found.record)
    except NotTold:
        return None
    return {
        "gone": found.gone,
        "channel": left.channel,
        "classes": {one: form.words() for one, form in sorted(left.classes.items())},
    }


def _words(left: dict[str, Any] | None) -> str:
    if left is None:
        return "not told here: the entry has no decision record, or it does not open"
    told = [f"{titled('classes', one)}: {how}" for one, how in left["classes"].items()]
    gone = (
        f"; {counted(left['gone'], 'part')} of the record is gone, so there may have been more"
        if left["gone"]
        else ""
    )
    return ("; ".join(told) or "nothing") + gone
