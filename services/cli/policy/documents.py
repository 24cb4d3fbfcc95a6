"""`mash policy documents`: what the law asks partners to write, made from the agreements.

Promise: only files that a run before made are replaced; `--check` changes nothing and says which differ.
"""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.policy.folder import Folder
from services.contract.places import policies as shipped
from services.policy.documents.blocks import as_html, as_markdown
from services.policy.documents.every import every_document
from services.runtime.book import read_book


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(epilog="Example: mash policy documents /srv/www/sharing --html")(documents)


def documents(
    directory: Annotated[Path, typer.Argument(help="Folder to write them to.")],
    policies: Folder = None,
    html: Annotated[bool, typer.Option("--html", help="Pages fit to publish, beside the Markdown.")] = False,
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail where they differ.")
    ] = False,
) -> None:
    """Write the public register, record of processing, privacy notices and DPIA skeletons from the agreements."""
    made = every_document(read_book(policies or shipped()))
    texts = {f"{one.name}.md": as_markdown(one) for one in made}
    if html:
        texts |= {f"{one.name}.html": as_html(one) for one in made}
    differing = [name for name, text in texts.items() if _stands(directory / name) != text]
    if check_only:
        print(f"differ: {', '.join(differing)}" if differing else f"in step: {len(texts)} documents")
        raise typer.Exit(Exit.FINDINGS if differing else Exit.OK)
    directory.mkdir(parents=True, exist_ok=True)
    for name in differing:
        (directory / name).write_text(texts[name], encoding="utf-8")
    print(f"wrote {len(differing)} of {len(texts)} documents to {directory}; the others were in step")


def _stands(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
