"""The form of the embedded journal: one file, a first line that names the hub, then frames of all its logs.

Promise: a frame is read only if it is whole (CRC-32 over all of it); what cannot be read is named by place,
with its log and index where these can still be told. No import but the standard library's: the writer and an
auditor share it.

Frame: length of the rest (4 bytes, big endian), CRC-32 of the rest (4), mark (16), length of the log's code
(1), code, index (8), stored leaf.
"""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

NAME = "journal"
_HEAD = struct.Struct(">II")
_MARK = 16
_LONGEST = 1 << 16
_CHUNK = 1 << 22


def first_line(hub: str) -> bytes:
    """How the journal of a hub begins."""
    return f"mash-journal v1 {hub}\n".encode()


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry as it stands in the file; `offset` is where its leaf begins."""

    log: str
    index: int
    leaf: bytes
    mark: bytes
    offset: int
    end: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Where reading ends early: the byte at which the frame begins, and what it claims to be ("" where
    unreadable)."""

    at: int
    what: str
    torn: bool
    """Whether the file simply ends too soon, as after a crash; False: the bytes are there and are not
    right."""
    log: str = ""
    index: int = -1


def frame(log: str, index: int, leaf: bytes, mark: bytes) -> bytes:
    """The bytes of one frame."""
    code = log.encode()
    rest = b"%b%c%b%b%b" % (mark, len(code), code, index.to_bytes(8, "big"), leaf)
    return _HEAD.pack(len(rest), zlib.crc32(rest)) + rest


def lead(log: str) -> int:
    """Bytes of a frame before its leaf."""
    return _HEAD.size + _MARK + 1 + len(log) + 8


def read_hub(file: BinaryIO) -> str | None:
    """The hub named in the first line, or None where this is no journal."""
    line = file.readline(100)
    words = line.split(b" ")
    if not line.endswith(b"\n") or words[:2] != [b"mash-journal", b"v1"] or len(words) != 3:
        return None
    return words[2][:-1].decode("ascii", "replace")


def read_frames(file: BinaryIO) -> Iterator[Frame | Broken]:
    """Frames from where `file` stands to its end; at the first that is not whole, one `Broken`, and no
    more."""
    at = file.tell()
    while head := file.read(_HEAD.size):
        if len(head) < _HEAD.size:
            yield Broken(at, "the file ends within a frame", torn=True)
            return
        length, crc = _HEAD.unpack(head)
        rest = file.read(length) if length <= _LONGEST else b""
        parsed = _parse(rest)
        log, index, start = parsed or ("", -1, 0)
        if len(rest) < length or zlib.crc32(rest) != crc or parsed is None:
            torn = len(rest) < length <= _LONGEST
            what = "the file ends within a frame" if torn else "a frame is damaged"
            yield Broken(at, what, torn, log, index)
            return
        leaf_at = at + _HEAD.size + start
        at += _HEAD.size + length
        yield Frame(log, index, rest[start:], rest[:_MARK], leaf_at, at)


def read_hashes(file: BinaryIO) -> Iterator[tuple[Mapping[str, list[bytes]], int]]:
    """Leaf hashes (RFC 6962) by log, in order, some thousands at a time, with the place in the file; from where `file` stands.

    For whoever holds the roots against signed ones: these cover every byte of every entry and their order, so a frame's own
    index and CRC are not looked at. Where the file does not end with a whole frame, one last item with no hashes.
    """
    waiting, at, hashed, head, before = b"", file.tell(), hashlib.sha256, _HEAD.size, _HEAD.size + _MARK + 1
    while more := file.read(_CHUNK):
        data, place = waiting + more, 0
        found: dict[str, list[bytes]] = {}
        last, hashes, until = b"", list[bytes](), len(data) - before
        while place <= until:
            end = place + head + int.from_bytes(data[place : place + 4], "big")
            if end > len(data):
                break
            start = place + before
            leaf = start + data[start - 1] + 8
            if leaf > end:
                yield found, at
                yield {}, at
                return
            code = data[start : leaf - 8]
            if code != last:
                last, hashes = code, found.setdefault(code.decode("ascii", "replace"), [])
            hashes.append(hashed(b"\x00" + data[leaf:end]).digest())
            place = end
        waiting = data[place:]
        at += place
        yield found, at
    if waiting:
        yield {}, at


def _parse(rest: bytes) -> tuple[str, int, int] | None:
    """Log, index, and where the leaf begins; None where the frame is too short to say."""
    if len(rest) < _MARK + 1:
        return None
    start = _MARK + 1 + rest[_MARK]
    if len(rest) < start + 8:
        return None
    code = rest[_MARK + 1 : start]
    if not code.isascii():
        return None
    return code.decode(), int.from_bytes(rest[start : start + 8], "big"), start + 8
