"""`mash ledger search`: entries by kind, organisation, role, purpose, day, case or person.

Promise: a person is never an argument; what is found is told as the entry has it; that somebody searched an installation is
entered first.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.ledger.days import span_given, within
from services.cli.ledger.in_words import titled, who
from services.cli.ledger.opened import Opened, home_of, installation, opened
from services.cli.ledger.options import AsJson, Key, Place, Since, Until
from services.cli.ledger.person import Among, among, no_more, person_given
from services.contract.reviews import KnownAs
from services.contract.vocabulary import code_list
from services.ledger.reading import Entry, Reading

MOST = 200


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(search)


def search(
    place: Place,
    kind: Annotated[
        str, typer.Option(help="Kind of entry, or its beginning: release, search., policy.activated.")
    ] = "",
    organisation: Annotated[str, typer.Option(help="Whose people or systems asked.")] = "",
    role: Annotated[str, typer.Option(help="In which role.")] = "",
    purpose: Annotated[str, typer.Option(help="For which purpose.")] = "",
    case: Annotated[str, typer.Option(help="Keyed hash of a case, as entries have it.")] = "",
    event: Annotated[str, typer.Option(help="Event id; finds what refers to it, too.")] = "",
    log: Annotated[str, typer.Option(help="Only this log.")] = "",
    person: Annotated[
        bool, typer.Option("--person", help="At the hub: ask for a person on standard input.")
    ] = False,
    since: Since = "",
    until: Until = "",
    most: Annotated[int, typer.Option(help="At most so many rows; 0 for all.")] = MOST,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Find entries, a line each: place, time, kind, who, purpose, event id.

    Example: mash ledger search audit --kind release --organisation northshire-csc --since 2026-11-01

    Exit: 0 found, 1 a file is damaged, 2 usage, 3 the reading could not be entered, 5 nothing found.
    """
    days = span_given(since, until)
    _known(kind, role, purpose)
    whom = person_given(installation(home_of(Path(place))), "") if person else None
    asked = {"kind": kind, "organisation": organisation, "role": role, "purpose": purpose}
    named = {name: word for name, word in asked.items() if word}
    with opened(place, key, {"command": "search"} | named) as ledger:
        wanted = _wanted(asked, days, case, event, log)
        count = _print(_rows(ledger, wanted, _among(ledger, whom)), most, as_json=as_json)
        lost = no_more(ledger.source, whom) if whom and isinstance(ledger.source, Reading) else []
    for line in lost:
        print(line, file=sys.stderr)
    if not count:
        print("Nothing found.")
        raise typer.Exit(5)


def _print(rows: Iterator[Entry], most: int, *, as_json: bool) -> int:
    """At most so many of them; how many there are."""
    count = 0
    for one in rows:
        count += 1
        if most and count > most:
            continue
        where = {"log": one.log, "index": one.at, "entry": one.entry}
        print(json.dumps(where) if as_json else _line(one))
    if most and count > most:
        print(f"and {count - most} more; narrow it down, or --most 0", file=sys.stderr)
    return count


def _known(kind: str, role: str, purpose: str) -> None:
    """A usage error for a word that no entry can have: nothing found would be taken for nothing there."""
    if kind and not any(code.startswith(kind) for code in code_list("entry-kinds")):
        raise typer.BadParameter("--kind: no code of schemas/vocabulary/entry-kinds.json begins so")
    for option, word, words in (("--role", role, "roles"), ("--purpose", purpose, "purposes")):
        if word and word not in code_list(words):
            raise typer.BadParameter(f"{option}: no such code in schemas/vocabulary/{words}.json")


def _wanted(
    asked: Mapping[str, str], days: tuple[str, str], case: str, event: str, log: str
) -> Callable[[Entry], bool]:
    def wanted(one: Entry) -> bool:
        entry, asker = one.entry, one.entry["asker"]
        return (
            (not log or one.log == log)
            and str(entry["kind"]).startswith(asked["kind"])
            and asked["organisation"] in ("", asker["organisation"])
            and asked["role"] in ("", asker.get("role", ""))
            and asked["purpose"] in ("", entry.get("purpose", ""))
            and case in ("", entry.get("case_hash", ""))
            and (not event or event in (entry["event_id"], entry.get("ref", {}).get("event_id")))
            and within(str(entry["time"]), *days)
        )

    return wanted


def _among(ledger: Opened, whom: KnownAs | None) -> Among | None:
    return among(ledger.source, whom) if whom and isinstance(ledger.source, Reading) else None


def _rows(ledger: Opened, wanted: Callable[[Entry], bool], about: Among | None) -> Iterator[Entry]:
    for one in ledger.source.entries():
        if wanted(one) and (about is None or about(one.entry)):
            yield one


def _line(one: Entry) -> str:
    entry: Mapping[str, Any] = one.entry
    purpose = f", {titled('purposes', entry['purpose'])}" if "purpose" in entry else ""
    return f"{one.log} {one.at}  {entry['time']}  {entry['kind']}  {who(entry)}{purpose}  {entry['event_id']}"
