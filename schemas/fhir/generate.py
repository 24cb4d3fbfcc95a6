#!/usr/bin/env python3
"""Makes r4.schema.json, references.json and modifiers.json from HL7's R4 definitions, or checks that they are current.

    python schemas/fhir/generate.py            # fetches the locked definitions into the user's cache folder, once
    python schemas/fhir/generate.py --check

Promise: --check changes nothing here and fails when a file is not what this generator makes of the locked
definitions. Where those cannot be had it still fails when the generator, its lock or a file was changed
alone (made-from.json holds their digests), and it says what it could not check.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from schemas.fhir.generator.definitions import at_hand, read
from schemas.fhir.generator.modifiers import modifiers
from schemas.fhir.generator.references import targets
from schemas.fhir.generator.shapes import Shapes

HERE = Path(__file__).resolve().parent
SCHEMA, REFERENCES, MODIFIERS = "r4.schema.json", "references.json", "modifiers.json"
RECORD = "made-from.json"
_TITLE = "FHIR R4 (4.0.1), hardened: any resource, in its JSON form"
_ABOUT = "Made by generate.py from HL7's StructureDefinitions and ValueSets; not to be edited."


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(value: dict[str, Any]) -> str:
    """A JSON object with one member a line, so that a change is a line in a diff."""
    return "{\n" + ",\n".join(f"{compact(k)}:{compact(v)}" for k, v in value.items()) + "\n}"


def build() -> dict[str, str]:
    """The generated files by name. Raises FileNotFoundError where the definitions cannot be had."""
    definitions = read(at_hand(HERE))
    shapes = Shapes(definitions)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _TITLE,
        "$comment": _ABOUT,
        "$ref": "#/$defs/Resource",
    }
    body = lines(shapes.build())
    files = {
        SCHEMA: f'{compact(head)[:-1]},"$defs":{body}}}\n',
        REFERENCES: lines(targets(definitions)) + "\n",
        MODIFIERS: lines(modifiers(definitions)) + "\n",
    }
    record = {"inputs": inputs(), **{name: digest(text.encode()) for name, text in files.items()}}
    return files | {RECORD: lines(record) + "\n"}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def inputs() -> str:
    """One digest of the generator's own files and of the lock that names the definitions."""
    own = [HERE / "package-lock.json", Path(__file__).resolve(), *sorted((HERE / "generator").glob("*.py"))]
    return digest("".join(f"{path.name} {digest(path.read_bytes())}\n" for path in own).encode())


def stale(expected: dict[str, str]) -> list[str]:
    """The names of the files that differ from `expected` or are not there."""
    found = []
    for name, text in expected.items():
        path = HERE / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            found.append(name)
    return found


def altered() -> list[str]:
    """Without definitions: what no longer fits the digests taken when the files were made."""
    record = json.loads((HERE / RECORD).read_bytes())
    found = [
        name for name in (SCHEMA, REFERENCES, MODIFIERS) if digest((HERE / name).read_bytes()) != record[name]
    ]
    return found + (["the generator or its lock"] if inputs() != record["inputs"] else [])


def check() -> int:
    try:
        wrong = stale(build())
    except FileNotFoundError:
        wrong = altered()
        sys.stdout.write(
            "The definitions cannot be had (npm did not fetch them), so only digests were compared: not "
            "checked is that this generator makes these files of those definitions.\n"
        )
    if wrong:
        sys.stdout.write(f"Not current: {', '.join(wrong)}. Run python schemas/fhir/generate.py\n")
    return 1 if wrong else 0


def main() -> int:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if not current")
    if parser.parse_args().check:
        return check()
    try:
        files = build()
    except FileNotFoundError:
        sys.stderr.write(
            "The definitions cannot be had: npm did not fetch what schemas/fhir/package-lock.json names.\n"
        )
        return 1
    for name, text in files.items():
        (HERE / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
