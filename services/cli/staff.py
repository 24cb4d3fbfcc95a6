"""`mash staff`: for whoever keeps an organisation's register of people who may ask.

Promise: nobody asks without a row here, and an ended row counts from the next request; names, numbers and
dates of birth come from a file, never from the command line, and are not printed.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from services.cli.exits import Reporting
from services.cli.ledger.entered_first import enter_act
from services.cli.registers import now, opened
from services.contract.people import About
from services.contract.problems import BadInput
from services.gateway.access.staff import NewWorker
from services.gateway.api.operators import DESIGNATED
from services.gateway.protected import designated as officers
from services.ledger.pseudonyms import of_staff
from services.runtime.keys import KeyFolder
from services.runtime.settings import read_settings

app = typer.Typer(
    cls=Reporting,
    help="The staff register: who may ask.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class _Told(BaseModel):
    """The file of `--about`: own identity and declared conflicts."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str = ""
    own: About | None = None
    conflicts: tuple[About, ...] = ()


@app.callback()
def group() -> None:
    """For whoever keeps the register: who may ask, in which roles and teams."""


@app.command()
def add(
    organisation: Annotated[str, typer.Option(help="Id in policies/organisations.yaml.")],
    role: Annotated[list[str], typer.Option(help="Code of schemas/vocabulary/roles.json; may be repeated.")],
    team: Annotated[list[str] | None, typer.Option(help="Team; may be repeated.")] = None,
    issuer: Annotated[str, typer.Option(help="Address of the sign-in provider.")] = "",
    subject: Annotated[str, typer.Option(help="What that provider calls the person (sub).")] = "",
    user: Annotated[str, typer.Option(help="User id in the organisation's own system.")] = "",
    about: Annotated[
        Path | None,
        typer.Option(help='JSON file: {"name": …, "own": {…}, "conflicts": [{…}]}, as in a question.'),
    ] = None,
) -> None:
    """Register somebody. Without --about their own identity counts as not given.

    Example: mash staff add --organisation northshire-csc --role SW-CHILD --team north --user j.smith
    """
    told = _told(about)
    with opened() as registers:
        registers.organisation(organisation)
        new = NewWorker(
            organisation=organisation,
            roles=tuple(role),
            teams=tuple(team or ()),
            issuer=issuer,
            subject=subject,
            partner_user=user,
            name=told.name,
            own=told.own,
            conflicts=told.conflicts,
        )
        id = registers.staff.add(new, now())
    print(f"Added {id} to the staff register of {organisation} as {', '.join(role)}.")
    print(f"Own identity: {'given' if told.own else 'not given'}. Conflicts: {len(told.conflicts)}.")


@app.command("list")
def show(
    organisation: Annotated[str, typer.Option(help="Only this organisation's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """List the register by opaque id; who somebody is stays sealed.

    Example: mash staff list --organisation northshire-csc
    """
    with opened() as registers:
        rows = [
            {
                "id": worker.id,
                "organisation": worker.organisation,
                "roles": list(worker.roles),
                "teams": list(worker.teams),
                "own_identity": "given" if worker.own else "not given",
                "designated": officers.officer_of(registers.store, worker.organisation) == worker.id,
                "ended": ended or None,
            }
            for worker, ended in registers.staff.all()
            if organisation in ("", worker.organisation)
        ]
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{len(rows)} in the staff register.")
    for row in rows:
        print(_line(row))


@app.command(epilog="Example: mash staff designate 3JvZs0QbX1pYx8Qk")
def designate(
    id: Annotated[str, typer.Argument(help="Opaque id of a privacy officer, as `mash staff list` gives it.")],
) -> None:
    """Make a privacy officer the one who is alerted, and who alone finds people, under their organisation's witness protection.

    There is one for each organisation: whoever it was before is one no more. It is an entry of the hub's log first.
    """
    settings = read_settings()
    with opened() as registers:
        organisation = officers.organisation_of(registers.staff, id)
        before, keys = officers.officer_of(registers.store, organisation), KeyFolder(settings.key_folder)
        facts = {"organisation": organisation, "officer": of_staff(keys, id)}
        enter_act(settings, DESIGNATED, facts | ({"before": of_staff(keys, before)} if before else {}))
        officers.designate(registers.store, registers.staff, id, now())
    print(f"Designated {id} for {organisation}: what waits in that inbox is theirs from the next request on.")


@app.command()
def end(id: Annotated[str, typer.Argument(help="Opaque id, as `mash staff list` gives it.")]) -> None:
    """End a row: tokens and sessions of it are refused from now on.

    Example: mash staff end 3JvZs0QbX1pYx8Qk
    """
    with opened() as registers:
        registers.staff.end(id, now())
    print(f"Ended {id}: refused from the next request on.")


def _line(row: dict[str, Any]) -> str:
    state = f"ended {row['ended']}" if row["ended"] else "stands"
    teams = f" ({', '.join(row['teams'])})" if row["teams"] else ""
    officer = "  designated officer" if row["designated"] else ""
    return f"{row['id']}  {row['organisation']}  {', '.join(row['roles'])}{teams}  {state}{officer}"


def _told(file: Path | None) -> _Told:
    if file is None:
        return _Told()
    try:
        return _Told.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadInput(f"--about: cannot read the file ({error.strerror})") from None
    except ValidationError as error:
        places = tuple(
            f"{'.'.join(str(part) for part in one['loc'] if isinstance(part, int) or part in _WORDS)}: {one['msg']}"
            for one in error.errors(include_input=False, include_url=False)
        )
        raise BadInput("--about: the file is not as it should be", places=places) from None


_WORDS = frozenset({*_Told.model_fields, *About.model_fields})
