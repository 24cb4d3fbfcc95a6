"""Who notices a mutant: the rules' own tests, the stories, or the invariants, asked in the order of what each costs.

Promise: the shipped folder is never touched; a mutant that does not compile is no mutant.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from services.policy.build import compile_rules, write_built
from services.policy.decide import Decider
from services.policy.engine_rows import EngineRows
from services.policy.invariants.run import hold
from services.policy.stories import Story, tell
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Shelf, read_book
from tests.mutation.mutants import Mutant

PURPOSES = ("C-S47", "FAM-OVERVIEW", "TREAT", "C-SCREEN")
"""Of these the invariants are held: between them they reach every rule."""
PATIENT = ("--timeout", "120s")
"""A test that is slow because the machine is busy has noticed nothing."""
NO_MUTANT = "does not compile"
SURVIVED = ""


@contextmanager
def planted(mutant: Mutant, folder: Path) -> Iterator[None]:
    """The mutant stands in `folder`, a copy of the policies to work in; afterwards it is as it was."""
    path = folder / mutant.file
    shipped = path.read_text(encoding="utf-8")
    path.write_text(mutant.text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(shipped, encoding="utf-8")


def by_tests(mutant: Mutant, folder: Path, opa: Path) -> str:
    """Whether the rules' own tests notice: those beside the rule first, for they mostly do."""
    rego, own = folder / "rego", f"data\\.mash\\.{Path(mutant.file).stem}_test\\."
    with planted(mutant, folder):
        first = _run(opa, "test", *PATIENT, rego, "--run", own)
        if "occurred: " in first.stderr + first.stdout:
            # Errors of reading and compiling, not of a test.
            return NO_MUTANT
        return "tests" if first.returncode or _run(opa, "test", *PATIENT, rego).returncode else SURVIVED


def by_deciding(mutant: Mutant, folder: Path, opa: Path, stories: Sequence[Story]) -> str:
    """Whether a story or an invariant notices."""
    with planted(mutant, folder):
        return _by_deciding(folder, opa, stories)


def _by_deciding(folder: Path, opa: Path, stories: Sequence[Story]) -> str:
    book = read_book(folder)
    with tempfile.TemporaryDirectory(prefix="mash-mutant-") as scratch:
        write_built(*compile_rules(book, opa), Path(scratch))
        shelf, engine = Shelf(folder, Path(scratch) / "home"), EmbeddedEngine(Path(scratch), 60.0)
        decider = Decider(shelf, engine)
        try:
            engine.prepare(book)
            if any(tell(story, decider, book) for story in stories):
                return "stories"
            rows = EngineRows(engine, book)
            found = any(hold(book, rows, quick=True, purposes=(purpose,)).counted for purpose in PURPOSES)
            return "invariants" if found else SURVIVED
        finally:
            decider.close()
            shelf.close()


def _run(opa: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [opa, *(str(one) for one in arguments)], check=False, capture_output=True, text=True
    )
