"""The mutation run: `python -m tests.mutation [RULE ...] [--first N] [--only-tests]`.

Promise: each mutant is told as it is settled, and at the end how many were noticed and by whom; it ends with 1 where one
survives that docs/reference/mutants.md does not list.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from services.cli.parts.opa import opa_binary
from services.contract.places import policies
from services.policy.rego_parsed import parsed
from services.policy.stories import read_stories
from tests.mutation.hold import NO_MUTANT, SURVIVED, by_deciding, by_tests
from tests.mutation.mutants import Mutant, mutants

LISTED = Path(__file__).resolve().parents[2] / "docs/reference/mutants.md"


def main() -> int:
    """Run, tell, sum up."""
    options = _options()
    opa, known = opa_binary(), LISTED.read_text(encoding="utf-8") if LISTED.is_file() else ""
    with tempfile.TemporaryDirectory(prefix="mash-mutation-") as scratch:
        folder = Path(scratch) / "policies"
        shutil.copytree(policies(), folder)
        todo = [one for one in _all(opa, folder) if not options.rules or Path(one.file).stem in options.rules]
        print(f"{len(todo)} mutants of {len({one.file for one in todo})} rules", flush=True)
        # Stories that edit the folder for themselves are left out: each would be a book of its own.
        counted, stories = Counter[str](), [story for story in read_stories(folder) if not story.given]
        left = _settled(todo, counted, lambda mutant: by_tests(mutant, folder, opa))
        if not options.tests_only:
            print(f"{len(left)} left to stories and invariants", flush=True)
            left = _settled(left, counted, lambda mutant: by_deciding(mutant, folder, opa, stories))
    names = [mutant.name for mutant in left]
    return _summed_up(counted, names, [name for name in names if name not in known])


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(
        prog="python -m tests.mutation", epilog="Example: python -m tests.mutation harm isa"
    )
    asked.add_argument("rules", nargs="*", help="Rules by their folder; default all.")
    asked.add_argument("--tests-only", action="store_true", help="Leave stories and invariants out.")
    return asked.parse_args()


def _settled(todo: list[Mutant], counted: Counter[str], notice: Callable[[Mutant], str]) -> list[Mutant]:
    """Those that nobody noticed; each is told as it is settled."""
    left = []
    for place, mutant in enumerate(todo, 1):
        started = time.monotonic()
        by = notice(mutant)
        if by == SURVIVED:
            left.append(mutant)
        else:
            counted[by] += 1
        seconds = time.monotonic() - started
        print(
            f"{place}/{len(todo)} {by or 'unnoticed'} {seconds:.1f} s  line {mutant.line} of {mutant.name}",
            flush=True,
        )
    return left


def _all(opa: Path, folder: Path) -> list[Mutant]:
    return [
        one
        for module in parsed(opa, folder)
        if not module.is_test
        for one in mutants(module, (folder / module.file).read_text(encoding="utf-8"))
    ]


def _summed_up(counted: Counter[str], survivors: list[str], unlisted: list[str]) -> int:
    noticed = sum(count for by, count in counted.items() if by != NO_MUTANT)
    told = ", ".join(f"{count} by {by}" for by, count in counted.most_common() if by != NO_MUTANT)
    print(f"{noticed + len(survivors)} mutants: {noticed} noticed ({told}), {len(survivors)} not")
    print(f"{counted[NO_MUTANT]} more did not compile")
    for name in unlisted:
        print(f"not in docs/reference/mutants.md: {name}")
    return 1 if unlisted else 0


if __name__ == "__main__":
    sys.exit(main())
