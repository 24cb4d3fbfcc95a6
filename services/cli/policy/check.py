"""`mash policy check`: every check of the policy folder that this machine can run.

Promise: one exit code says whether the folder may be used; what could not be run, or was left out, is said, never passed over.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.parts.opa import system_opa
from services.cli.policy.check_steps import Bench, Step
from services.cli.policy.folder import Folder
from services.contract.places import policies as shipped
from services.contract.problems import Problem
from services.runtime.book import BadBook, read_book

FILES = "files, words and dates agree"
WITHOUT_OPA = "no OPA here; make test obtains it"
Quick = Annotated[
    bool, typer.Option("--quick", help="Hold the invariants against a sample; leave the exhaustive part out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Tell it as JSON, for a program.")]


@dataclass(frozen=True)
class Outcome:
    """What became of one step."""

    name: str
    state: str
    """holds | fails | not run"""
    seconds: float
    wrong: tuple[str, ...] = ()
    why: str = ""


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy check --quick --policies /etc/mash/policies")(check)


def check(policies: Folder = None, quick: Quick = False, as_json: AsJson = False) -> None:
    """Every check of the folder: files, rules, their tests, stories and invariants.

    What is wrong is told with place and remedy. Exit 0 if all holds, 1 if not.
    """
    folder = policies or shipped()
    revision, outcomes = outcomes_of(folder, quick, progress_line)
    progress_line("")
    print("\n".join(_json(revision, outcomes) if as_json else told(folder, revision, quick, outcomes)))
    raise typer.Exit(Exit.FINDINGS if any(one.state == "fails" for one in outcomes) else Exit.OK)


def outcomes_of(
    folder: Path, quick: bool, progress: Callable[[str], None]
) -> tuple[str, tuple[Outcome, ...]]:
    """The revision, and what became of each step; of the first alone where the files cannot be read."""
    started = time.monotonic()
    progress(FILES)
    try:
        book = read_book(folder)
    except BadBook as bad:
        wrong = tuple(str(finding) for finding in bad.findings)
        return "", (Outcome(FILES, "fails", _since(started), wrong),)
    first = Outcome(FILES, "holds", _since(started))
    bench = Bench(folder, book, opa_at_hand(), quick, progress)
    try:
        return book.revision, (first, *(_run(step, bench) for step in bench.steps()))
    finally:
        bench.close()


def opa_at_hand() -> Path | None:
    """OPA of the version that compiles the rules: of the system, or kept by an earlier run.

    Never built here.
    """
    from services.cli.parts.cache import cache_folder
    from services.cli.parts.opa import OPA_VERSION

    kept = cache_folder() / f"opa-{OPA_VERSION}" / "opa"
    return system_opa() or (kept if kept.is_file() else None)


def told(folder: Path, revision: str, quick: bool, outcomes: Sequence[Outcome]) -> list[str]:
    """The report, line by line; the first says what was done."""
    if not revision:
        wrong = outcomes[0].wrong
        return [f"checked {folder}: {len(wrong)} to mend; nothing else was checked", *wrong]
    ran = [one for one in outcomes if one.state != "not run"]
    failed = sum(one.state == "fails" for one in ran)
    verdict = f"{failed} of {len(ran)} checks fail" if failed else f"all {len(ran)} checks hold"
    left_out = [one for one in outcomes if one.state == "not run"]
    lines = [
        f"checked {folder}, revision {revision}: {verdict}{f', {len(left_out)} not run' if left_out else ''}"
    ]
    lines += lines_of(outcomes)
    if quick:
        lines.append("not run: the exhaustive part of the invariants (--quick)")
    return lines


def lines_of(outcomes: Sequence[Outcome]) -> list[str]:
    """Each step with its time, and below it what is wrong."""
    lines = []
    for one in outcomes:
        word = {"holds": "ok  ", "fails": "FAIL", "not run": "-   "}[one.state]
        lines.append(f"{word}  {one.name}  ({one.why or f'{one.seconds:.1f} s'})")
        lines += [f"      {line}" for line in one.wrong]
    return lines


def _run(step: Step, bench: Bench) -> Outcome:
    if step.with_opa and bench.opa is None:
        return Outcome(step.name, "not run", 0.0, why=f"not run: {WITHOUT_OPA}")
    bench.progress(step.name)
    started = time.monotonic()
    try:
        wrong = step.run()
    except Problem as problem:
        wrong = [str(problem)]
    return Outcome(step.name, "fails" if wrong else "holds", _since(started), tuple(wrong))


def _json(revision: str, outcomes: Sequence[Outcome]) -> list[str]:
    holds = all(one.state != "fails" for one in outcomes)
    steps = [{**asdict(one), "seconds": round(one.seconds, 2)} for one in outcomes]
    return [json.dumps({"revision": revision, "holds": holds, "steps": steps}, indent=2)]


def _since(started: float) -> float:
    return time.monotonic() - started


def progress_line(doing: str) -> None:
    """One line that is written over, for a person who waits; nothing where nobody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{doing[:100]}")
        sys.stderr.flush()
