"""`mash partner`: for whoever registers partners' systems.

Promise: a system gets the scopes, roles and sources named here and no others; only its public keys are
taken in.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Reporting
from services.cli.registers import now, opened
from services.contract.directory import Organisation
from services.contract.problems import BadInput
from services.contract.vocabulary import codes
from services.gateway.access.clients import Client

app = typer.Typer(
    cls=Reporting,
    help="Partners' systems: what each may do, and its public keys.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def group() -> None:
    """For whoever registers partners' systems."""


@app.command()
def add(
    client: Annotated[str, typer.Argument(help="Client id: 3 to 64 letters, digits, dots, hyphens.")],
    organisation: Annotated[str, typer.Option(help="Id in policies/organisations.yaml.")],
    keys: Annotated[Path, typer.Option(help="File with its public keys (JSON Web Key Set).")],
    scope: Annotated[
        list[str],
        typer.Option(help="system/Type.cru, user/family-view, counts.read …; may be repeated."),
    ],
    source: Annotated[
        list[str] | None, typer.Option(help="Source it publishes for; may be repeated.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="Role of people it vouches for; may be repeated.")
    ] = None,
) -> None:
    """Register a partner's system.

    Example: mash partner add trust-feed --organisation northshire-trust --keys public.json
    --scope system/*.cru --source trust-epr
    """
    with opened() as registers:
        _known(registers.organisation(organisation), tuple(source or ()), tuple(role or ()))
        registers.clients.add(
            Client(client, organisation, tuple(role or ()), tuple(scope), tuple(source or ()), _keys(keys)),
            now(),
        )
    print(f"Registered {client} for {organisation}, with {', '.join(scope)}.")


@app.command("list")
def show(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """List the systems registered.

    Example: mash partner list
    """
    with opened() as registers:
        rows: list[dict[str, Any]] = [
            {
                "client": client.id,
                "organisation": client.organisation,
                "scopes": list(client.scopes),
                "sources": list(client.sources),
                "roles": list(client.roles),
                "keys": [key.thumbprint() for key in client.keys().keys],
                "ended": ended or None,
            }
            for client, ended in registers.clients.all()
        ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{len(rows)} systems registered.")
    for row in rows:
        state = f"ended {row['ended']}" if row["ended"] else "stands"
        print(f"{row['client']}  {row['organisation']}  {', '.join(row['scopes'])}  {state}")


@app.command()
def end(client: Annotated[str, typer.Argument(help="Client id.")]) -> None:
    """End a registration: its assertions and tokens are refused from now on.

    Example: mash partner end trust-feed
    """
    with opened() as registers:
        registers.clients.end(client, now())
    print(f"Ended {client}: refused from the next request on.")


def _known(organisation: Organisation, sources: tuple[str, ...], roles: tuple[str, ...]) -> None:
    own = {source.id for source in organisation.sources}
    places = [f"--source: {one} is not a source of this organisation" for one in sources if one not in own]
    places += [
        f"--role: {one} is not in schemas/vocabulary/roles.json" for one in roles if one not in codes("roles")
    ]
    if places:
        raise BadInput("some options do not fit", places=tuple(places))


def _keys(file: Path) -> dict[str, Any]:
    try:
        keys = json.loads(file.read_bytes())
    except OSError as error:
        raise BadInput(f"--keys: cannot read the file ({error.strerror})") from None
    except ValueError:
        raise BadInput("--keys: the file is not JSON") from None
    if not isinstance(keys, dict):
        raise BadInput("--keys: the file is not a JSON Web Key Set")
    return keys
