"""`mash ledger export`: every log as tiles (C2SP tlog-tiles), for auditors and for anybody's verifier.

Promise: what is written is what was signed; a log that is not is named, and nothing of it gets a checkpoint.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.exits import Exit
from services.cli.ledger.events import write_events
from services.cli.ledger.options import Logs
from services.cli.ledger.progress import progress
from services.cli.ledger.writing import writing
from services.ledger import journal
from services.ledger.auditing.check import Record
from services.ledger.emergency.bridges import VKEY
from services.ledger.export import CannotExport, export, put
from services.ledger.verify import NoLedger, ledger_folder, read_checkpoints

Emergency = Annotated[
    Path | None,
    typer.Option(help="Folder of the emergency log, where it is not in the ledger's own."),
]


class Form(StrEnum):
    """What an export is made of."""

    TILES = "tiles"
    FHIR = "fhir"


def add(app: typer.Typer) -> None:
    """Put the command among those of `mash ledger`."""
    app.command(name="export")(export_tiles)


def export_tiles(
    place: Annotated[Path, typer.Argument(help="MASH_HOME, or the folder ledger in it.")],
    folder: Annotated[
        Path, typer.Argument(help="Where to write: one folder a log is made in it; with --as fhir, the file.")
    ],
    log: Logs = None,
    entries: Annotated[
        bool, typer.Option(help="With the entries, or the hashes alone (for those who may not read entries).")
    ] = True,
    form: Annotated[
        Form, typer.Option("--as", help="tiles; or fhir, AuditEvents as NDJSON in IHE BALP's patterns.")
    ] = Form.TILES,
    emergency: Emergency = None,
    kafka: Annotated[
        str, typer.Option(help="HOST:PORT of the entries, if not in the folder's journal.")
    ] = "",
) -> None:
    """Write every log as tiles: checkpoint, hashes and entries, fit to be served from a plain web server; or as AuditEvents.

    Example: mash ledger export home export && mash ledger verify export --trust trust.vkeys
    Example: mash ledger export audit events.ndjson --as fhir

    Exit: 0 written, 1 a log is not what was signed, 2 usage, 3 the broker does not answer or the disk is full.
    """
    if form is Form.FHIR:
        write_events(str(place), folder, log or [])
        return
    ledger = _folder(place, kafka)
    second = emergency or ledger / "emergency"
    notes = _asked({**read_checkpoints(ledger), **read_checkpoints(second)}, log or [])
    try:
        with writing(folder):
            sizes = _every(ledger, second, folder, notes, entries=entries, kafka=kafka)
    except (CannotExport, StoreHalts) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None
    print(f"Exported {len(sizes)} logs to {folder}{'' if entries else ', hashes only'}")
    for code, size in sizes.items():
        print(f"  {code}: {size} entries")


def _folder(place: Path, kafka: str) -> Path:
    try:
        ledger = ledger_folder(place)
    except NoLedger as error:
        raise typer.BadParameter(f"{place}: {error}") from None
    if not kafka and not (ledger / journal.NAME).is_file():
        raise typer.BadParameter(
            f"{ledger} holds no journal; name where the entries stand: --kafka HOST:PORT"
        )
    return ledger


class StoreHalts(Exception):
    """The entries could not be read to the end; the text says where."""


def _asked(notes: Mapping[str, bytes], logs: list[str]) -> Mapping[str, bytes]:
    unknown = [code for code in logs if code not in notes]
    if unknown:
        raise typer.BadParameter(f"--log: no log {unknown[0]} here; there are {', '.join(notes)}")
    return {code: note for code, note in notes.items() if not logs or code in logs}


def _written(
    ledger: Path, folder: Path, notes: Mapping[str, bytes], *, entries: bool, kafka: str
) -> Mapping[str, int]:
    if kafka:
        from services.cli.ledger.topics import records_of_topics
        from services.ledger.store.ports import StoreAway, StoreHalted

        hub = _hub(notes)
        try:
            return export(records_of_topics(kafka, hub), notes, folder, entries=entries)
        except StoreAway as error:
            print(error, file=sys.stderr)
            raise typer.Exit(Exit.UNAVAILABLE) from None
        except StoreHalted as error:
            raise StoreHalts(str(error)) from None
    with progress((ledger / journal.NAME).stat().st_size) as step:
        return export(_records(ledger, step), notes, folder, entries=entries)


def _every(
    ledger: Path, emergency: Path, folder: Path, notes: Mapping[str, bytes], *, entries: bool, kafka: str
) -> Mapping[str, int]:
    """The logs asked for: the main ones, then that of the emergency."""
    apart = {code: note for code, note in read_checkpoints(emergency).items() if code in notes}
    main = {code: note for code, note in notes.items() if code not in apart}
    sizes = _written(ledger, folder, main, entries=entries, kafka=kafka)
    return {**sizes, **_second(emergency, folder, apart, entries=entries)} if apart else sizes


def _second(emergency: Path, folder: Path, notes: Mapping[str, bytes], *, entries: bool) -> Mapping[str, int]:
    """The emergency log, each with its key by it: the hub's log commits to that, so that none need be handed over."""
    sizes = export(_records(emergency, lambda _: None), notes, folder, entries=entries)
    for code in notes:
        put(folder / code, VKEY, (emergency / "keys" / f"{code}.vkey").read_bytes())
    return sizes


def _hub(notes: Mapping[str, bytes]) -> str:
    first = next(iter(notes.values()), b"")
    return first.partition(b"/")[0].decode()


def _records(ledger: Path, step: Callable[[int], None]) -> Iterator[Record]:
    with (ledger / journal.NAME).open("rb") as file:
        if journal.read_hub(file) is None:
            raise StoreHalts(f"{ledger / journal.NAME} is no journal of a ledger")
        for found in journal.read_frames(file):
            if isinstance(found, journal.Broken):
                # Beyond what was signed it is a write under way; within it, the export says so by its root.
                return
            step(found.end)
            yield Record(found.log, found.index, found.leaf)
