"""`mash policy impact`: what the policies as they are written now would change, over every question and every record.

Promise: widening stands first; the report's digest is over all that is said, and is what the signers sign.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.installation import settings_of
from services.cli.policy.deciding import book_of, deciding, today
from services.cli.policy.folder import Folder
from services.cli.policy.recorded import recorded
from services.contract.canonical import emit
from services.contract.problems import LedgerUnavailable
from services.policy.impact.impact import impact_of
from services.policy.impact.report import NARROWER, WIDER, Line, Report
from services.policy.kept import NotKept, kept, read_kept
from services.policy.recorded import Recorded
from services.policy.replay import WHY
from services.runtime.book import Book
from services.runtime.settings import Settings

LAST = 500
SHOWN = 12


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy impact --home demo-home --report impact.json")(impact)


def impact(
    policies: Folder = None,
    base: Annotated[
        str, typer.Option(help="Digest of a kept book, or a folder; default the last that decided.")
    ] = "",
    home: Annotated[Path | None, typer.Option(help="MASH_HOME with the books and the ledger.")] = None,
    last: Annotated[int, typer.Option(min=0, help="How many of the newest recorded decisions.")] = LAST,
    report: Annotated[Path | None, typer.Option("--report", help="Write the whole report as JSON.")] = None,
    on: Annotated[str, typer.Option(help="The day, YYYY-MM-DD; default today.")] = "",
) -> None:
    """What would change: over the tables, and over the decisions in the ledger. Widening first.

    Exit 0 whatever it finds; the report says `widens`.
    """
    settings = settings_of(home)
    new = book_of(policies)
    old = base_of(settings, base, new)
    records, lack = records_of(settings, last)
    with deciding(old, new) as (rows_old, rows_new):
        found = impact_of(old, new, rows_old, rows_new, records, on=on or today())
    if report:
        report.write_bytes(emit(found.as_json()) + b"\n")
    tell(found)
    if lack:
        print(f"No recorded decision was looked at: {lack}.")
    if report:
        print(f"Written: {report}")


def base_of(settings: Settings, base: str, new: Book) -> Book:
    """The old book: a folder, a kept one by its digest, or the newest kept that is not the new one. Raises `NotKept`."""
    if base and Path(base).is_dir():
        return book_of(Path(base))
    if base:
        return read_kept(settings.home, base)
    others = [digest for digest in kept(settings.home) if digest != new.digest]
    if not others:
        raise NotKept(
            f"no other book has decided anything in {settings.home}",
            next_step="Name the old policies: --base FOLDER, or --home with a hub that has decided something.",
        )
    return read_kept(settings.home, others[-1])


def records_of(settings: Settings, last: int) -> tuple[list[Recorded], str]:
    """The newest recorded decisions, and why there are none where there are none."""
    try:
        return list(recorded(settings, last)), ""
    except LedgerUnavailable as none:
        return [], none.detail


def tell(found: Report) -> None:
    """The report in words."""
    if not found.files:
        print("Nothing was changed.")
    else:
        effect = "widens" if found.widens else "narrows" if found.narrows else "changes no cell"
        print(f"The change {effect}: {found.base['revision']} -> {found.new['revision']}, on {found.on}.")
        print("Files: " + ", ".join(f"{file} {what}" for file, what in found.files.items()))
    for direction, heading in ((WIDER, "WIDENING"), (NARROWER, "NARROWING")):
        _tell_lines(
            heading, [line for line in found.lines if line.direction == direction], found.recorded.decisions
        )
        for one in (*found.elsewhere, *found.factors):
            if one.direction == direction:
                print(f"  - {one.sentence}")
    _tell_records(found)
    _tell_boundary(found)
    print(f"Report {found.digest}: {found.questions} questions looked at.")


def _tell_lines(heading: str, lines: list[Line], decisions: int) -> None:
    if lines:
        print(f"\n{heading}")
    for line in lines[:SHOWN]:
        less = "more" if line.direction == WIDER else "less"
        told = (
            f" {line.recorded} of the last {decisions} decisions would have released {less}."
            if decisions
            else ""
        )
        print(f"  - {line.sentence}{told}")
    if len(lines) > SHOWN:
        print(f"  … and {len(lines) - SHOWN} more lines in the report (--report FILE).")


def _tell_records(found: Report) -> None:
    counts = found.recorded
    if not counts.decisions:
        return
    print(
        f"\nOf the last {counts.decisions} decisions: {counts.wider} would have released more, {counts.narrower} less, "
        f"{counts.other} for another reason, {counts.unchanged} are unchanged."
    )
    for why, number in counts.not_replayed.items():
        print(f"  Not held against its own book: {number}, for {WHY[why]}.")


def _tell_boundary(found: Report) -> None:
    if found.boundary is None:
        print("\nNo date lies ahead.")
        return
    print(f"\nNext date: {found.boundary.on}")
    for event in found.boundary.events:
        print(f"  {event}.")
    wider = sum(line.direction == WIDER for line in found.boundary.lines)
    narrower = sum(line.direction == NARROWER for line in found.boundary.lines)
    if found.boundary.lines:
        print(f"  Then {wider} widening and {narrower} narrowing lines, among them:")
    for line in [line for line in found.boundary.lines if line.direction in (WIDER, NARROWER)][:3]:
        print(f"  - {line.sentence.replace('today it is', 'until then it is')}")
