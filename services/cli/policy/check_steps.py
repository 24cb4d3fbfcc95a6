"""The steps of `mash policy check`, each by itself: what is wrong, as lines with file, line and remedy.

Promise: a step finds everything of its kind, and changes nothing but files of its own that it takes away again.
"""

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from services.contract.canonical import emit
from services.policy.build import BUILT, compile_rules, read_built, write_built
from services.policy.input_schema import input_schema
from services.policy.invariants.run import hold
from services.policy.lint import lint
from services.policy.stories import Story, read_stories
from services.policy.tabled import Tabled
from services.policy.telling import Teller
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import BadBook, Book

Wrong = list[str]


@dataclass(frozen=True)
class Step:
    """One check. `run()`: what is wrong, one line each."""

    name: str
    run: Callable[[], Wrong]
    with_opa: bool = False


@dataclass
class Bench:
    """What the steps work on."""

    folder: Path
    book: Book
    opa: Path | None
    quick: bool
    progress: Callable[[str], None]
    _scratch: list[tempfile.TemporaryDirectory[str]] = field(default_factory=list)

    def steps(self) -> tuple[Step, ...]:
        """All of them, in the order in which they are run."""
        exhaustive = "a sample" if self.quick else "exhaustively"
        return (
            Step("the catalogue of fields is whole", self.catalogue),
            Step("the embedded engine was compiled from these rules", self.compiled),
            Step("opa check --strict --schema", self.checked, with_opa=True),
            Step("opa fmt", self.formatted, with_opa=True),
            Step("lint over the parsed rules", self.linted, with_opa=True),
            Step("opa test", self.tested, with_opa=True),
            Step("a fresh compile gives the same bytes", self.same_bytes, with_opa=True),
            Step("stories come out as told", self.stories),
            Step(f"invariants hold, {exhaustive}", self.invariants),
        )

    @cached_property
    def built(self) -> Path:
        """The compiled rules of this very folder: the shipped ones where they are, else compiled here for the while."""
        if read_built(BUILT)[1].source_digest == self.book.rules_digest or self.opa is None:
            return BUILT
        scratch = tempfile.TemporaryDirectory(prefix="mash-built-")
        self._scratch.append(scratch)
        write_built(*compile_rules(self.book, self.opa), Path(scratch.name))
        return Path(scratch.name)

    def close(self) -> None:
        """Take away what was compiled for the while."""
        for scratch in self._scratch:
            scratch.cleanup()

    def catalogue(self) -> Wrong:
        from services.gateway.catalogue.catalogue import Catalogue, CatalogueFault

        try:
            Catalogue(self.book.fields)
        except CatalogueFault as fault:
            return [f"catalogue/fields.yaml: {fault}"]
        return []

    def compiled(self) -> Wrong:
        same = read_built(BUILT)[1].source_digest == self.book.rules_digest
        return [] if same else ["policies/rego has changed since it was compiled; run: mash policy build"]

    def same_bytes(self) -> Wrong:
        same = compile_rules(self.book, self._opa)[0] == read_built(BUILT)[0]
        return (
            []
            if same
            else [
                "services/policy/built/policy.wasm is not what OPA makes of the rules; run: mash policy build"
            ]
        )

    def checked(self) -> Wrong:
        """The rules read only what the contract has; their tests may ask what is malformed, and are checked without it."""
        with tempfile.TemporaryDirectory(prefix="mash-schema-") as scratch:
            # One file is the schema of `input`; a folder of them would bind nothing by itself.
            schema = Path(scratch) / "input.json"
            schema.write_bytes(emit(input_schema()))
            found = self._said(
                "check",
                "--strict",
                "--schema",
                str(schema),
                "--ignore",
                "*_test.rego",
                "--ignore",
                "tables",
                str(self.rego),
            )
        return found or self._said("check", "--strict", str(self.rego))

    def formatted(self) -> Wrong:
        found = self._said("fmt", "--fail", "--list", str(self.rego))
        return [f"{line}: not as `opa fmt` writes it; run: opa fmt --write" for line in found]

    def linted(self) -> Wrong:
        return [str(finding) for finding in lint(self._opa, self.folder)]

    def tested(self) -> Wrong:
        """The rules' own tests, on the book's own tables."""
        with tempfile.TemporaryDirectory(prefix="mash-book-") as scratch:
            data = Path(scratch) / "data.json"
            data.write_bytes(emit({"book": dict(self.book.data)}))
            return self._said("test", str(self.rego), str(data))

    def stories(self) -> Wrong:
        """Each under the folder as it stands, or under its own small edits of it."""
        try:
            stories = read_stories(self.folder)
        except BadBook as bad:
            return [str(finding) for finding in bad.findings]
        teller = Teller(self.folder, EmbeddedEngine(self.built, 60.0))
        try:
            return [line for story in stories for line in _told(teller, story)]
        finally:
            teller.close()

    def invariants(self) -> Wrong:
        """Over the tables of this very folder, which the engine fills: many rows in little time."""
        engine = EmbeddedEngine(self.built, 60.0)
        engine.prepare(self.book)
        try:
            self.progress("tables of the rules")
            rows = Tabled(self.built).rows(engine, self.book)
            found = hold(self.book, rows, quick=self.quick, progress=self.progress)
        finally:
            engine.close()
        told = [f"{breach.invariant}: {breach.told}" for breach in found.breaches]
        counted = [f"{name}: {count} breaches in all" for name, count in found.counted.items()]
        return [*told, *counted]

    @property
    def rego(self) -> Path:
        """Where the rules stand."""
        return self.folder / "rego"

    @property
    def _opa(self) -> Path:
        assert self.opa is not None  # noqa: S101 - a step that needs it is run with it only
        return self.opa

    def _said(self, *arguments: str) -> Wrong:
        run = subprocess.run([self._opa, *arguments], check=False, capture_output=True, text=True)
        lines = (run.stdout + run.stderr).strip().splitlines()
        return (lines or ["OPA ended with an error and said nothing"]) if run.returncode else []


def _told(teller: Teller, story: Story) -> Wrong:
    """What comes out otherwise of one story; one that cannot be told does not keep the others from it."""
    try:
        lines = teller.tell(story)
    except BadBook as bad:
        return [str(finding) for finding in bad.findings]
    return [f"{story.file} line {story.line}: {story.title}\n        {line}" for line in lines]
