"""`mash ledger key`: the auditor's keys, made once on the auditor's own machine.

Promise: the private file never leaves the machine by this command; a file that is there is never overwritten.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.ledger.auditor import Auditor

ROLE = "AUDITOR"


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(key)


def key(
    file: Annotated[Path, typer.Argument(help="Where to put the private keys, such as auditor.json.")],
    client: Annotated[str, typer.Option(help="Name under which your system is to be registered.")],
    organisation: Annotated[str, typer.Option(help="Your organisation's id at the hub.")],
    user: Annotated[str, typer.Option(help="Your own user id at your organisation.")],
    role: Annotated[str, typer.Option(help="The role in which you ask, if not as an auditor.")] = ROLE,
) -> None:
    """Make the keys of an auditor, or of whoever reviews identities by command: one to sign with, one to be sealed to. Hand the
    public file to the hub's operator.

    Example: mash ledger key auditor.json --client county-audit --organisation northshire-csc --user a.auditor

    Exit: 0 made, 2 usage.
    """
    made = Auditor.make(client, organisation, user)
    scopes = ("ledger/entries.read", "ledger/records.read") if role == ROLE else ("user/case",)
    public = file.with_suffix(".public.json")
    if public.exists():
        raise typer.BadParameter(f"{public} is there already; name another file")
    try:
        made.write(file)
        public.write_text(json.dumps(made.public_set(), indent=2) + "\n", encoding="utf-8")
    except FileExistsError:
        raise typer.BadParameter(f"{file} is there already; name another file") from None
    except OSError as error:
        print(f"{file}: cannot be written ({error.strerror})", file=sys.stderr)
        raise typer.Exit(Exit.USAGE) from None
    print(f"Made {file}, which stays with you, and {public}, which the hub's operator registers:")
    print(
        f"  mash partner add {client} --organisation {organisation} --keys {public.name} --role {role} \\\n"
        f"      {' '.join(f'--scope {scope}' for scope in scopes)}"
    )
    print(f"  mash staff add --organisation {organisation} --role {role} --user {user}")
    print(f"Your signing key is {made.thumbprint}; tell it to whoever is to trust your reports.")
