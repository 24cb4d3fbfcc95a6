"""`mash up`: the command; what it runs is services/cli/demo/real.py.

Promise: naming it costs the other commands nothing: what it needs is read in when it is run.
"""

from pathlib import Path
from typing import Annotated

import typer


def up(
    once: Annotated[
        bool, typer.Option("--once", help="Come up, play the main job through, verify the ledger, and end.")
    ] = False,
    home: Annotated[Path, typer.Option(help="Folder for the state of all parts.")] = Path("up-home"),
) -> None:
    """The hub on a real Kafka, OPA and PostgreSQL on this machine, no container engine needed.

    Example: mash up --home /srv/mash-up

    The first run fetches and builds the parts, some minutes; each later one has them within seconds. Any
    part may be killed: it is started again, and nothing that was acknowledged is lost. Ctrl-C ends it all.
    """
    from services.cli.demo.real import run

    raise typer.Exit(run(once, home.resolve()))
