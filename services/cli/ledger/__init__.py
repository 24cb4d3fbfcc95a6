"""`mash ledger`: for auditors. One command, one file of this folder.

Promise: nothing that could not be checked is called good; what a command shows of people it enters first.
"""

import sys
from importlib import import_module
from importlib.util import find_spec

import typer

from services.cli.exits import Reporting

COMMANDS = (
    "key",
    "fetch",
    "verify",
    "check_receipt",
    "replay",
    "report",
    "check_report",
    "show",
    "search",
    "prove",
    "reveal",
    "subject_report",
    "trace",
    "misrelease",
    "evidence",
    "export",
    "acls",
    "doctor",
)
"""In the order in which an auditor meets them; each is a module with `add(app)`."""

app = typer.Typer(
    cls=Reporting, help="Verify what was entered.", no_args_is_help=True, pretty_exceptions_enable=False
)


@app.callback()
def group() -> None:
    """For auditors: is every entry still what was signed?"""


def _needed() -> tuple[str, ...]:
    """The commands to read in: where one is named, its own alone, for each costs a moment to read."""
    named = sys.argv[2].replace("-", "_") if sys.argv[1:2] == ["ledger"] and len(sys.argv) > 2 else ""
    return (named,) if named in COMMANDS else COMMANDS


for name in _needed():
    if find_spec(f"services.cli.ledger.{name}"):
        import_module(f"services.cli.ledger.{name}").add(app)
