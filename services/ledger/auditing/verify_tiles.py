"""Verifying a ledger that was exported or downloaded as C2SP tlog-tiles, with public keys from elsewhere.

Promise: every hash is computed again from the entries; a tile that says otherwise is named with the first entry that it
covers wrongly; where there are hashes only, what the entries say is reported as not checked, never as good.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.ledger.auditing.audit import EMERGENCY, Audit, Finding, by_origin
from services.ledger.auditing.check import Record
from services.ledger.auditing.earlier import FOLDER, Earlier, hold_earlier, read_earlier
from services.ledger.auditing.report import Report
from services.ledger.auditing.verify_quorum import hold_quorum
from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.ledger.tiles import Tile, hashes, tiles_of, unbundle
from services.ledger.tree import HASH, Tree, leaf_hash
from services.ledger.trust_policy import TrustPolicy
from services.ledger.verify import verify_records
from services.runtime.note import BadNote, Verifier, split_note

CHECKPOINT = "checkpoint"


def logs_in(folder: Path) -> Mapping[str, Path]:
    """Folder by name of each log exported below `folder`; `folder` itself where it holds one log's tiles."""
    if (folder / CHECKPOINT).is_file():
        return {folder.name: folder}
    return {path.parent.name: path.parent for path in sorted(folder.glob(f"*/{CHECKPOINT}"))}


@dataclass
class _Log:
    """One log's folder, as it is read."""

    code: str
    folder: Path
    note: bytes
    head: Checkpoint
    tree: Tree = field(default_factory=Tree)
    findings: list[Finding] = field(default_factory=list)

    @property
    def has_entries(self) -> bool:
        return not self.head.size or (self.folder / "tile/entries").is_dir()

    def wrong(self, kind: str, index: int, detail: str) -> None:
        if len(self.findings) < 10:
            self.findings.append(Finding(self.code, kind, index, detail))

    def tile(self, tile: Tile) -> bytes | None:
        """A tile's bytes: as its path names it, or cut from the full one that may have replaced a partial."""
        path = self.folder / tile.path
        if path.is_file():
            return path.read_bytes()
        full = self.folder / Tile(tile.level, tile.number).path
        return full.read_bytes()[: tile.width * HASH] if tile.level >= 0 and full.is_file() else None

    def entries(self) -> Iterator[bytes]:
        for tile in tiles_of(self.head.size):
            if tile.level >= 0:
                return
            data = self.tile(tile)
            if data is None:
                self.wrong("missing", tile.first, f"{tile.path} is not here")
                return
            try:
                yield from unbundle(data, tile.width)
            except ValueError as error:
                self.wrong("bundle", tile.first, f"{tile.path}: {error}")
                return


def verify_tiles(
    folder: Path,
    keys: Sequence[Verifier],
    *,
    only: bool = False,
    step: Callable[[int], None] = lambda _: None,
    earlier: Sequence[Earlier] = (),
    policy: TrustPolicy | None = None,
) -> Report:
    """Verify every exported log in `folder`. `only`: `keys` name the one log asked about. `step` hears of bytes read.
    `earlier`: checkpoints from before, beside those that the folder itself has kept. `policy`: whose quorum each needs."""
    found, unreadable = _logs(folder, keys, only=only)
    folders = (log.folder / FOLDER for log in found)
    kept = [one for folder in folders if folder.is_dir() for one in read_earlier(folder)]
    whole = {log.code: log for log in found if log.has_entries}
    hub = next((log.head.origin.partition("/")[0] for log in found), "")
    apart = {log.head.origin for log in found if not log.has_entries}
    held = [key for key in keys if key.name not in apart]
    report = verify_records(
        _records(whole.values(), step),
        hub,
        lambda: {code: log.note for code, log in whole.items()},
        held,
        only=only and bool(held),
        earlier=[one for one in (*kept, *earlier) if one.head.origin not in apart],
        policy=policy,
    )
    report.findings[:0] = unreadable
    for log in found:
        if not log.has_entries:
            report.apart.append(log.code)
            _hashes_only(log, keys, report)
            audit = Audit(log.code, log.head.origin, log.tree, signed=log.head.size)
            own = by_origin(keys).get(log.head.origin, [])
            report.contradictions += hold_earlier(audit, log.note, (*kept, *earlier), own)
            report.notes += hold_quorum(log.head.origin, log.note, policy, audit.find)
            log.findings += audit.findings
        _hold_tiles(log)
        report.findings += log.findings
    return report


