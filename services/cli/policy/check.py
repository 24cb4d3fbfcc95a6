"""`mash policy check`: every check of the policy folder that this machine can run.

Promise: one exit code says whether the folder may be used; what could not be run is said, never passed over.
"""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import typer

from services.cli.exits import Exit
from services.cli.parts.opa import system_opa
from services.cli.policy.folder import Folder
from services.contract.canonical import emit
from services.contract.places import policies as shipped
from services.contract.problems import Problem
from services.policy.build import BUILT, compile_rules, read_built
from services.policy.stories import read_stories
from services.policy.telling import Teller
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import BadBook, Book, read_book


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy check --policies /etc/mash/policies")(check)


def check(policies: Folder = None) -> None:
    """Every check of the folder; what is wrong with file and line and what to do.

    Exit 0 if all holds, 1 if not.
    """
    folder = policies or shipped()
    try:
        book = read_book(folder)
    except BadBook as bad:
        for finding in bad.findings:
            print(finding)
        print(f"{len(bad.findings)} to mend; nothing else was checked.")
        raise typer.Exit(Exit.FINDINGS) from None
    print(f"ok    files, words and dates agree: revision {book.revision}")
    failed = [name for name, run in _steps(folder, book) if not _holds(name, run)]
    raise typer.Exit(Exit.FINDINGS if failed else Exit.OK)


def opa_at_hand() -> Path | None:
    """OPA of the version that compiles the rules: of the system, or kept by an earlier run.

    Never built here.
    """
    from services.cli.parts.cache import cache_folder
    from services.cli.parts.opa import OPA_VERSION

    kept = cache_folder() / f"opa-{OPA_VERSION}" / "opa"
    return system_opa() or (kept if kept.is_file() else None)


def _holds(name: str, run: Callable[[], list[str]]) -> bool:
    try:
        wrong = run()
    except Problem as problem:
        wrong = [str(problem)]
    print(f"{'FAIL' if wrong else 'ok  '}  {name}")
    for line in wrong:
        print(f"      {line}")
    return not wrong


def _steps(folder: Path, book: Book) -> list[tuple[str, Callable[[], list[str]]]]:
    opa = opa_at_hand()
    steps: list[tuple[str, Callable[[], list[str]]]] = [
        ("the embedded engine was compiled from these rules", lambda: _compiled(book)),
        ("stories come out as told", lambda: _stories(folder)),
    ]
    rego = folder / "rego"
    if opa is None:
        print("not run: opa check, opa fmt, opa test and a fresh compile (no OPA here; make test obtains it)")
        return steps
    return [
        *steps,
        ("opa check --strict", lambda: _opa(opa, "check", "--strict", str(rego))),
        ("opa fmt", lambda: _opa(opa, "fmt", "--fail", "--list", str(rego))),
        ("opa test", lambda: _tests(opa, rego, book)),
        ("a fresh compile gives the same bytes", lambda: _same_bytes(book, opa)),
    ]


def _compiled(book: Book) -> list[str]:
    same = read_built(BUILT)[1].source_digest == book.rules_digest
    return [] if same else ["policies/rego has changed since it was compiled; run: mash policy build"]


def _same_bytes(book: Book, opa: Path) -> list[str]:
    same = compile_rules(book, opa)[0] == read_built(BUILT)[0]
    return (
        []
        if same
        else ["services/policy/built/policy.wasm is not what OPA makes of the rules; run: mash policy build"]
    )


def _stories(folder: Path) -> list[str]:
    teller = Teller(folder, EmbeddedEngine(BUILT, 10.0))
    try:
        return [
            f"{story.file} line {story.line}: {story.title}\n        {line}"
            for story in read_stories(folder)
            for line in teller.tell(story)
        ]
    except BadBook as bad:
        return [str(finding) for finding in bad.findings]
    finally:
        teller.close()


def _opa(opa: Path, *arguments: str) -> list[str]:
    run = subprocess.run([opa, *arguments], check=False, capture_output=True, text=True)
    return (run.stdout + run.stderr).strip().splitlines() if run.returncode else []


def _tests(opa: Path, rego: Path, book: Book) -> list[str]:
    """The rules' own tests, on the book's own tables."""
    with tempfile.TemporaryDirectory(prefix="mash-book-") as scratch:
        data = Path(scratch) / "data.json"
        data.write_bytes(emit({"book": dict(book.data)}))
        return _opa(opa, "test", str(rego), str(data))
