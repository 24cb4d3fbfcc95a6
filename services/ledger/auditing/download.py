"""A ledger taken from a hub's address into a folder: tiles as they are served, decision records as they are sealed, and the
books that decided.

Promise: what is served is kept as it is, for `verify` to judge; a full tile that is here is not asked for again; checkpoints
that the folder had before are kept, so that a hub that goes back on one is found; a file is whole or not there.
"""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.contract.canonical import NotJson, parse
from services.ledger.auditing.earlier import FOLDER
from services.ledger.checkpoint import Checkpoint
from services.ledger.export import CHECKPOINT, put
from services.ledger.tiles import WIDTH, Tile, tiles_of, unbundle
from services.runtime.note import BadNote, split_note

RECORDS, BOOKS = "records", "books"
Get = Callable[[str], bytes | None]
"""The body at a path below the hub's address; None where there is nothing that is open to the reader."""
_CODE = re.compile(r"[a-z0-9-]{2,32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_LARGEST_BOOK = 256 << 20


class CannotDownload(Exception):
    """What the address serves is no ledger, or the folder holds another one. Says which, and what to do."""


@dataclass
class Downloaded:
    """What is in the folder now."""

    sizes: dict[str, int] = field(default_factory=dict)
    records: int = 0
    books: int = 0
    lacking: list[str] = field(default_factory=list)
    """What the hub did not give, in words."""


def download(
    get: Get,
    folder: Path,
    *,
    logs: Iterable[str] = (),
    records: bool = True,
    step: Callable[[int, int], None] = lambda _, __: None,
) -> Downloaded:
    """Take every log that the address offers, or only `logs`. `step` hears of entries read, and of how many there are.

    Raises `CannotDownload`, `OSError` (the folder), and whatever `get` raises.
    """
    offered = _offered(get)
    wanted = tuple(logs) or tuple(offered)
    unknown = [log for log in wanted if log not in offered]
    if unknown:
        raise CannotDownload(f"no log {unknown[0]} is open to you there; there are {', '.join(offered)}")
    found = Downloaded()
    heads = {log: _checkpoint(get, folder, log) for log in wanted}
    total, done = sum(head.size for head, _ in heads.values()), 0
    digests: set[str] = set()
    for log, (head, note) in heads.items():
        for read, tile in _tiles(get, folder, log, head):
            step(done + read, total)
            if records and tile is not None:
                digests |= _records(get, folder, log, tile, found)
        done += head.size
        found.sizes[log] = head.size
        # Last, so that a folder with a checkpoint has all its tiles.
        _keep(folder / log, note)
    if records:
        _books(get, folder, sorted(digests), found)
    return found


def _offered(get: Get) -> list[str]:
    raw = get("/ledger/logs")
    try:
        found = [str(row["log"]) for row in json.loads(raw or b"")["logs"]]
    except (ValueError, KeyError, TypeError):
        raise CannotDownload("this address offers no ledger; name the hub's own, as https://HOST") from None
    if not all(map(_CODE.fullmatch, found)):
        raise CannotDownload("this address names a log as no hub of ours does")
    return found


def _checkpoint(get: Get, folder: Path, log: str) -> tuple[Checkpoint, bytes]:
    note = get(f"/ledger/{log}/{CHECKPOINT}") or b""
    try:
        head = Checkpoint.parse(split_note(note)[0])
    except BadNote as error:
        raise CannotDownload(f"log {log}: what is served as its checkpoint is none ({error})") from None
    if head.origin.rpartition("/")[2] != log:
        raise CannotDownload(f"log {log}: the checkpoint served is that of {head.origin}")
    with suppress(FileNotFoundError, BadNote):
        before = Checkpoint.parse(split_note((folder / log / CHECKPOINT).read_bytes())[0])
        if before.origin != head.origin:
            raise CannotDownload(
                f"{folder} holds {before.origin}, and this is {head.origin}: name another folder"
            )
    return head, note


def _tiles(get: Get, folder: Path, log: str, head: Checkpoint) -> Iterator[tuple[int, Tile | None]]:
    """How many entries have been read, and each tile of entries as it is there."""
    for tile in tiles_of(head.size):
        path = folder / log / tile.path
        if tile.width < WIDTH or not path.is_file():
            data = get(f"/ledger/{log}/{tile.path}")
            if data is None:
                raise CannotDownload(
                    f"log {log}: {tile.path} is not open to you; it takes the scope ledger/entries.read"
                )
            put(folder / log, tile.path, data)
        if tile.level < 0:
            yield tile.first + tile.width, tile
        else:
            yield head.size, None


def _records(get: Get, folder: Path, log: str, tile: Tile, found: Downloaded) -> set[str]:
    """Take the decision records of a tile's entries; returns the digests of the books that decided."""
    decided = [entry for entry in _entries(folder / log / tile.path, tile) if "decision_digest" in entry]
    digests = {str(entry.get("policy", {}).get("digest", "")) for entry in decided}
    path = f"{tile.path.removeprefix('tile/entries/')}"
    target = folder / RECORDS / log / f"{path}.ndjson"
    if not decided:
        return set()
    if tile.width < WIDTH or not target.is_file():
        data = get(f"/ledger/{log}/{RECORDS}/{path}")
        if data is None:
            found.lacking.append(f"the decision records of log {log} from entry {tile.first} on")
            return digests
        put(folder / RECORDS / log, f"{path}.ndjson", data)
    found.records += len(decided)
    return digests


def _entries(path: Path, tile: Tile) -> Iterator[Mapping[str, Any]]:
    """What can be read of a tile: what is wrong with it is for `verify` to say."""
    with suppress(ValueError):
        for leaf in unbundle(path.read_bytes(), tile.width):
            with suppress(NotJson, KeyError, TypeError):
                entry = parse(leaf)["entry"]
                if isinstance(entry, dict):
                    yield entry


def _books(get: Get, folder: Path, digests: Iterable[str], found: Downloaded) -> None:
    for digest in digests:
        target = folder / BOOKS / digest
        if not _DIGEST.fullmatch(digest):
            continue
        if not target.is_dir():
            data = get(f"/ledger/{BOOKS}/{digest}")
            if data is None:
                found.lacking.append(f"the book {digest[:16]}")
                continue
            _unpack(data, target)
        found.books += 1


def _unpack(data: bytes, target: Path) -> None:
    """A book's folder from its ZIP file; a name that leads out of the folder is refused."""
    new = target.with_name(f".{target.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > _LARGEST_BOOK:
                raise CannotDownload(f"the book {target.name[:16]} is larger than a book is")
            for one in packed.infolist():
                if not all(map(_NAME.fullmatch, one.filename.split("/"))):
                    raise CannotDownload(
                        f"the book {target.name[:16]} holds a file of a name that no book has"
                    )
                put(new, one.filename, packed.read(one))
    except zipfile.BadZipFile:
        raise CannotDownload(f"the book {target.name[:16]} did not arrive whole") from None
    new.rename(target)


def _keep(log: Path, note: bytes) -> None:
    """The new checkpoint, and beside it the one that it takes the place of."""
    with suppress(FileNotFoundError):
        before = (log / CHECKPOINT).read_bytes()
        if before != note:
            with suppress(BadNote):
                size = Checkpoint.parse(split_note(before)[0]).size
                put(log / FOLDER, str(size), before)
    put(log, CHECKPOINT, note)
