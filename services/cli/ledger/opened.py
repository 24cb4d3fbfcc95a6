"""A ledger opened for a command that reads entries: an installation's home, a download, or a hub's address.

Promise: a place that is none of these is said to be none; an address is fetched first, so that what is read was entered
there; decision records open with the installation's keys or with the auditor's, and with nothing else.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import typer

from services.cli.exits import Exit
from services.cli.installation import settings_of
from services.cli.ledger.auditor import Auditor, CannotUnseal
from services.ledger.auditing.downloaded import Damaged, Downloaded, Unseal
from services.ledger.auditing.verify_tiles import CHECKPOINT, logs_in
from services.ledger.checkpoint import Checkpoint
from services.ledger.opened import Decision
from services.ledger.reading import Entry, Reading
from services.ledger.verify import read_checkpoints
from services.runtime.keys import KeyFolder
from services.runtime.note import BadNote, split_note
from services.runtime.settings import Settings


class Source(Protocol):
    """Entries and the decision records sealed with them."""

    def entries(self) -> Iterator[Entry]:
        """Every entry, each log's in order."""
        ...

    def leaves(self) -> Iterator[tuple[str, int, bytes]]:
        """(log, index, stored leaf) of every entry, each log's in order."""
        ...

    def decision(self, event_id: str) -> bytes | None:
        """The record of the entry that was just read, or None."""
        ...

    def record(self, event_id: str) -> Decision | None:
        """The same with what of it was shredded and what is missing; None: it cannot be opened here."""
        ...

    def shredded(self) -> tuple[int, int] | None:
        """(parts that are gone, parts that entries say were shredded); None where that cannot be counted here."""
        ...


@dataclass(frozen=True)
class Opened:
    """`home`: the folder with `books` in it; `settings`: of an installation, None for a download."""

    source: Source
    home: Path
    settings: Settings | None = None

    def notes(self) -> Mapping[str, bytes]:
        """The signed checkpoint of each log, by its code."""
        if self.settings is not None:
            return read_checkpoints(self.home / "ledger")
        return {code: (path / CHECKPOINT).read_bytes() for code, path in logs_in(self.home).items()}

    def signed(self) -> int:
        """How many entries the checkpoints cover, as they say themselves: for a bar, and for nothing else."""
        found = 0
        for note in self.notes().values():
            with suppress(BadNote):
                found += Checkpoint.parse(split_note(note)[0]).size
        return found


@contextmanager
def opened(
    place: str, key: Path | None = None, reading: Mapping[str, Any] | None = None, by: str = ""
) -> Iterator[Opened]:
    """Whatever stands at `place`. `reading`: what is entered of the reading first, where it is an installation, and `by` whom.

    A place that is none is a usage error; a damaged file ends the command. Raises `NotEntered`.
    """
    auditor = Auditor.read(key) if key else None
    try:
        if place.startswith(("https://", "http://")):
            with tempfile.TemporaryDirectory(prefix="mash-ledger-") as folder:
                _fetch(place, auditor, Path(folder))
                yield Opened(Downloaded(Path(folder), _unsealer(auditor)), Path(folder))
        elif Path(place).is_dir() and logs_in(Path(place)):
            yield Opened(Downloaded(Path(place), _unsealer(auditor)), Path(place))
        else:
            settings = installation(Path(place))
            if reading is not None:
                from services.cli.ledger.entered_first import enter_reading

                enter_reading(settings, reading, by)
            with Reading(settings, KeyFolder(settings.key_folder)) as source:
                yield Opened(source, settings.home, settings)
    except Damaged as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None


def _unsealer(auditor: Auditor | None) -> Unseal | None:
    if auditor is None:
        return None

    def unseal(sealed: str) -> bytes:
        try:
            return auditor.unseal(sealed)
        except CannotUnseal as error:
            raise Damaged(str(error)) from None

    return unseal


def installation(place: Path) -> Settings:
    """The settings of the installation at `place`, whose keys are at hand. Raises a usage error, `BadSetting`."""
    settings = settings_of(home_of(place))
    if not any(settings.key_folder.glob("ledger-vault.*.key")):
        raise typer.BadParameter(
            f"{place}: the keys of this installation are not here (MASH_KEYS); without them read an export"
        )
    return settings


def home_of(place: Path) -> Path:
    """MASH_HOME, where `place` is one or the folder ledger in it. Raises a usage error."""
    home = place.parent if place.name == "ledger" and (place / "vault.db").is_file() else place
    if not (home / "ledger").is_dir():
        raise typer.BadParameter(f"{place}: no ledger here; name MASH_HOME, a download, or a hub's address")
    return home


def _fetch(address: str, auditor: Auditor | None, folder: Path) -> None:
    from services.cli.ledger.hub_address import HubAddress
    from services.ledger.auditing.download import CannotDownload, download

    if auditor is None:
        raise typer.BadParameter("an address is read with the auditor's key file: give --key")
    try:
        with HubAddress(address, auditor) as hub:
            download(hub.get, folder)
    except CannotDownload as error:
        print(error, file=sys.stderr)
        raise typer.Exit(Exit.FINDINGS) from None
