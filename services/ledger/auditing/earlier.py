"""Checkpoints that an auditor kept from before, held against a log as it stands now.

Promise: a log that lost its end, or says otherwise what it once signed, is found though it is signed anew from end to end;
both checkpoints that contradict are given word for word, for they prove it to anybody who has the log's key.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from services.ledger.auditing.audit import Audit
from services.ledger.auditing.misbehaviour import Contradiction
from services.ledger.checkpoint import Checkpoint, open_checkpoint
from services.runtime.note import BadNote, Verifier, split_note

FOLDER = "earlier"
"""Below a log that was downloaded: the checkpoints that it had before."""


class Earlier(NamedTuple):
    """One checkpoint from before: where it was read, what it says, and the note itself."""

    place: str
    head: Checkpoint
    note: bytes


def read_earlier(path: Path) -> list[Earlier]:
    """The checkpoints in a file, or anywhere in a folder. Raises `BadNote` (names the file), `OSError`."""
    paths = sorted(set(_notes_in(path))) if path.is_dir() else [path]
    found = []
    for one in paths:
        note = one.read_bytes()
        try:
            found.append(Earlier(str(one), Checkpoint.parse(split_note(note)[0]), note))
        except BadNote as error:
            raise BadNote(f"{one} is no checkpoint ({error})") from None
    return found


def _notes_in(folder: Path) -> Iterator[Path]:
    """As a hub publishes them, as an export has them, and as a download keeps them from before."""
    yield from (path for path in folder.glob("**/checkpoints/*") if not path.name.startswith("."))
    yield from folder.glob("**/checkpoint")
    yield from folder.glob(f"**/{FOLDER}/*")
    if folder.name in ("checkpoints", FOLDER):
        yield from (path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def hold_earlier(
    audit: Audit, newest: bytes | None, earlier: Iterable[Earlier], keys: Sequence[Verifier]
) -> list[Mapping[str, str]]:
    """Findings go to `audit`; returns the pairs that contradict: `{log, kind, earlier, now, proof}`, the two signed notes, and
    the file (misbehaviour.py) that proves it to others, "" where nothing does."""
    pairs: list[Mapping[str, str]] = []
    for one in earlier:
        if one.head.origin != audit.origin:
            continue
        try:
            old = open_checkpoint(one.note, keys) if keys else one.head
        except BadNote as error:
            audit.find("signature", -1, f"the earlier checkpoint {one.place} does not hold: {error}")
            continue
        kind = _contradiction(audit, old, newest)
        if kind and newest is not None:
            proof = _proof(audit, old, one.note, newest) if kind != "rolled-back" else ""
            both = {"earlier": one.note.decode(), "now": newest.decode()}
            pairs.append({"log": audit.code, "kind": kind, **both, "proof": proof})
    return pairs


def _contradiction(audit: Audit, old: Checkpoint, newest: bytes | None) -> str:
    """Its kind, found; "" where the log has only grown since."""
    size = Checkpoint.parse(split_note(newest)[0]).size if newest is not None and audit.signed >= 0 else 0
    if old.size > size:
        if audit.signed >= 0:
            audit.find(
                "rolled-back",
                size,
                f"{old.size} entries were signed earlier, and {size} now: its end was taken away",
            )
            return "rolled-back"
        return ""
    if audit.tree.root(old.size) == old.root:
        return ""
    kind = "split-view" if old.size == size else "rewritten"
    words = {
        "split-view": f"two trees of {size} entries were signed: different readers were shown different logs",
        "rewritten": f"the first {old.size} entries are not those that were signed earlier",
    }
    audit.find(kind, -1, words[kind])
    return kind


def _proof(audit: Audit, old: Checkpoint, earlier: bytes, newest: bytes) -> str:
    """The newer checkpoint fixes another past than the earlier one signed: with its own consistency proof, for anybody."""
    path = tuple(audit.tree.consistency(old.size, audit.signed))
    return Contradiction(earlier, newest, audit.tree.root(old.size), path).emit().decode()


__all__ = ["FOLDER", "Earlier", "hold_earlier", "read_earlier"]
