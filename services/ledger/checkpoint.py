"""Checkpoints (C2SP tlog-checkpoint): what a log says of itself, as signed text.

Promise: one text for one state (origin, size, root), no extension lines, so signing again gives the same
bytes.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.ledger.tree import HASH
from services.runtime.note import BadNote, Verifier, decode64, encode64, open_note, split_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """State of one log: `root` is the RFC 6962 root (32 bytes) of its first `size` entries."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"

    @classmethod
    def parse(cls, text: str, *, extended: bool = False) -> "Checkpoint":
        """From the text of a note. Raises `BadNote` on any other form; extension lines, which our own logs never have,
        are read over only where `extended`."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or (len(lines) > 4 and not (extended and all(lines[3:-1]))):
            raise BadNote("a checkpoint has three lines: origin, size, root")
        origin, size, root = lines[:3]
        if not origin or not _SIZE.fullmatch(size):
            raise BadNote("the size of a checkpoint is a decimal number without leading zeros")
        try:
            raw = decode64(root)
        except ValueError:
            raise BadNote("the root of a checkpoint is not base64") from None
        if len(raw) != HASH:
            raise BadNote("the root of a checkpoint is not 32 bytes")
        return cls(origin, int(size), raw)


def open_checkpoint(note: bytes, verifiers: Iterable[Verifier], *, extended: bool = False) -> Checkpoint:
    """The checkpoint in a signed note, signed by the key whose name is its origin. Raises `BadNote`."""
    text, signed = open_note(note, verifiers)
    found = Checkpoint.parse(text, extended=extended)
    if all(key.name != found.origin for key in signed):
        raise BadNote(f"signed by a key of another log than {found.origin}")
    return found


def claimed(note: bytes, *, extended: bool = False) -> Checkpoint:
    """What a note says, before anything of it is believed. Raises `BadNote` where it is no checkpoint."""
    return Checkpoint.parse(split_note(note)[0], extended=extended)
