"""`mash ledger search`: entries by kind, organisation, role, purpose, day, case or person.

Promise: a person is never an argument; what is found is told as the entry has it; that somebody searched an installation is
entered first.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.ledger.days import span_given, within
from services.cli.ledger.in_words import titled, who
from services.cli.ledger.opened import Opened, home_of, installation, opened
from services.cli.ledger.person import Among, among, person_given
from services.contract.vocabulary import code_list
from services.ledger.reading import Entry, Reading

MOST = 200


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(search)


def search(
    place: Annotated[
        str, typer.Argument(help="MASH_HOME, a download or export, or a hub's address (with --key).")
    ],
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
    since: Annotated[str, typer.Option(help="From this day on, YYYY-MM-DD (UTC).")] = "",
    until: Annotated[str, typer.Option(help="To this day, which counts whole.")] = "",
    most: Annotated[int, typer.Option(help="At most so many rows; 0 for all.")] = MOST,
    key: Annotated[Path | None, typer.Option(help="The auditor's key file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each entry.")] = False,
) -> None:
    """Find entries, a line each: place, time, kind, who, purpose, event id.

    Example: mash ledger search audit --kind release --organisation northshire-csc --since 2026-11-01

    Exit: 0 found, 1 a file is damaged, 2 usage, 3 the reading could not be entered, 5 nothing found.
    """
    days = span_given(since, until)
    _known("--kind", kind, "entry-kinds", beginning=True)
    _known("--role", role, "roles")
    _known("--purpose", purpose, "purposes")
    whom = person_given(installation(home_of(Path(place))), "") if person else ""
    asked = {"kind": kind, "organisation": organisation, "role": role, "purpose": purpose}
    told = {"command": "search"} | {name: word for name, word in asked.items() if word}
    with opened(place, key, told) as ledger:
        wanted = _wanted(asked, days, case, event, log)
        rows = _rows(ledger, wanted, _among(ledger, whom))
        count = 0
        for one in rows:
            count += 1
            if not most or count <= most:
                print(
                    _line(one)
                    if not as_json
                    else json.dumps({"log": one.log, "index": one.at, "entry": one.entry})
                )
    if most and count > most and not as_json:
        print(f"and {count - most} more; narrow it down, or --most 0")
    if not count:
        print("Nothing found.")
        raise typer.Exit(5)


def _known(option: str, word: str, words: str, *, beginning: bool = False) -> None:
    known = code_list(words)
    if word and not (word in known or (beginning and any(code.startswith(word) for code in known))):
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


def _among(ledger: Opened, person: str) -> Among | None:
    return among(ledger.source, person) if person and isinstance(ledger.source, Reading) else None


def _rows(ledger: Opened, wanted: Callable[[Entry], bool], about: Among | None) -> Iterator[Entry]:
    for one in ledger.source.entries():
        if wanted(one) and (about is None or about(one.entry)):
            yield one


def _line(one: Entry) -> str:
    entry: Mapping[str, Any] = one.entry
    purpose = f", {titled('purposes', entry['purpose'])}" if "purpose" in entry else ""
    return f"{one.log} {one.at}  {entry['time']}  {entry['kind']}  {who(entry)}{purpose}  {entry['event_id']}"
