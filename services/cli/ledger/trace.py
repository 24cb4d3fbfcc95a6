"""`mash ledger trace`: at the hub, where one person stands in the logs, sealed to one auditor.

Promise: that it was made is entered first; it goes to the holder of one private key, and tells neither who it is nor what was
shown. An auditor needs it to ask who could have known a fact about the person.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.ledger.in_words import counted
from services.cli.ledger.opened import home_of, installation, opened
from services.cli.ledger.options import By, Person
from services.cli.ledger.person import among, no_more, of_several, person_given
from services.cli.ledger.traces import sealed_trace
from services.cli.ledger.writing import writing
from services.ledger.export import put
from services.ledger.reading import Reading

NOWHERE = (
    "No entry is about this person: nothing was ever entered about them under any id that the index knows. If that cannot be, "
    "see whether a record of theirs waits for review (mash index rekey, mash review)."
)


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(trace)


def trace(
    home: Annotated[Path, typer.Argument(help="MASH_HOME of the hub.")],
    to: Annotated[Path, typer.Option(help="The auditor's public keys (auditor.public.json).")],
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("trace.jwe"),
    person: Person = "",
    by: By = "",
) -> None:
    """Tell one auditor which entries are about a person, without telling who it is.

    Example: mash ledger trace home --to auditor.public.json --out trace.jwe

    Exit: 0 written, 2 usage, 3 it could not be entered or the disk is full.
    """
    whom = person_given(installation(home_of(home)), person)
    with opened(str(home), None, {"command": "trace"}, by) as ledger:
        if not isinstance(ledger.source, Reading):
            raise typer.BadParameter("a trace is made at the hub, with its keys: name MASH_HOME")
        about = among(ledger.source, whom)
        lost = no_more(ledger.source, whom)
        events = [str(one.entry["event_id"]) for one in ledger.source.entries() if about(one.entry)]
    with writing(out):
        put(out.parent, out.name, sealed_trace(events, to).encode())
    print(
        f"Sealed to {out} where the person stands: {counted(len(events), 'entry', 'entries')}, for whoever holds {to}'s "
        "private half."
    )
    for line in filter(None, (of_several(whom), *lost)):
        print(line)
    if not events and not lost:
        print(NOWHERE)
