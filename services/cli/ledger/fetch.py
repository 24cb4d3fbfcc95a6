"""`mash ledger fetch`: a hub's ledger taken to the auditor's own machine, with what decides it again.

Promise: needs the hub's address and the auditor's key file; the hub enters each reading before it answers; what is here
after it was not judged: `mash ledger verify` does that.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.ledger.auditor import Auditor
from services.cli.ledger.in_words import counted
from services.cli.ledger.progress import counting
from services.cli.ledger.writing import writing
from services.ledger.auditing.download import CannotDownload, Downloaded, download


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(fetch)


def fetch(
    hub: Annotated[str, typer.Argument(help="The hub's address, https://HOST.")],
    folder: Annotated[Path, typer.Argument(help="Where to put it; run again, it adds what is new.")],
    key: Annotated[Path, typer.Option(help="The auditor's key file (mash ledger key).")],
    log: Annotated[list[str] | None, typer.Option(help="Only this log (its code); may be repeated.")] = None,
    records: Annotated[
        bool, typer.Option(help="With decision records and books, which replay needs.")
    ] = True,
    ca: Annotated[
        Path | None, typer.Option(help="Certificate of the hub's authority, if of its own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What came, as JSON on stdout.")] = False,
) -> None:
    """Download every log as tiles, its decision records sealed to you, and the policies that decided.

    Example: mash ledger fetch https://hub.example audit --key auditor.json

    Exit: 0 all is here, 1 what is served is no ledger, 2 usage, 3 the hub does not answer or the disk is full, 4 refused,
    5 not all was given.
    """
    from services.cli.ledger.hub_address import HubAddress

    auditor = Auditor.read(key)
    try:
        with HubAddress(hub, auditor, ca) as address, counting("entries") as step, writing(folder):
            found = download(address.get, folder, logs=log or (), records=records, step=step)
    except CannotDownload as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None
    if as_json:
        told = {"logs": found.sizes, "records": found.records, "books": found.books, "lacking": found.lacking}
        print(json.dumps(told, indent=2))
    else:
        tell(found, folder)
    raise typer.Exit(Exit.INCOMPLETE if found.lacking else Exit.OK)


def tell(found: Downloaded, folder: Path) -> None:
    """What is in the folder now."""
    count = sum(found.sizes.values())
    print(
        f"Fetched {counted(len(found.sizes), 'log')} with {counted(count, 'entry', 'entries')} to {folder}, "
        f"{counted(found.records, 'decision record')}, {counted(found.books, 'book')} of policies."
    )
    for code, size in found.sizes.items():
        print(f"  {code}: {size} entries")
    for lack in found.lacking:
        print(f"NOT GIVEN  {lack}")
    print("Nothing of it was judged yet: run mash ledger verify with the keys that you were given.")
