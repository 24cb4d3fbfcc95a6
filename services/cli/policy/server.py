"""`mash policy server`: the files with which an OPA server is started so that it serves this hub and nobody else.

Promise: the private key stays in the hub's key folder; the token is written to one file that only its owner reads.
"""

from pathlib import Path
from typing import Annotated

import typer


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy server /srv/opa --hub http://127.0.0.1:8701")(server)


def server(
    folder: Annotated[
        Path, typer.Argument(help="Where they are written; only OPA's own user should read it.")
    ],
    hub: Annotated[
        str,
        typer.Option(help="The hub's operators' listener, as OPA reaches it; default that of the settings."),
    ] = "",
) -> None:
    """Write what an OPA server is started with: the hub's public key, who may ask, and the token."""
    from services.cli.serve import LOOPBACK
    from services.policy.bundle_key import BundleKey
    from services.policy.opa_server import TOKEN, write_server_files
    from services.runtime.keys import KeyFolder
    from services.runtime.settings import read_settings

    settings = read_settings()
    key = BundleKey(KeyFolder(settings.key_folder))
    files = write_server_files(folder, hub or f"http://{LOOPBACK}:{settings.ops_port}", key)
    print(f"Written to {folder}: start OPA with")
    options = " ".join([*files.arguments, *(str(path) for path in files.policies)])
    print(f"  opa run --server --addr {LOOPBACK}:8181 --skip-version-check {options}")
    print(f"and the hub with MASH_OPA=http://{LOOPBACK}:8181 and MASH_OPA_TOKEN from {folder / TOKEN}.")
