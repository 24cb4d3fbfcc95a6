"""The one table of exit codes of `mash`, and how a problem looks in a terminal.

Promise: what a person meets is what happened and what to do next, on stderr, without a traceback and
without a value of a person.
"""

import sys
from enum import IntEnum
from typing import Any

from typer.core import TyperGroup

from services.contract.problems import (
    BadInput,
    BadSetting,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    TooMany,
)


class Exit(IntEnum):
    """What the number that a command ends with says."""

    OK = 0
    FINDINGS = 1
    """Tampered, divergent, or a check that failed; the kind stands in the JSON."""
    USAGE = 2
    UNAVAILABLE = 3
    REFUSED = 4
    INCOMPLETE = 5


_CODES: tuple[tuple[type[Problem], Exit], ...] = (
    (BadSetting, Exit.USAGE),
    (BadInput, Exit.USAGE),
    (NotFound, Exit.USAGE),
    (NotSignedIn, Exit.REFUSED),
    (NotAllowed, Exit.REFUSED),
    (Conflict, Exit.REFUSED),
    (TooMany, Exit.REFUSED),
)


def exit_code(problem: Problem) -> Exit:
    """The code for a problem; breakage that is none of the caller's is UNAVAILABLE."""
    return next((code for kind, code in _CODES if isinstance(problem, kind)), Exit.UNAVAILABLE)


def report(problem: Problem) -> None:
    """Title, place and next step, on stderr."""
    detail = f": {problem.detail}" if problem.detail else ""
    print(f"{problem.title}{detail}", file=sys.stderr)
    for place in problem.places:
        print(f"  - {place}", file=sys.stderr)
    print(f"Next: {problem.step}", file=sys.stderr)


class Reporting(TyperGroup):
    """A group of commands that turns a problem into its words and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command named."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            report(problem)
            ctx.exit(int(exit_code(problem)))
