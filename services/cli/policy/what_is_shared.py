"""`mash policy what-is-shared`: the pages that say, role by role, what is shared and why, made from the stories.

Promise: the pages are whole and of these stories; with `--check` nothing is written and a page that differs fails.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.policy.folder import Folder
from services.contract.places import policies as shipped
from services.contract.places import schemas as schema_folder
from services.policy.stories import read_stories
from services.policy.what_is_shared import FOLDER, pages
from services.runtime.book import read_book

Into = Annotated[Path | None, typer.Option("--into", help="Where to write; default docs/reference.")]
CheckOnly = Annotated[bool, typer.Option("--check", help="Change nothing; fail where they differ.")]


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(name="what-is-shared", epilog="Example: mash policy what-is-shared --check")(write_pages)


def write_pages(policies: Folder = None, into: Into = None, check_only: CheckOnly = False) -> None:
    """Write what is shared, one page for each role, from the stories of the policy folder."""
    folder = policies or shipped()
    book, stories = read_book(folder), read_stories(folder)
    below = into or schema_folder().parent / "docs" / "reference"
    wanted = {below / path: text for path, text in pages(stories, book).items()}
    differing = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    gone = [path for path in (below / FOLDER).glob("*.md") if path not in wanted]
    if not check_only:
        for path in differing:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        for path in gone:
            path.unlink()
    found = sorted({path.name for path in [*differing, *gone]})
    print(f"{'differ' if check_only else 'written'}: {', '.join(found)}" if found else "in step")
    raise typer.Exit(Exit.FINDINGS if found and check_only else Exit.OK)
