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
from pathlib import Path

from services.cli.parts.opa import opa_binary
from services.contract.places import policies
from services.policy.rego_parsed import parsed
from services.policy.stories import read_stories
from tests.mutation.hold import NO_MUTANT, SURVIVED, noticed_by
from tests.mutation.mutants import Mutant, mutants

LISTED = Path(__file__).resolve().parents[2] / "docs/reference/mutants.md"


def main() -> int:
    """Run, tell, sum up."""
    asked = argparse.ArgumentParser(
        prog="python -m tests.mutation", epilog="Example: python -m tests.mutation harm isa"
    )
    asked.add_argument("rules", nargs="*", help="Rules by their folder; default all.")
    asked.add_argument(
        "--survivors", type=Path, help="File to which the survivors' names are written, one a line."
    )
    options = asked.parse_args()
    opa, known = opa_binary(), LISTED.read_text(encoding="utf-8") if LISTED.is_file() else ""
    with tempfile.TemporaryDirectory(prefix="mash-mutation-") as scratch:
        folder = Path(scratch) / "policies"
        shutil.copytree(policies(), folder)
        todo = [one for one in _all(opa, folder) if not options.rules or Path(one.file).stem in options.rules]
        print(f"{len(todo)} mutants of {len({one.file for one in todo})} rules", flush=True)
        stories, counted, survivors = read_stories(folder), Counter[str](), []
        for place, mutant in enumerate(todo, 1):
            started = time.monotonic()
            by = noticed_by(mutant, folder, opa, stories)
            counted[by or "nobody"] += 1
            if by == SURVIVED:
                survivors.append(mutant.name)
                if options.survivors:
                    options.survivors.write_text("\n".join(survivors) + "\n", encoding="utf-8")
            print(
                f"{place}/{len(todo)} {by or 'SURVIVED'} {time.monotonic() - started:.1f} s  {mutant.name}",
                flush=True,
            )
    return _summed_up(counted, [name for name in survivors if f"`{name}`" not in known and name not in known])


def _all(opa: Path, folder: Path) -> list[Mutant]:
    return [
        one
        for module in parsed(opa, folder)
        if not module.is_test
        for one in mutants(module, (folder / module.file).read_text(encoding="utf-8"))
    ]


def _summed_up(counted: Counter[str], unlisted: list[str]) -> int:
    real = sum(counted.values()) - counted[NO_MUTANT]
    told = ", ".join(f"{count} by {by}" for by, count in counted.most_common() if by != NO_MUTANT)
    print(f"{real} mutants ({counted[NO_MUTANT]} more did not compile): noticed {told}")
    for name in unlisted:
        print(f"not in docs/reference/mutants.md: {name}")
    return 1 if unlisted else 0


if __name__ == "__main__":
    sys.exit(main())
