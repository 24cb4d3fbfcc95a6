"""`mash policy matrix`: what happens to each class of information in each circumstance, in the terminal or as a page.

Promise: the page is one file that holds everything, prints, and works without a script; colour never stands alone.
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.policy.deciding import book_of, deciding, today
from services.cli.policy.folder import Folder
from services.contract.decisions import Matrix, MatrixAsked, MatrixCell, MatrixRow
from services.policy.matrix import checked, matrix_of
from services.policy.matrix_page import page_of

SIGNS = {"release": "✓", "generalise": "~", "ask-owner": "?", "withhold": "✗", "silent": "∅"}


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(
        epilog="Example: mash policy matrix --from northshire-csc --role SW-CHILD --purpose C-S47 --holder brook-hospice"
    )(matrix)


def matrix(
    organisation: Annotated[str, typer.Option("--from", help="The organisation that asks.")],
    role: Annotated[str, typer.Option(help="The role of whoever asks.")],
    purpose: Annotated[str, typer.Option(help="What it is for.")],
    holder: Annotated[str, typer.Option(help="One organisation that holds records; default all.")] = "",
    html: Annotated[
        Path | None, typer.Option(help="Write one page that prints, and works without scripts.")
    ] = None,
    on: Annotated[str, typer.Option(help="The day, YYYY-MM-DD; default today.")] = "",
    policies: Folder = None,
) -> None:
    """Class by circumstance: what is released, how far, why not, and what is missing in the paper."""
    book = book_of(policies)
    asked = checked(book, MatrixAsked(organisation, role, purpose, on or today(), holder))
    with deciding(book) as (rows,):
        found = matrix_of(book, rows, asked)
    if html:
        html.write_text(page_of(found), encoding="utf-8")
        print(f"Written: {html} ({found.question}; policies {found.revision}, {asked.on})")
        return
    _tell(found)


def _tell(found: Matrix) -> None:
    console = Console()
    console = console if console.width >= 120 else Console(width=120)
    print(f"{found.question}. Policies {found.revision}, on {found.asked.on}.")
    for gap in found.gaps:
        print(f"!  {gap}")
    console.print(_table(found, "Who holds it", found.holders))
    for part in found.parts if found.asked.holder else ():
        print(f"{', '.join(part.holders)}: {' '.join(part.paper)}")
        for group, heading in found.groups:
            rows = tuple(row for row in part.rows if row.group == group)
            if rows:
                console.print(_table(found, heading, rows))
        _reasons(part.rows)
    print("✓ released   ~ in general terms   ? owner is asked   ✗ withheld   ∅ withheld without a word")
    if not found.asked.holder:
        print("For every circumstance and reason: --holder ORGANISATION, or --html FILE.")


def _table(found: Matrix, first: str, rows: tuple[MatrixRow, ...]) -> Table:
    table = Table(first, *(code for code, _, _ in found.classes), title_justify="left", expand=False)
    for row in rows:
        table.add_row(row.title, *(SIGNS[cell.effect] for cell in row.cells))
    return table


def _reasons(rows: tuple[MatrixRow, ...]) -> None:
    """Each reason once, with who can change it."""
    told: dict[str, MatrixCell] = {cell.reason: cell for row in rows for cell in row.cells if cell.reason}
    for reason, cell in told.items():
        print(f"   {cell.word}: {reason}{f'. Can be changed by: {cell.who}' if cell.who else ''}")
