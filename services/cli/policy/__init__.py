"""`mash policy`: for those who write the ISAs and the rules. One command, one file of this folder.

Promise: the first line of each command says what it did; one exit code says how it ended.
"""

from importlib import import_module
from importlib.util import find_spec

import typer

from services.cli.exits import Reporting

COMMANDS = (
    "check", "new", "matrix", "explain", "impact", "key", "propose", "sign", "activate", "rollback",
    "documents", "report", "server", "build", "schemas", "what_is_shared",
)  # fmt: skip
"""In the order in which an IG lead meets them; each is a module with `add(app)`."""

app = typer.Typer(
    cls=Reporting,
    help="Write, check, prove, sign and put in force the policies: ISAs, gateways, tables, labels, rules and stories.",
    epilog="Example: mash policy check",
    no_args_is_help=True,
)
for name in COMMANDS:
    if find_spec(f"services.cli.policy.{name}"):
        import_module(f"services.cli.policy.{name}").add(app)