def _logs(folder: Path, keys: Sequence[Verifier], *, only: bool) -> tuple[list[_Log], list[Finding]]:
    found, wrong = [], []
    asked = by_origin(keys)
    for name, path in logs_in(folder).items():
        if path != folder and name.startswith(EMERGENCY):
            # Held by itself, against what the hub's log commits to.
            continue
        note = (path / CHECKPOINT).read_bytes()
        try:
            head = Checkpoint.parse(split_note(note)[0])
        except BadNote as error:
            wrong.append(Finding(name, "signature", -1, f"the checkpoint does not hold: {error}"))
            continue
        code = head.origin.rpartition("/")[2]
        if path != folder and name != code:
            wrong.append(Finding(name, "mixed-up", -1, f"the folder {name} holds the log {head.origin}"))
        elif not only or head.origin in asked:
            found.append(_Log(code, path, note, head))
    hubs = {log.head.origin.partition("/")[0] for log in found}
    if len(hubs) > 1:
        wrong.append(
            Finding("", "mixed-up", -1, f"logs of several hubs in one folder: {', '.join(sorted(hubs))}")
        )
    return found, wrong


def _records(logs: Iterable[_Log], step: Callable[[int], None]) -> Iterator[Record]:
    read = 0
    for log in logs:
        for at, leaf in enumerate(log.entries()):
            log.tree.append(leaf_hash(leaf))
            yield Record(log.code, at, leaf)
            read += len(leaf) + 2
            step(read)


def _hashes_only(log: _Log, keys: Sequence[Verifier], report: Report) -> None:
    """Without entries: the leaves' hashes give the signed root, or they do not; what they stand for stays unknown."""
    for tile in tiles_of(log.head.size, entries=False):
        data = log.tile(tile) if tile.level == 0 else b""
        if data is None or (tile.level == 0 and len(data) != tile.width * HASH):
            log.wrong("missing", tile.first, f"{tile.path} is not here, or not whole")
            return
        for at in range(0, len(data), HASH):
            log.tree.append(data[at : at + HASH])
    if log.tree.root() != log.head.root:
        log.wrong("root", -1, f"the {log.head.size} hashes are not those that were signed")
    key = by_origin(keys).get(log.head.origin, [])
    try:
        open_checkpoint(log.note, key)
    except BadNote as error:
        if key:
            log.wrong("signature", -1, f"the checkpoint does not hold: {error}")
        else:
            report.gaps.append(f"no key was given for {log.head.origin}")
    report.gaps.append(
        f"log {log.code} was exported without its entries: their hashes hold, what they say was not read"
    )


def tree_in(folder: Path) -> Tree:
    """The tree over the hashes in one log's folder, as far as its tiles are here. Raises `BadNote`."""
    note = (folder / CHECKPOINT).read_bytes()
    head, tree = Checkpoint.parse(split_note(note)[0]), Tree()
    log = _Log(head.origin.rpartition("/")[2], folder, note, head)
    for tile in tiles_of(head.size, entries=False):
        data = (log.tile(tile) or b"") if tile.level == 0 else b""
        tree.extend(data[at : at + HASH] for at in range(0, len(data) - HASH + 1, HASH))
    return tree


def _hold_tiles(log: _Log) -> None:
    """Every tile of hashes against the tree made anew. Nothing is signed but the root; a client may be shown any tile."""
    if log.tree.size < log.head.size:
        return
    wrong_on = 64
    for tile in tiles_of(log.head.size, entries=False):
        if tile.level > wrong_on:
            # A level above differs wherever the one below does, and says less of where.
            return
        data, wanted = log.tile(tile), hashes(log.tree, tile)
        if data is None:
            log.wrong("missing", tile.first << 8 * tile.level, f"{tile.path} is not here")
        elif data != wanted:
            at = next((n for n in range(tile.width) if _hash(data, n) != _hash(wanted, n)), tile.width)
            first = (tile.first + at) << 8 * tile.level
            wrong_on = tile.level
            log.wrong("tile", first, f"{tile.path} does not hold the hashes of the entries from {first} on")


def _hash(tile: bytes, place: int) -> bytes:
    return tile[place * HASH : (place + 1) * HASH]
