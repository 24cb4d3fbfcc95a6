"""`mash policy`: for those who write the ISAs and the rules - check them, compile them.

Promise: one exit code says whether the folder may be used; what could not be run is said, never passed over.
"""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit, Reporting
from services.cli.parts.opa import system_opa
from services.contract.canonical import emit
from services.contract.places import policies as shipped
from services.contract.places import schemas as schema_folder
from services.contract.problems import Problem
from services.policy.build import BUILT, compile_rules, read_built, write_built
from services.policy.decide import Decider
from services.policy.stories import read_stories, schema, tell
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import BadBook, Book, Shelf, read_book
from services.runtime.book_schemas import schemas

app = typer.Typer(
    cls=Reporting,
    help="Check and compile the policy folder: ISAs, gateways, tables, labels, rules and stories.",
    epilog="Example: mash policy check",
    no_args_is_help=True,
)
Folder = Annotated[Path | None, typer.Option("--policies", help="The policy folder; default the hub's own.")]


def opa_at_hand() -> Path | None:
    """OPA of the version that compiles the rules: of the system, or kept by an earlier run.

    Never built here.
    """
    from services.cli.parts.cache import cache_folder
    from services.cli.parts.opa import OPA_VERSION

    kept = cache_folder() / f"opa-{OPA_VERSION}" / "opa"
    return system_opa() or (kept if kept.is_file() else None)


@app.command(epilog="Example: mash policy check --policies /etc/mash/policies")
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


@app.command(epilog="Example: mash policy build")
def build(policies: Folder = None) -> None:
    """Compile the rules to WebAssembly for the embedded engine. Needs OPA;
    agreements and tables need no compiling.
    """
    from services.cli.parts.opa import opa_binary

    wasm, manifest = compile_rules(read_book(policies or shipped()), opa_binary())
    write_built(wasm, manifest)
    print(
        f"compiled {len(wasm)} bytes from sources {manifest.source_digest[:16]} by OPA {manifest.opa_version}"
    )


@app.command(name="schemas", epilog="Example: mash policy schemas --check")
def write_schemas(
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail where they differ.")
    ] = False,
) -> None:
    """Write the JSON Schemas of the policy files, by which an editor completes and underlines."""
    folder, differing = schema_folder() / "policies", []
    for name, document in {**schemas(), "story": schema()}.items():
        path, text = folder / f"{name}.schema.json", _pretty(document)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        differing.append(path.name)
        if not check_only:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    print(f"{'differ' if check_only else 'written'}: {', '.join(differing)}" if differing else "in step")
    raise typer.Exit(Exit.FINDINGS if differing and check_only else Exit.OK)


def _pretty(document: object) -> str:
    import json

    return json.dumps(json.loads(emit(document)), indent=2, ensure_ascii=False) + "\n"


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
        ("stories come out as told", lambda: _stories(folder, book)),
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


def _stories(folder: Path, book: Book) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="mash-stories-") as home:
        shelf, engine = Shelf(folder, Path(home)), EmbeddedEngine(BUILT, 10.0)
        decider = Decider(shelf, engine)
        try:
            return [
                f"{story.file} line {story.line}: {story.title}\n        {line}"
                for story in read_stories(folder)
                for line in tell(story, decider, book)
            ]
        except BadBook as bad:
            return [str(finding) for finding in bad.findings]
        finally:
            decider.close()
            shelf.close()


def _opa(opa: Path, *arguments: str) -> list[str]:
    run = subprocess.run([opa, *arguments], check=False, capture_output=True, text=True)
    return (run.stdout + run.stderr).strip().splitlines() if run.returncode else []


def _tests(opa: Path, rego: Path, book: Book) -> list[str]:
    """The rules' own tests, on the book's own tables."""
    with tempfile.TemporaryDirectory(prefix="mash-book-") as scratch:
        data = Path(scratch) / "data.json"
        data.write_bytes(emit({"book": dict(book.data)}))
        return _opa(opa, "test", str(rego), str(data))
