"""The request by which a log asks a witness for a cosignature (C2SP tlog-witness, add-checkpoint).

Promise: one form is read, byte for byte; whatever else comes is `BadRequest`, and nothing of it is repeated.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.ledger.tree import HASH
from services.runtime.note import decode64, encode64

LONGEST = 256 * 1024
"""Bytes of a request: 63 hashes, and a checkpoint with more than 64 ML-DSA-44 cosignatures."""
MOST_HASHES = 63
SIZE_TYPE = "text/x.tlog.size"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


class BadRequest(ValueError):
    """Not a request of this form."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """`old`: the size that the log believes the witness to have; `proof`: from there to the checkpoint in `note`."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "AddCheckpoint":
        """From the body. Raises `BadRequest`."""
        if len(raw) > LONGEST:
            raise BadRequest("longer than a request may be")
        head, blank, note = raw.partition(b"\n\n")
        try:
            first, *rest = head.decode("ascii").split("\n")
            proof = tuple(decode64(line) for line in rest)
        except ValueError:
            raise BadRequest("the lines before the checkpoint are not old size and base64") from None
        old = _OLD.fullmatch(first)
        if not blank or not old or len(proof) > MOST_HASHES or any(len(part) != HASH for part in proof):
            raise BadRequest("not: old <size>, at most 63 hashes, an empty line, a checkpoint")
        return cls(int(old[1]), proof, note)

    def emit(self) -> bytes:
        """The body."""
        lines = [f"old {self.old}", *map(encode64, self.proof)]
        return "\n".join(lines).encode() + b"\n\n" + self.note


def read_size(body: bytes) -> int | None:
    """The size that a witness answers a conflict with; None where it is none."""
    found = _SIZE.fullmatch(body)
    return int(found[1]) if found else None


def size_body(size: int) -> bytes:
    """The body of a conflict."""
    return b"%d\n" % size


def cosignature_lines(body: bytes) -> Sequence[bytes]:
    """The lines of an answer, each with its newline, nothing checked."""
    return body.splitlines(keepends=True)
