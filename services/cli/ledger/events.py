"""The AuditEvents of a ledger written to a file, a line of JSON each, for systems that read FHIR.

Promise: the file is whole or not there; an entry that cannot be told in FHIR stops it by name.
"""

import os
import sys
from collections.abc import Collection
from pathlib import Path

import orjson
import typer

from services.cli.exits import Exit
from services.cli.ledger.opened import opened
from services.cli.ledger.writing import writing
from services.contract.canonical import parse
from services.ledger.auditing.audit_events import NotValid, audit_events
from services.ledger.tree import leaf_hash


def write_events(place: str, file: Path, logs: Collection[str]) -> None:
    """Every AuditEvent of the logs named, or of all. Ends the command where one could not be told."""
    scratch = file.with_name(f".{file.name}.new")
    count = entries = 0
    with opened(place, None, {"command": "export", "form": "fhir"}) as ledger, writing(file):
        try:
            with scratch.open("wb") as out:
                for log, index, leaf in ledger.source.leaves():
                    if logs and log not in logs:
                        continue
                    entry = parse(leaf)["entry"]
                    entries += 1
                    for event in audit_events(str(entry["origin"]), index, leaf_hash(leaf), entry):
                        out.write(orjson.dumps(event) + b"\n")
                        count += 1
                out.flush()
                os.fsync(out.fileno())
            scratch.replace(file)
        except NotValid as error:
            print(f"no file was written: {error}", file=sys.stderr)
            raise typer.Exit(Exit.FINDINGS) from None
        finally:
            scratch.unlink(missing_ok=True)
    print(f"Wrote {count} AuditEvents of {entries} entries to {file}.")
