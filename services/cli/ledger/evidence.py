"""`mash ledger evidence`: entries with proofs, keys and a statement in plain English, as one folder or ZIP file for a court.

Promise: all that is in it can be checked offline by a program that is not ours; every file's SHA-256 stands in SHA256SUMS; the
statement says what it shows, how to check it, and what it does not show.
"""

import hashlib
import json
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.exits import Exit
from services.cli.ledger.in_words import counted, in_words, titled
from services.cli.ledger.left import NotTold, left_by
from services.cli.ledger.opened import Opened, opened
from services.cli.ledger.options import AtTheHub, By, Events, Key, Trust
from services.cli.ledger.pages import page
from services.cli.ledger.trusted import keys_given
from services.cli.ledger.which import CannotProve, Found, event_given, find_all, growing
from services.cli.ledger.writing import writing
from services.ledger.export import put
from services.ledger.proof import BadProof
from services.runtime.note import Verifier

SUMS = "SHA256SUMS"


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command()(evidence)


def evidence(
    place: AtTheHub,
    event: Events,
    trust: Trust,
    out: Annotated[Path, typer.Option(help="Folder to make; with .zip at its end, a ZIP file.")] = Path(
        "evidence.zip"
    ),
    records: Annotated[
        bool,
        typer.Option("--records", help="With the decision records opened: profiles and reasons, no names."),
    ] = False,
    key: Key = None,
    by: By = "",
) -> None:
    """Make a pack for a court: entries, proofs, public keys, a statement, and how anybody checks them.

    Example: mash ledger evidence home --event 4f1hXyVQdQm0nXbqg1yG2Q --trust trust.vkeys --out pack.zip

    Exit: 0 made, 1 an entry does not hold under the keys, 2 usage, 3 it could not be entered or the disk is full.
    """
    keys = keys_given("", trust)
    if out.exists():
        raise typer.BadParameter(f"{out} is there already; name another file or folder")
    events = [event_given(one) for one in event]
    with opened(place, key, {"command": "evidence", "events": events}, by) as ledger:
        try:
            files = Pack(ledger, keys, records).files(events)
        except (CannotProve, BadProof) as error:
            print(f"no pack was made: {error}", file=sys.stderr)
            raise typer.Exit(Exit.FINDINGS) from None
    with writing(out):
        _write(files, out)
    print(
        f"Wrote {out}: {counted(len(events), 'entry', 'entries')} with proof, and statement.html, which says how to check them."
    )


@dataclass(frozen=True)
class Pack:
    """What goes into a pack."""

    ledger: Opened
    keys: list[Verifier]
    records: bool

    def files(self, events: list[str]) -> dict[str, bytes]:
        """Path -> content. Raises `CannotProve`, `BadProof`: nothing goes in that does not hold."""
        found = find_all(self.ledger, events)
        logs = {one.entry.log for one in found.values()}
        whole = {log: growing(self.ledger, log, events=events) for log in sorted(logs)}
        files: dict[str, bytes] = {}
        rows = []
        for name, one in found.items():
            proof = whole[one.entry.log].inclusion(one.entry.at)
            head = proof.verify(self.keys)
            files[f"entries/{name}.tlog-proof"] = proof.emit()
            files[f"entries/{name}.json"] = json.dumps(one.entry.entry, indent=2).encode() + b"\n"
            if self.records and one.record is not None:
                files[f"records/{name}.json"] = one.record
            rows.append(self._row(name, one, head.size))
        used = [key for key in self.keys if key.name in {growth.head.origin for growth in whole.values()}]
        files["keys.vkeys"] = "".join(f"{key.vkey}\n" for key in used).encode()
        files |= {f"checkpoints/{log}": growth.note for log, growth in whole.items()}
        made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {
            "made": made,
            "program": f"mash-hub {version('mash-hub')}",
            "rows": rows,
            "keys": used,
            "sums": SUMS,
        }
        files["statement.html"] = page("evidence.html", told).encode()
        files[SUMS] = sums(files)
        return files

    def _row(self, name: str, one: Found, size: int) -> Mapping[str, Any]:
        left = None
        if one.record is not None:
            try:
                left = left_by(str(one.entry.entry["kind"]), one.record).classes
            except NotTold:
                left = None
        words = in_words(one.entry.entry)
        if left is not None:
            shown = "; ".join(
                f"{titled('classes', one)}: {form.words()}" for one, form in sorted(left.items())
            )
            words.append(("Left", shown or "nothing"))
        return {"event": name, "log": one.entry.log, "index": one.entry.at, "size": size, "words": words}


def sums(files: Mapping[str, bytes]) -> bytes:
    """In the form of coreutils' sha256sum, which checks it."""
    return "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())
    ).encode()


def _write(files: Mapping[str, bytes], out: Path) -> None:
    if out.suffix != ".zip":
        for name, data in files.items():
            put(out, name, data)
        return
    scratch = out.with_name(f".{out.name}.new")
    try:
        with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in sorted(files.items()):
                packed.writestr(name, data)
        scratch.replace(out)
    finally:
        scratch.unlink(missing_ok=True)
