"""`mash ledger prove`: that an entry stands in a signed log, or that a log has only grown.

Promise: a proof is written only if it holds; both forms are C2SP's, which others' programs check.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.ledger.opened import Opened, opened
from services.cli.ledger.options import Event, Key, Place
from services.cli.ledger.which import CannotProve, event_given, find, growing
from services.cli.ledger.writing import writing
from services.ledger.export import put


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(prove)


def prove(
    place: Place,
    event: Event = "",
    log: Annotated[str, typer.Option(help="The log, with --index or --old.")] = "",
    index: Annotated[int, typer.Option(help="Place of the entry that is to be proved.")] = -1,
    old: Annotated[int, typer.Option(help="Prove that the log of this size only grew.")] = 0,
    new: Annotated[int, typer.Option(help="To this size; default the size that is signed.")] = 0,
    out: Annotated[Path | None, typer.Option(help="File to write; default standard output.")] = None,
    key: Key = None,
) -> None:
    """Write a proof: a .tlog-proof of one entry, or the hashes by which one size of a log is shown to begin another.

    Example: mash ledger prove audit 4f1hXyVQdQm0nXbqg1yG2Q --out entry.tlog-proof
    Example: mash ledger prove audit --log northshire-csc --old 120

    Exit: 0 proved, 1 the log is not what was signed, 2 usage.
    """
    if bool(event) == bool(log) or (log and (index >= 0) == (old > 0)):
        raise typer.BadParameter("name an event id; or --log with --index; or --log with --old")
    try:
        with opened(place, key) as ledger:
            proof = _grown(ledger, log, old, new) if old else _inclusion(ledger, event, log, index)
    except CannotProve as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None
    if out is None:
        sys.stdout.write(proof.decode())
        return
    with writing(out):
        put(out.parent, out.name, proof)
    print(f"Wrote {out}. mash ledger check-receipt, or any program for C2SP's formats, checks it.")


def _inclusion(ledger: Opened, event: str, log: str, index: int) -> bytes:
    if event:
        found = find(ledger, event=event_given(event)).entry
        log, index = found.log, found.at
    return growing(ledger, log, at=index).inclusion(index).emit()


def _grown(ledger: Opened, log: str, old: int, new: int) -> bytes:
    whole = growing(ledger, log)
    found = whole.consistency(old, new or whole.head.size)
    return found.request() if found.checkpoint else found.as_json() + b"\n"
