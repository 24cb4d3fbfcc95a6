"""`mash review`: for whoever answers for the quality of the index: how many doubts were decided, and how far reviewers agree.

Promise: numbers of the general queue alone, by month; no person, no task and nothing of a restricted queue. Reviewing itself is
a release to a signed-in person in a role, so it is done on the hub's pages and not here.
"""

import json
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from services.cli.exits import Reporting
from services.contract import places
from services.contract.reviews import MonthOfReviews
from services.index.open import open_index
from services.runtime.book import Book, read_book
from services.runtime.keys import KeyFolder
from services.runtime.settings import claim_home, read_settings

app = typer.Typer(
    cls=Reporting,
    help="Doubtful matches in numbers.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_HEADS = ("Month", "Raised", "Same", "Apart", "Cannot tell", "Undone", "Pairs", "Agreed", "Kappa")
_COLUMNS = "{:<9}{:>8}{:>8}{:>8}{:>13}{:>8}{:>7}{:>11}{:>8}"


@dataclass(frozen=True)
class _Shelf:
    book: Book

    def current(self) -> Book:
        """The book that the environment names."""
        return self.book


@app.callback()
def group() -> None:
    """For whoever answers for the quality of the index. Reviewing is done on the hub's pages, by people who signed in."""


@app.command()
def report(
    as_json: Annotated[bool, typer.Option("--json", help="For a program: one object a month.")] = False,
) -> None:
    """Doubts raised and decided by month, and how far two reviewers agree, as a share and as Cohen's kappa.

    Example: mash review report --json
    """
    months = _months()
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in months], indent=2))
        return
    counted = "1 month" if len(months) == 1 else f"{len(months)} months"
    typer.echo(f"Doubtful matches of {counted}, restricted queues left out.")
    if months:
        typer.echo(_COLUMNS.format(*_HEADS))
    for one in months:
        typer.echo(_line(one))


def _months() -> tuple[MonthOfReviews, ...]:
    settings = read_settings()
    claim_home(settings)
    book = read_book(settings.policies or places.policies())
    index = open_index(settings, KeyFolder(settings.key_folder), _Shelf(book))
    try:
        return index.reviews.months()
    finally:
        index.close()


def _line(one: MonthOfReviews) -> str:
    agreed = f"{100 * one.agreed / one.pairs:.0f} %" if one.pairs else "-"
    kappa = "-" if one.kappa is None else f"{one.kappa:.2f}"
    by = (one.decided.get(code, 0) for code in ("same", "apart", "unsure"))
    return _COLUMNS.format(one.month, one.raised, *by, one.undone, one.pairs, agreed, kappa)
