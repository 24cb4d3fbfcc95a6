"""`mash ledger replay`: every recorded decision decided again, under the very policies that decided it.

Promise: a decision that comes out otherwise is named by log, place and class, with no word of whom it was about; what could
not be decided again is counted and makes the result incomplete, never good; what was shredded is counted, and a record that
is missing without it is a finding.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit
from services.cli.installation import settings_of
from services.cli.ledger.days import day_given
from services.cli.ledger.opened import Source, opened
from services.cli.ledger.progress import counting
from services.ledger.opened import Decision
from services.ledger.reading import Entry
from services.policy.kept_rows import KeptRows
from services.policy.recorded import Recorded
from services.policy.replay import NAMED, RECORD_GONE, WHY, Replayer

ANOTHER_RECORD, ANOTHER_BOOK, PART_GONE = "another-record", "another-book", "part-gone"
NOT_OPENED, NOT_ENTERED, STILL_THERE, SHREDDED = (
    "record-not-opened", "shredded-without-entry", "not-yet-shredded", "shredded",
)  # fmt: skip
OWN_WHY: Mapping[str, str] = {
    **WHY,
    RECORD_GONE: "the decision record is gone, and nobody in it was shredded",
    PART_GONE: "a part of the decision record is gone, and nobody in it was shredded",
    NOT_OPENED: "the decision record is not here, or does not open without the auditor's key",
    NOT_ENTERED: "more was destroyed than the entries of shredding say",
    STILL_THERE: "less was destroyed than the entries of shredding say; restart the hub, which finishes it",
    SHREDDED: "somebody in it was shredded; what is about others was decided again",
    ANOTHER_RECORD: "the record kept is not the one whose digest was entered",
    ANOTHER_BOOK: "the record names another book than the entry",
}
UNKNOWN = (NOT_OPENED, "book-missing", "another-version", "engine-failed")
"""Reasons for which nothing can be said; every other is a finding."""


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(replay)


def replay(
    place: Annotated[
        str, typer.Argument(help="A download (mash ledger fetch), or MASH_HOME.", show_default=False)
    ] = "",
    home: Annotated[Path | None, typer.Option(help="MASH_HOME with ledger, vault and books.")] = None,
    key: Annotated[Path | None, typer.Option(help="The auditor's key file, which opens a download.")] = None,
    log: Annotated[str, typer.Option(help="Only this log (its code).")] = "",
    since: Annotated[str, typer.Option(help="Only decisions from this day on, YYYY-MM-DD (UTC).")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON on stdout.")] = False,
) -> None:
    """Decide every recorded decision again under the book that decided it, and name each that comes out otherwise.

    Run `mash ledger verify` first: replay takes the entries as they stand. It needs what opens the records: the auditor's
    key file for a download, the key folder at the hub.

    Example: mash ledger replay audit --key auditor.json

    Exit: 0 all as recorded, 1 a decision comes out otherwise, 3 no ledger, 5 something could not be decided again.
    """
    if not place and home is not None and not (home / "ledger").is_dir():
        raise typer.BadParameter(f"--home: no ledger in {home}; name MASH_HOME")
    where = place or str(home or settings_of(None).home)
    day = day_given("--since", since)
    with opened(where, key, {"command": "replay"}) as ledger, counting("entries") as step:
        total = ledger.signed()
        found = decide_again(ledger.source, ledger.home, log, day, lambda read: step(read, total))
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        tell(found)
    raise typer.Exit(
        Exit.FINDINGS if found["otherwise"] else Exit.INCOMPLETE if found["unknown"] else Exit.OK
    )


def decide_again(
    source: Source,
    home: Path,
    log: str = "",
    since: str = "",
    step: Callable[[int], None] = lambda _: None,
) -> dict[str, Any]:
    """`{decisions, rows, same, otherwise, unknown, unreplayable, named: [{log, index, event, reason, place}]}`. `home`:
    where the books are. Raises `LedgerUnavailable`."""
    report: dict[str, Any] = {"decisions": 0, "rows": 0, "same": 0}
    report |= {"otherwise": {}, "unknown": {}, "unreplayable": {}, "named": []}
    with KeptRows(home) as rows_of_books:
        replayer = Replayer(rows_of_books)
        for entry in _decided(source, log, since, step):
            record = source.record(entry.entry["event_id"])
            reason, place, rows = _one(replayer, record, entry)
            shredded = record is not None and record.shredded > 0
            report["decisions"] += 1
            report["rows"] += rows
            if shredded:
                _count(report["unreplayable"], SHREDDED)
            if reason:
                _name(report, reason, place, entry)
            else:
                report["same"] += not shredded
    _hold_shredding(source.shredded(), report)
    return report


def _hold_shredding(counts: tuple[int, int] | None, report: dict[str, Any]) -> None:
    """As many parts are gone as entries say; more were destroyed without an entry, fewer are still owed."""
    gone, entered = counts or (0, 0)
    if gone != entered:
        reason = NOT_ENTERED if gone > entered else STILL_THERE
        _name(report, reason, f"{gone} parts are gone, {entered} were entered")


def _name(report: dict[str, Any], reason: str, place: str, entry: Entry | None = None) -> None:
    _count(report["unknown" if reason in UNKNOWN else "otherwise"], reason)
    if len(report["named"]) < NAMED:
        log, at, event = (entry.log, entry.at, entry.entry["event_id"]) if entry else ("hub", -1, "")
        report["named"].append({"log": log, "index": at, "event": event, "reason": reason, "place": place})


def _count(pile: dict[str, int], reason: str) -> None:
    pile[reason] = pile.get(reason, 0) + 1


def _decided(source: Source, log: str, since: str, step: Callable[[int], None]) -> Iterator[Entry]:
    for read, entry in enumerate(source.entries(), 1):
        step(read)
        wanted = (not log or entry.log == log) and (not since or str(entry.entry["time"])[:10] >= since)
        if wanted and "decision_digest" in entry.entry:
            yield entry


def _one(replayer: Replayer, record: Decision | None, entry: Entry) -> tuple[str, str, int]:
    """The reason ("" where all that is left is as recorded), the place, and how many rows were decided."""
    if record is None:
        return NOT_OPENED, "", 0
    if record.body is None:
        return ("" if record.shredded else RECORD_GONE), "", 0
    if record.digest != entry.entry["decision_digest"]:
        return ANOTHER_RECORD, "", 0
    if record.lost:
        return PART_GONE, f"{record.lost} of its parts", 0
    policy = str(entry.entry.get("policy", {}).get("digest", ""))
    if any(call["digest"] != policy for call in json.loads(record.body)["calls"]):
        return ANOTHER_BOOK, "", 0
    found = replayer.replay([Recorded(entry.entry["event_id"], policy, record.body)])
    if found.same:
        return "", "", found.rows
    _, reason, place = found.named[0]
    return reason, place, found.rows


def tell(found: Mapping[str, Any]) -> None:
    """The report in words."""
    print(
        f"Decided again: {found['decisions']} decisions, {found['rows']} profiles; {found['same']} as recorded."
    )
    piles = (("OTHERWISE", "otherwise"), ("NOT DECIDED", "unknown"), ("UNREPLAYABLE", "unreplayable"))
    for heading, pile in ((heading, found[name]) for heading, name in piles):
        for reason, count in sorted(pile.items()):
            print(f"{heading}  {count}: {OWN_WHY[reason]}")
    for one in found["named"]:
        place = f" ({one['place']})" if one["place"] else ""
        at = f" entry {one['index']}" if one["index"] >= 0 else ""
        print(f"  log {one['log']}{at}: {one['reason']}{place}")
