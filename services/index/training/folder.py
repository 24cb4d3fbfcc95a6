"""The records of a folder, to train on: FHIR resources in JSON or one a line in NDJSON, those that introduce a person.

Promise: every file and line that cannot be read is named by its place and stops the training; nothing of a person is
repeated in the message.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.contract import canonical
from services.contract.problems import BadInput
from services.index.read import INTRODUCE, Summary, summarise

KINDS = (".json", ".ndjson")
POPULATION = "population.json"


def read(folder: Path) -> list[Summary]:
    """Every person's record in the folder's files, by file name and line. Raises `BadInput` with the place."""
    if not folder.is_dir():
        raise BadInput(
            "DATA names no folder", next_step="Give a folder with .json or .ndjson files of FHIR Patients."
        )
    files = sorted(path for path in folder.iterdir() if path.suffix in KINDS)
    found = [summarise(one, traces=True, confidentiality="N") for path in files for one in _people(path)]
    if not found:
        raise BadInput(
            f"no Patient or RelatedPerson in the {len(files)} .json and .ndjson files of the folder",
            next_step="Give a folder with .json or .ndjson files of FHIR Patients.",
        )
    return found


def population(folder: Path) -> dict[str, Any]:
    """What an invented population says of itself: seed, size, noise and the digest of each file. Raises `BadInput`."""
    path = folder / POPULATION
    try:
        said = canonical.parse(path.read_bytes())
    except (OSError, canonical.NotJson):
        said = None
    if not isinstance(said, dict) or not {"seed", "size", "noise", "sha256"} <= set(said):
        step = "Make the folder with `mash synth FOLDER --fhir`, or leave out --invented."
        raise BadInput(f"{POPULATION} is missing, or is none of `mash synth`", next_step=step)
    read = {name: digest for name, digest in said["sha256"].items() if Path(name).suffix in KINDS}
    return {"seed": said["seed"], "size": said["size"], "noise": float(said["noise"]), "sha256": read}


def _people(path: Path) -> Iterator[Mapping[str, Any]]:
    lines = path.read_bytes().splitlines() if path.suffix == ".ndjson" else [path.read_bytes()]
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            resource = canonical.parse(line)
        except canonical.NotJson as error:
            place = f"{path.name}, line {number}" if path.suffix == ".ndjson" else path.name
            raise BadInput(f"{place}: {error}", places=(place,)) from None
        yield from _introducing(resource)


def _introducing(resource: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(resource, dict):
        return
    if resource.get("resourceType") in INTRODUCE:
        yield resource
    elif resource.get("resourceType") == "Bundle":
        for entry in resource.get("entry") or ():
            yield from _introducing(entry.get("resource") if isinstance(entry, dict) else None)
