"""`mash policy schemas`: the JSON Schemas by which an editor completes and underlines.

Promise: they are made from the vocabulary and the checks themselves, so an editor never knows another word than the hub.
"""

from typing import Annotated

import typer

from services.cli.exits import Exit
from services.contract.canonical import emit
from services.contract.places import schemas as schema_folder
from services.policy.story_form import schema
from services.runtime.book_schemas import schemas


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash policy`."""
    app.command(name="schemas", epilog="Example: mash policy schemas --check")(write_schemas)


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
