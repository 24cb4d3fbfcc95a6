"""`mash`: one command for each group of users, each in a file of its own.

Promise: every command ends with a code of one table (services/cli/exits.py); a problem is told in words.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Reporting

GROUPS = ("staff", "partner", "ledger", "policy", "witness", "review", "link", "index")
"""Each is `services/cli/<name>.py` with a typer app `app`."""

app = typer.Typer(
    cls=Reporting,
    name="mash",
    help="A multi-agency sharing hub: each release decided field by field, and in a ledger first.",
    epilog="Exit codes: 0 ok, 1 findings, 2 usage, 3 unavailable, 4 refused, 5 incomplete.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables could show a person's data.
    pretty_exceptions_enable=False,
)


@app.command()
def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Play it through, stop, and say by the exit code.")
    ] = False,
    home: Annotated[Path, typer.Option(help="Folder for all its state.")] = Path("demo-home"),
    signed: Annotated[
        bool, typer.Option("--signed", help="Policy edits count once signed and activated, as in production.")
    ] = False,
    decisions: Annotated[
        int,
        typer.Option(
            min=0, help="Decisions of the day's work that is played; 500 take half a minute, 0 leaves it out."
        ),
    ] = 500,
) -> None:
    """The whole hub with invented families, and its main job played for real over HTTP."""
    from services.cli.demo.command import demo as play

    raise typer.Exit(play(once, home, signed=signed, decisions=decisions))


@app.command()
def serve() -> None:
    """The hub in one process, with the settings of the environment and of MASH_CONFIG."""
    from services.cli.serve import serve as run

    run()


def _needed() -> tuple[str, ...]:
    """The groups to read in: where one command is named, its own alone, for each costs a moment to read."""
    named = sys.argv[1] if len(sys.argv) > 1 else ""
    if named in ("demo", "serve", "up", "synth"):
        return ()
    return (named,) if named in GROUPS else GROUPS


def _add_parts() -> None:
    for name in _needed():
        if find_spec(f"services.cli.{name}"):
            app.add_typer(import_module(f"services.cli.{name}").app, name=name)
    if find_spec("services.cli.up"):
        app.command(name="up")(import_module("services.cli.up").up)
    app.command(name="synth")(import_module("services.cli.synth").synth)


_add_parts()
