"""`mash policy build`: what is made from the rules - the WebAssembly of the embedded engine.

Promise: what is written says from which sources it was made.
"""

import typer

from services.cli.policy.folder import Folder
from services.contract.places import policies as shipped
from services.policy.build import compile_rules, write_built
from services.runtime.book import read_book


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy build")(build)


def build(policies: Folder = None) -> None:
    """Compile the rules to WebAssembly for the embedded engine. Needs OPA;
    agreements and tables need no compiling.
    """
    from services.cli.parts.opa import opa_binary

    wasm, manifest = compile_rules(read_book(policies or shipped()), opa_binary())
    write_built(wasm, manifest)
    print(
        f"compiled {len(wasm)} bytes from sources {manifest.source_digest[:16]} by OPA {manifest.opa_version}"
    )
