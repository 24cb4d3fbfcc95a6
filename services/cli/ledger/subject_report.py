"""`mash ledger subject-report`: every entry about one person, over every log that the hub's log lists, proved complete.

Promise: that somebody asked is entered first, without whom it was about; a row that is missing, doubled or dropped is named by
log and number, under every id that the person ever had. It is the auditor's: it holds back nothing, and so must not be handed
to the person.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit
from services.cli.ledger.in_words import counted, titled
from services.cli.ledger.opened import home_of, installation, opened
from services.cli.ledger.options import AsJson, By, Person
from services.cli.ledger.person import no_more, of_several, person_given
from services.contract.canonical import NotJson, parse
from services.contract.releases import SubjectFault, SubjectRow, SubjectRows
from services.ledger import own_rows
from services.ledger.auditing.subject_rows import compare
from services.ledger.reading import OwnSights, Reading

SHORT = 8
"""Digits of the keyed hash of an id that tell one from another."""
WORDS = {
    "gap": "an entry is missing: the next number of this log stands, this one does not",
    "twice": "two rows have one number: the log forked, or a row was doubled",
    "order": "an entry stands before one with a smaller number",
    "dropped": "the report given leaves this row out",
    "added": "the report given has a row that the logs have not",
    "changed": "the report given says otherwise of this row than the log",
    "unlisted": "the hub's log does not list this log",
    "log-missing": "the hub's log lists this log, and it is not here",
    "copy-unread": "this copy for the person does not open, or is not the one that its entry commits to",
    "copy-behind": "a copy for the person was made without looking at this entry, which stood by then",
    "copy-dropped": "a copy for the person leaves this answer out, and it was not held back",
    "copy-added": "this copy for the person tells under that number what it might not: held back, or no answer about them",
    "copy-number": "the numbers of this copy for the person are not 1, 2, … each once, or not those of the copy before",
    "copy-unknown": "the paper given is not, byte for byte, a copy that was made for this person",
    "copy-unnoted": "nothing says whether this answer might be told to the person, so their copy left it out",
}
"""Each fault -> in words."""


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(subject_report)


def subject_report(
    place: Annotated[str, typer.Argument(help="MASH_HOME of the hub.")],
    person: Person = "",
    copy: Annotated[
        Path | None, typer.Option(help="A copy that the person was given, as its file: was it made so?")
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="A report made before (--json), to be held against the logs.")
    ] = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Every entry about one person, log by log, over every id that was theirs; and whether any is missing.

    Run `mash ledger verify` first: it tells whether the logs are those that were signed. Not for the person: it names what is
    held back. Every copy that the person was given is held against the same entries: whether it left out anything that was
    not held back, told what was, or counted otherwise.

    Example: mash ledger subject-report home --json > report.json

    Exit: 0 complete, 1 something is missing, doubled or otherwise, 2 usage, 3 it could not be entered.
    """
    given = _given(check) if check else None
    paper = _paper(copy) if copy else None
    whom = person_given(installation(home_of(Path(place))), person)
    with opened(place, None, {"command": "subject-report", "check": check is not None}, by) as ledger:
        if not isinstance(ledger.source, Reading):
            raise typer.BadParameter(f"{place}: a download says nothing of persons; name MASH_HOME")
        found, own = ledger.source.rows_of(whom), ledger.source.own(whom)
        now, lost = ledger.source.named(whom.id), no_more(ledger.source, whom)
    faults = list(found.faults) if given is None else compare(given, found)
    faults += _of_copies(own, now, paper)
    if as_json:
        print(json.dumps(as_told(found, faults) | {"ids": len(whom.ids), "destroyed": lost}, indent=2))
    else:
        tell(found, faults, list(filter(None, (of_several(whom), *lost))))
    raise typer.Exit(Exit.FINDINGS if faults else Exit.OK)


def _of_copies(own: OwnSights, now: str, paper: bytes | None) -> list[SubjectFault]:
    """What is wrong of the copies that they were given; `paper`: one that is said to be one of them."""
    faults = own_rows.check(own.sights, own.unnoted, now, own.gone)
    if paper is not None and own_rows.given_as([one for one in own.sights if one.theirs], paper) is None:
        faults.append(SubjectFault("copy-unknown", "", 0, -1))
    return faults


def as_told(found: SubjectRows, faults: list[SubjectFault]) -> dict[str, Any]:
    """`{logs, rows: [{log, index, n, under, mixed, event_id, time, kind, organisation, role, purpose, basis}], faults}`."""
    return {
        "logs": list(found.logs),
        "rows": [_row(row) for row in found.rows],
        "faults": [asdict(fault) for fault in faults],
    }


def tell(found: SubjectRows, faults: list[SubjectFault], notes: list[str]) -> None:
    """First how much, then row by row, then what is wrong."""
    state = "complete" if not faults else f"NOT COMPLETE: {counted(len(faults), 'fault')}"
    print(
        f"{counted(len(found.rows), 'entry', 'entries')} about this person in {counted(len(found.logs), 'log')}; {state}."
    )
    for note in notes:
        print(note)
    several = len({row.under for row in found.rows}) > 1
    told: set[tuple[str, str, int]] = set()
    for row in map(_row, found.rows):
        purpose = titled("purposes", row["purpose"]) if row["purpose"] else "no purpose"
        under = f", under id {row['under'][:SHORT]}" if several else ""
        print(
            f"{row['time']}  log {row['log']} entry {row['index']}, number {row['n']} of this person there{under}"
        )
        print(
            f"    {titled('entry-kinds', row['kind'])}: {row['organisation']}, {row['role'] or 'a system'}; {purpose}"
        )
        if (number := (row["log"], row["under"], row["n"])) in told:
            print(
                "    the number stands at an earlier entry, too: two gateways wrote at once, and both entries count"
            )
        told.add(number)
        if row["mixed"]:
            print("    about somebody else as well, whose records counted as this person's at the time")
    for fault in faults:
        at = f" number {fault.n}" if fault.n else ""
        place = f" entry {fault.index}" if fault.index >= 0 else ""
        where = f"log {fault.log}{at}{place}: " if fault.log else ""
        print(f"WRONG  {where}{WORDS[fault.kind]}")


def _row(row: SubjectRow) -> dict[str, Any]:
    entry = row.entry
    told = {"log": row.log, "index": row.index, "n": row.n, "under": row.under, "mixed": row.mixed}
    told |= {name: entry[name] for name in ("event_id", "time", "kind")}
    told |= {"organisation": entry["asker"]["organisation"], "role": entry["asker"].get("role", "")}
    return told | {name: entry.get(name, "") for name in ("purpose", "basis")}


def _paper(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"--copy: {path.name} cannot be read ({error.strerror})") from None


def _given(path: Path) -> list[dict[str, Any]]:
    try:
        rows = parse(path.read_bytes())["rows"]
        return [{name: row[name] for name in ("log", "index", "n", "event_id", "under")} for row in rows]
    except (OSError, NotJson, KeyError, TypeError):
        raise typer.BadParameter(f"--check: {path.name} is no report of this command's (--json)") from None
