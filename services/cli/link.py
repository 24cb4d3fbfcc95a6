"""`mash link`: for whoever reviews identities and works by commands: a wrong link withdrawn, or put to the reviewers.

Promise: it does what the page of links does, at a hub, as a person in a role, by that person's own key; ids that sources give
records, and the reason, are never arguments, where other users of the machine and its history would have them.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit, Reporting
from services.cli.ledger.auditor import Auditor
from services.contract.problems import BadInput

SCOPE = "user/case"
app = typer.Typer(
    cls=Reporting,
    help="Links between records: withdraw a wrong one, or ask the reviewers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_Hub = Annotated[str, typer.Argument(help="The hub's address, https://HOST.")]
_Key = Annotated[Path, typer.Option(help="Your key file (mash ledger key FILE --role ROLE).")]
_Record = Annotated[
    str, typer.Option("--record", help="Source of the record (its id in organisations.yaml).")
]
_Role = Annotated[str, typer.Option(help="The role in which you review.")]
_Kin = Annotated[
    bool, typer.Option("--relative", help="The record is of a relative, in somebody else's file.")
]
_OtherKin = Annotated[bool, typer.Option("--other-relative", help="The other record is.")]
_Ca = Annotated[Path | None, typer.Option(help="Certificate of the hub's authority, if of its own.")]
_Json = Annotated[bool, typer.Option("--json", help="The hub's answer, as JSON on stdout.")]


@app.callback()
def group() -> None:
    """For hub administrators, privacy officers and adoption workers who review identities."""


@app.command(
    epilog="Example: mash link withdraw https://hub.example --key me.json --record northshire-nhs --from northshire-csc"
)
def withdraw(
    hub: _Hub,
    key: _Key,
    record: _Record,
    apart: Annotated[
        str,
        typer.Option(
            "--from", help="Source of the record with which it was joined; else all that were there."
        ),
    ] = "",
    role: _Role = "MASH-ADMIN",
    relative: _Kin = False,
    other_relative: _OtherKin = False,
    ca: _Ca = None,
    as_json: _Json = False,
) -> None:
    """Take apart two people whom the hub counts as one. The ids and the reason are asked for on standard input, one a line.

    Exit: 0 done, 2 no such records are yours to decide on, 3 the hub does not answer, 4 refused, 5 a second person has to say
    the same.
    """
    body: dict[str, Any] = {"record": _named("Id of the record", record, relative)}
    if apart:
        body["apart_from"] = _named("Id of the other record", apart, other_relative)
    told = _sent(hub, key, role, ca, "/links/withdrawn", body)
    if as_json:
        print(json.dumps(told, indent=2))
    elif "review" in told:
        print(f"A second designated person has to say the same: review {told['review']}.")
    else:
        _tell(told)
    raise typer.Exit(Exit.INCOMPLETE if "review" in told else Exit.OK)


@app.command(
    epilog="Example: mash link ask https://hub.example --key me.json --record northshire-nhs --other northshire-csc"
)
def ask(
    hub: _Hub,
    key: _Key,
    record: _Record,
    other: Annotated[str, typer.Option("--other", help="Source of the other record.")],
    role: _Role = "MASH-ADMIN",
    relative: _Kin = False,
    other_relative: _OtherKin = False,
    ca: _Ca = None,
    as_json: _Json = False,
) -> None:
    """Ask the reviewers whether two records are one person's. The ids and the reason are asked for on standard input, one a line.

    Exit: 0 it is put, 2 no such records are yours to decide on, 3 the hub does not answer, 4 refused.
    """
    body = {
        "record": _named("Id of the record", record, relative),
        "other": _named("Id of the other record", other, other_relative),
    }
    told = _sent(hub, key, role, ca, "/reviews", body)
    if as_json:
        print(json.dumps(told, indent=2))
        return
    print(
        f"The question is put: review {told['review']}. It waits under Doubtful matches on the hub's pages."
    )


def _named(question: str, source: str, relative: bool) -> dict[str, str]:
    return {"source": source, "type": "RelatedPerson" if relative else "Patient", "id": _typed(question)}


def _sent(hub: str, key: Path, role: str, ca: Path | None, path: str, body: dict[str, Any]) -> dict[str, Any]:
    from services.cli.ledger.hub_address import HubAddress

    who = Auditor.read(key)
    body["reason"] = _typed("Why")
    with HubAddress(hub, who, ca, role=role, scopes=(SCOPE,)) as address:
        return address.post(path, body)


def _typed(question: str) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(question, err=True)).strip()
    line = sys.stdin.readline().strip()
    if not line:
        raise BadInput(
            f"nothing was given on standard input for: {question}",
            next_step="Give one line for each of what is asked: the id of each record, then why.",
        )
    return line


def _tell(told: dict[str, Any]) -> None:
    moved = told.get("records_moved")
    counted = "" if moved is None else f" {moved} record{'' if moved == 1 else 's'} moved."
    print(f"The two are taken apart, by entry {told['entry']} of {told['log']}.{counted}")
    print(
        f"The privacy officer decides by {told['commissioner_by']} whether to tell the Information Commissioner."
    )
    print(f"{len(told['recipients'])} were told something meanwhile:")
    for one in told["recipients"]:
        print(f"  {one['organisation']}  {one['role']}  {one['user']}  {one['first']} to {one['last']}")
