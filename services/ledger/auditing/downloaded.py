"""A download or an export read entry by entry, with the decision records that its reader can open.

Promise: entries come in the order of each log, as the tiles have them; nothing is held to be true that was not verified; a
tile that cannot be read stops the reading by name; memory stays that of one tile.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from services.contract.canonical import NotJson, parse
from services.ledger.auditing.download import RECORDS
from services.ledger.auditing.verify_tiles import logs_in
from services.ledger.checkpoint import Checkpoint
from services.ledger.export import CHECKPOINT
from services.ledger.opened import Decision, decision_of
from services.ledger.reading import Entry
from services.ledger.tiles import Tile, tiles_of, unbundle
from services.runtime.note import BadNote, split_note

Unseal = Callable[[str], bytes]
"""Opens what was sealed to the reader. Raises `Damaged`."""


class Damaged(Exception):
    """A file of the folder cannot be read as what it is. Says which, and in which log."""


class Downloaded:
    """A folder of `mash ledger fetch` or `export`. `unseal`: None where the reader has no key."""

    def __init__(self, folder: Path, unseal: Unseal | None = None) -> None:
        self.folder, self._unseal = folder, unseal
        self._sealed: Mapping[str, str | None] = {}

    def entries(self) -> Iterator[Entry]:
        """Every entry of every log. Raises `Damaged`."""
        for log, at, leaf in self.leaves():
            try:
                yield Entry(log, at, parse(leaf)["entry"])
            except (NotJson, TypeError, KeyError):
                raise Damaged(f"log {log} entry {at}: no entry; run mash ledger verify first") from None

    def leaves(self) -> Iterator[tuple[str, int, bytes]]:
        """(log, index, stored leaf) of every entry; the records beside a tile are at hand while it is read."""
        for log, path in logs_in(self.folder).items():
            for tile in tiles_of(self.head(path).size):
                if tile.level >= 0:
                    break
                leaves = self._tile(log, path, tile)
                self._sealed = self._records(log, tile)
                for at, leaf in enumerate(leaves, tile.first):
                    yield log, at, leaf
        self._sealed = {}

    def head(self, log: Path) -> Checkpoint:
        """What the checkpoint in a log's folder says, unjudged. Raises `Damaged`."""
        try:
            return Checkpoint.parse(split_note((log / CHECKPOINT).read_bytes())[0])
        except BadNote as error:
            raise Damaged(f"log {log.name}: its checkpoint is none ({error})") from None

    def decision(self, event_id: str) -> bytes | None:
        """The decision record of an entry of the tile that is being read; None: not here, gone, or not to be opened."""
        found = self.record(event_id)
        return found.body if found else None

    def record(self, event_id: str) -> Decision | None:
        """The same, with what of it was shredded and what is missing; None: not here, or not to be opened."""
        if event_id not in self._sealed or self._unseal is None:
            return None
        sealed = self._sealed[event_id]
        try:
            return decision_of(self._unseal(sealed) if sealed is not None else None)
        except (Damaged, ValueError, KeyError) as error:
            raise Damaged(f"the decision record of event {event_id} does not open: {error}") from None

    def shredded(self) -> None:
        """How much is gone at the hub cannot be counted here: only decision records leave it."""
        return

    def _tile(self, log: str, path: Path, tile: Tile) -> list[bytes]:
        try:
            return unbundle((path / tile.path).read_bytes(), tile.width)
        except FileNotFoundError:
            raise Damaged(
                f"log {log}: {tile.path} is not here; fetch it, or run mash ledger verify"
            ) from None
        except ValueError as error:
            raise Damaged(f"log {log}: {tile.path}: {error}; run mash ledger verify") from None

    def _records(self, log: str, tile: Tile) -> Mapping[str, str | None]:
        path = self.folder / RECORDS / log / f"{tile.path.removeprefix('tile/entries/')}.ndjson"
        if not path.is_file():
            return {}
        try:
            rows: list[Mapping[str, Any]] = [json.loads(line) for line in path.read_bytes().splitlines()]
            return {str(row["event_id"]): row["sealed"] for row in rows}
        except (ValueError, KeyError, TypeError):
            raise Damaged(f"{path} holds no decision records; take it away and fetch again") from None
