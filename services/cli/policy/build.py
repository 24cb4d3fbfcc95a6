"""`mash policy build`: what is made from the rules - the WebAssembly of the embedded engine, and the tables.

Promise: what is written says from which sources it was made; what nothing has changed in is not made again.
"""

import time
from typing import Annotated

import typer

from services.cli.policy.folder import Folder
from services.contract.places import policies as shipped
from services.policy.build import BUILT, compile_rules, write_built
from services.policy.tables.artefact import Tables, read_tables, write_tables
from services.policy.tables.build import build_tables
from services.policy.tables.serve import FILE
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, read_book

WAIT = 30.0
"""Seconds that one call of the engine may take while tables are made."""


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy build")(build)


def build(
    policies: Folder = None,
    tables_only: Annotated[
        bool, typer.Option("--tables-only", help="Make the tables with the engine as it is; needs no OPA.")
    ] = False,
) -> None:
    """Compile the rules for the embedded engine, and make the tables that it is served from. Compiling needs OPA;
    agreements and tables of the catalogue need no compiling.
    """
    book = read_book(policies or shipped())
    if not tables_only:
        _compile(book)
    _tables(book)


def _compile(book: Book) -> None:
    from services.cli.parts.opa import opa_binary

    wasm, manifest = compile_rules(book, opa_binary())
    write_built(wasm, manifest)
    print(
        f"compiled {len(wasm)} bytes from sources {manifest.source_digest[:16]} by OPA {manifest.opa_version}"
    )


def _tables(book: Book) -> None:
    began = time.monotonic()
    engine = EmbeddedEngine(BUILT, WAIT)
    before = read_tables(BUILT / FILE)
    try:
        engine.prepare(book)
        tables = build_tables(book, engine, before)
    finally:
        engine.close()
    size = write_tables(tables, BUILT / FILE)
    kept = {table.digest for table in before.tables} if before else set()
    made = sum(1 for table in tables.tables if table.digest not in kept)
    print(
        f"tables of revision {tables.revision}: {tables.rows} rows in {len(tables.tables)} tables, {size} bytes, "
        f"{made} made anew, in {time.monotonic() - began:.1f} s"
    )
    print(_list(tables))


def _list(tables: Tables) -> str:
    """Rows and distinct answers of each, the longest first."""
    longest = sorted(tables.tables, key=lambda table: (-len(table.cells), table.node.name))
    lines = [
        f"  {len(table.cells):6} rows {len(table.values):4} answers  {table.node.kind} {table.node.name}"
        for table in longest
    ]
    return "\n".join(lines)
