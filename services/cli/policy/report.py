"""`mash policy report`: the monitoring report for all partners, in the terminal.

Promise: what it prints is suppressed, and fit for any audience; an organisation's own counts are read on the page /report, which
enters that they were.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.cli.installation import settings_of
from services.cli.policy.deciding import book_of, today
from services.cli.policy.folder import Folder
from services.contract.canonical import emit
from services.ledger.reading import Reading
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings

if TYPE_CHECKING:
    from services.gateway.monitoring.report import MonitoringReport

KEPT_BACK = "fewer than 10, or kept back"


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy report --home demo-home --month 2026-11")(report)


def report(
    home: Annotated[Path | None, typer.Option(help="MASH_HOME with the ledger.")] = None,
    month: Annotated[str, typer.Option(help="YYYY-MM; default the present one.")] = "",
    policies: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout.")] = False,
) -> None:
    """How often information was shared: by ISA or gateway, purpose, organisation, role and outcome; and why not.

    Counts under 10 are kept back, with as many others as it takes. It is safe while the hub runs.
    """
    # The gateway takes two seconds to read in, which every other command of `mash policy` would wait for.
    from services.gateway.monitoring.happened import happened
    from services.gateway.monitoring.reading import checked_month
    from services.gateway.monitoring.report import for_partners

    settings, on = settings_of(home), today()
    month = checked_month(month or on[:7], on)
    found = for_partners(list(happened(_entries(settings, month))), book_of(policies), month, on)
    if as_json:
        print(emit(_plain(found)).decode())
        return
    _tell(found)


def _entries(settings: Settings, month: str) -> Iterator[tuple[Mapping[str, Any], bytes | None]]:
    with Reading(settings, KeyFolder(settings.key_folder)) as reading:
        yield from reading.recorded(month)


def _plain(found: "MonitoringReport") -> dict[str, Any]:
    return {
        "month": found.month,
        "audience": found.audience,
        "requests": found.requests,
        "sections": {
            one.code: {"counts": dict(one.counts.counts), "total": one.counts.total} for one in found.sections
        },
        "papers": [
            {"isa": state.id, "state": state.state, "day": state.day, "went_on": count}
            for state, count in found.papers
        ],
        "unread": found.unread,
    }


def _tell(found: "MonitoringReport") -> None:
    print(
        f"How information was shared in {found.month}, for all partners: {_number(found.requests)} requests."
    )
    console = Console()
    for section in found.sections:
        if not section.counts.counts:
            continue
        table = Table(section.heading, "Requests", title_justify="left")
        for code, count in sorted(section.counts.counts.items()):
            table.add_row(section.names.get(code, code), _number(count))
        console.print(table)
    for state, count in found.papers:
        went_on = f"; {_number(count)} requests went on under a gateway" if state.state == "lapsed" else ""
        print(f"ISA “{state.title}”: {state.state.replace('-', ' ')}, {state.day}{went_on}")


def _number(count: int | None) -> str:
    return KEPT_BACK if count is None else str(count)
