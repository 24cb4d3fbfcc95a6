"""The `--policies` option that the commands share.

Promise: without it a command works on the hub's own folder, and says so nowhere but in its help.
"""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path | None, typer.Option("--policies", help="The policy folder; default the hub's own.")]
