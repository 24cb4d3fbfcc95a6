"""`mash demo`: the whole hub with invented families, its main job played, then served.

Promise: everything listens on loopback; the folder is marked as a demonstration's and holds everything but
the project itself; `--once` ends with 0 only where every step succeeded.
"""

import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from services.cli.demo import sign_in
from services.cli.demo.cast import STAFF
from services.cli.demo.day import DECISIONS
from services.cli.demo.families import northshire
from services.cli.demo.narrate import BANNER
from services.cli.demo.partner import NotPlayed
from services.cli.demo.play import Play
from services.cli.demo.show import wide_console
from services.cli.demo.signers import tell
from services.cli.demo.stage import set_up
from services.cli.exits import Exit, exit_code, report
from services.cli.parts.process import DidNotStart
from services.cli.serve import wait_for_end
from services.contract import places
from services.contract.problems import Problem
from services.runtime.settings import Settings


def demo(once: bool, home: Path, *, signed: bool = False, decisions: int = DECISIONS) -> int:
    """Play, and unless `once` keep serving until asked to end. The exit code. `decisions`: of the day's work; 0 leaves it out."""
    console = wide_console()
    console.print(BANNER, style="bold white on blue", highlight=False)
    try:
        sign_in.check()
        return _played(console, once, home.resolve(), signed, decisions)
    except NotPlayed as problem:
        report(problem)
        return int(Exit.INCOMPLETE)
    except DidNotStart as trouble:
        report(NotPlayed(str(trouble)))
        return int(Exit.UNAVAILABLE)
    except Problem as problem:
        report(problem)
        return int(exit_code(problem))


def _played(console: Console, once: bool, home: Path, signed: bool, decisions: int) -> int:
    started = time.monotonic()
    with set_up(home, signed=signed) as stage:
        for line in stage.moved:
            console.print(line, highlight=False)
        settings, seconds = stage.settings, time.monotonic() - started
        console.print(f"The hub listens at {settings.url} ({seconds:.2f} s)", highlight=False)
        families = northshire(london_today())
        Play(console, settings, stage.running, families, decisions=decisions).run()
        if once:
            console.print("Every step succeeded. The folder stays:", home, highlight=False)
            return int(Exit.OK)
        invite(console, settings)
        wait_for_end()
    return int(Exit.OK)


def london_today() -> date:
    """The day by which the families' ages and agreements are made."""
    return datetime.now(ZoneInfo("Europe/London")).date()


def invite(console: Console, settings: Settings) -> None:
    """Say how a person signs in, and which files they may edit."""
    table = Table(
        "Sign in as", "Name", "Role", "Organisation", title="Sign-ins of the demonstration, no password"
    )
    for member in STAFF:
        table.add_row(member.sign_in, member.name, member.role, member.organisation)
    console.print(table)
    if settings.signed:
        tell(console, settings.home)
        console.print(f"Page: {settings.url}/", style="bold", highlight=False)
        console.print("End it with Ctrl-C.")
        return
    agreements = (settings.policies or places.policies()) / "isa"
    console.print(f"Page: {settings.url}/", style="bold", highlight=False)
    console.print(f"Agreements that you may edit while it runs: {agreements}", highlight=False)
    console.print("End it with Ctrl-C.")
