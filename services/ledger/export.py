"""A ledger written out as C2SP tlog-tiles, one folder a log: what an outsider's verifier reads, from a folder or a web server.

Promise: what is written is what the checkpoint covers, no more and no less, and every hash is computed from the entries
read; a file is whole or not there; the checkpoint is written last, so that a folder with one has all its tiles.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.ledger.auditing.check import Record
from services.ledger.checkpoint import Checkpoint
from services.ledger.tiles import WIDTH, Tile, bundle, hashes, tiles_of
from services.ledger.tree import Tree, leaf_hash
from services.runtime.note import split_note

CHECKPOINT = "checkpoint"


class CannotExport(Exception):
    """What was read is not what was signed, or the folder cannot be written. Says which log and what to do."""


@dataclass
class _Log:
    """One log on its way out."""

    folder: Path
    note: bytes
    size: int
    root: bytes
    entries: bool
    tree: Tree = field(default_factory=Tree)
    waiting: list[bytes] = field(default_factory=list)

    def take(self, leaf: bytes) -> None:
        if self.tree.size == self.size:
            return
        self.tree.append(leaf_hash(leaf))
        if not self.entries:
            return
        self.waiting.append(leaf)
        if len(self.waiting) == WIDTH or self.tree.size == self.size:
            number = (self.tree.size - 1) // WIDTH
            put(self.folder, Tile(-1, number, len(self.waiting)).path, bundle(self.waiting))
            self.waiting.clear()

    def finish(self, code: str) -> None:
        if self.tree.size != self.size or self.tree.root() != self.root:
            raise CannotExport(
                f"log {code} is not what was signed at size {self.size}: run mash ledger verify first"
            )
        for tile in tiles_of(self.size, entries=False):
            put(self.folder, tile.path, hashes(self.tree, tile))
        put(self.folder, CHECKPOINT, self.note)


def export(
    records: Iterable[Record],
    checkpoints: Mapping[str, bytes],
    folder: Path,
    *,
    entries: bool,
) -> Mapping[str, int]:
    """Write every log that has a checkpoint below `folder`; returns their sizes by code. Raises `CannotExport`.

    `records` come in the order of each log; what lies beyond a checkpoint is left out.
    """
    logs = {}
    for code, note in checkpoints.items():
        head = Checkpoint.parse(split_note(note)[0])
        logs[code] = _Log(folder / code, note, head.size, head.root, entries)
        (folder / code / CHECKPOINT).unlink(missing_ok=True)
    for record in records:
        if record.log in logs:
            logs[record.log].take(record.leaf)
    for code, log in sorted(logs.items()):
        log.finish(code)
    return {code: log.size for code, log in sorted(logs.items())}


def put(folder: Path, path: str, data: bytes) -> None:
    """A file of an export, durable and whole, or not there. Raises `OSError`."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.new")
    with scratch.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(target)
