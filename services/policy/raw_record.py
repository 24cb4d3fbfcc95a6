"""A decision record cut into the pieces that decide, without reading them: for telling that equal bytes came before.

Promise: either the pieces are exactly those of the canonical form that services/gateway/record.py writes, or there are
none and the record is read the long way; a piece is never joined with one of another profile.
"""

import re
from dataclasses import dataclass

# What else a record notes is for its reader: it decides nothing.
_RECORD = re.compile(
    rb'^\{"calls":\[(.*)\],"cells":\[(.*)\],"context":(\{[^{}]*\})(?:,"[a-z_]+":\{[^{}]*\})*,"salt":"[A-Za-z0-9_-]*"\}$',
    re.DOTALL,
)
_CALL = re.compile(
    rb'\{"cells":\[((?:\[[0-9,]*\],?)*)\],("classes":\[[^\]]*\],"digest":"[0-9a-f]{64}"),"profiles":\[((?:\{[^{}]*\},?)*)\],'
    rb'"revision":"[0-9a-f]{16}"\}'
)


@dataclass(frozen=True, slots=True)
class RawCall:
    """One call: its classes and book as bytes, each profile, and each profile's row of places among the record's cells."""

    head: bytes
    profiles: list[bytes]
    rows: list[bytes]


@dataclass(frozen=True, slots=True)
class Pieces:
    """One record, its salt left out."""

    context: bytes
    cells: bytes
    calls: tuple[RawCall, ...]


def pieces_of(body: bytes) -> Pieces | None:
    """The pieces, or None where the bytes are not in the written form."""
    # A text of the hub holds no brace, bracket or backslash; one that did would be cut wrongly.
    if b"\\" in body:
        return None
    whole = _RECORD.match(body)
    if whole is None:
        return None
    every, cells, context = whole.groups()
    calls: list[RawCall] = []
    end = 0
    for found in _CALL.finditer(every):
        if every[end : found.start()] not in (b"", b","):
            return None
        end = found.end()
        call = _call(*found.groups())
        if call is None:
            return None
        calls.append(call)
    return Pieces(context, cells, tuple(calls)) if calls and end == len(every) else None


def _call(rows: bytes, head: bytes, profiles: bytes) -> RawCall | None:
    shown, placed = profiles.split(b"},{"), rows.split(b"],[")
    if not profiles or len(shown) != len(placed):
        return None
    return RawCall(head, shown, placed)
