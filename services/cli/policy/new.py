"""`mash policy new isa`: a new ISA from a short interview, or from a file of answers.

Promise: each answer is held against the schema at once, with the word that was perhaps meant; the file is a draft,
and says what is still missing.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit, Reporting
from services.cli.policy.folder import Folder
from services.contract.places import policies as shipped
from services.contract.problems import BadInput, Conflict
from services.policy.new_isa import QUESTIONS, Question, put, write_isa, wrong_in
from services.runtime.book import BadBook, read_book
from services.runtime.book_files import Finding, Located, read_yaml

app = typer.Typer(
    cls=Reporting,
    help="Begin a new file of the policies.",
    epilog="Example: mash policy new isa youth-justice",
    no_args_is_help=True,
)


def add(parent: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    parent.add_typer(app, name="new")


@app.callback()
def begin() -> None:
    """Begin a new file of the policies."""


@app.command(name="isa", epilog="Example: mash policy new isa youth-justice --answers answers.yaml")
def new_isa(
    id: Annotated[
        str, typer.Argument(help="The new ISA's id, and the name of its file: a-z, 0-9 and hyphens.")
    ],
    policies: Folder = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="A file of answers in the form of an ISA; nothing is asked."),
    ] = None,
) -> None:
    """Write a draft ISA from a short interview in the order of the six questions. An empty answer leaves it out."""
    folder = policies or shipped()
    if (folder / "isa" / f"{id}.yaml").exists():
        raise Conflict(f"isa/{id}.yaml is there already", next_step="Choose another id, or edit the file.")
    organisations = list(read_book(folder).organisations)
    given = _read(answers, id, organisations) if answers else _interview(id, organisations)
    path, lacking = write_isa(folder, id, given)
    print(f"wrote {path}: a draft, which counts for nothing until it is signed")
    for line in lacking:
        print(f"still missing: {line}")
    if lacking:
        print("Until it is whole the hub goes on with the policies as they were.")
    raise typer.Exit(Exit.INCOMPLETE if lacking else Exit.OK)


def _read(file: Path, id: str, organisations: list[str]) -> dict[str, Any]:
    read = read_yaml(file, file.name)
    wrong = [read] if isinstance(read, Finding) else _wrong(read, id, organisations)
    if isinstance(read, Finding) or wrong:
        raise BadBook(wrong)
    return dict(read.data)


def _wrong(read: Located, id: str, organisations: list[str]) -> list[Finding]:
    if not isinstance(read.data, dict):
        return [read.finding((), "holds no answers; write them as in an ISA")]
    whole = Located(read.file, {**read.data, "id": id}, read.lines)
    return wrong_in(whole, organisations)


def _interview(id: str, organisations: list[str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if wrong_in(Located("the id", {"id": id}, {}), organisations):
        raise BadInput("the id is not of a-z, 0-9 and hyphens, 2 to 32 of them")
    for question in QUESTIONS:
        while True:
            text = typer.prompt(
                question.ask, default=question.usual, show_default=bool(question.usual)
            ).strip()
            if not text:
                break
            tried = put(given, question.place, _value(question, text))
            wrong = wrong_in(Located("answer", tried, {}), organisations)
            if not wrong:
                given = tried
                break
            for finding in wrong:
                print(f"  {finding.what}")
    return given


def _value(question: Question, text: str) -> str | list[str]:
    return [part.strip() for part in text.split(",") if part.strip()] if question.many else text
