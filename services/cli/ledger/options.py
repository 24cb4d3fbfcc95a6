"""Options that several commands of `mash ledger` take, said once so that they mean the same everywhere.

Promise: an option of one name has one meaning in every command.
"""

from pathlib import Path
from typing import Annotated

import typer

Place = Annotated[
    str, typer.Argument(help="MASH_HOME, a download or export, or a hub's address (with --key).")
]
AtTheHub = Annotated[str, typer.Argument(help="MASH_HOME of the hub; or a download, with --key.")]
Key = Annotated[Path | None, typer.Option(help="The auditor's key file, for a download or an address.")]
Trust = Annotated[Path, typer.Option(help="File of public key lines, from somebody other than the hub.")]
Person = Annotated[
    str, typer.Option(help="The index's opaque id. Else it, or NHS number and date of birth, are asked for.")
]
By = Annotated[str, typer.Option(help="Who asks, for the entry; default your name on this machine.")]
Since = Annotated[str, typer.Option(help="From this day on, YYYY-MM-DD (UTC).")]
Until = Annotated[str, typer.Option(help="To this day, which counts whole.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON on stdout.")]
Event = Annotated[str, typer.Argument(help="Event id of the entry, as in a receipt.")]
Events = Annotated[list[str], typer.Option(help="Event id, from a receipt; may be repeated.")]
Logs = Annotated[list[str] | None, typer.Option(help="Only this log (its code); may be repeated.")]
