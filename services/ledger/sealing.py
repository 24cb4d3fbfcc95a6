"""One row of the vault: a document kept with an entry, in pieces, each sealed under the keys of those it is about.

Promise: a piece opens only while the key of every subject in it is kept; taking one subject out leaves the pieces of the
others as they are, and a mark that something was taken; who stands in a row can be read with the master key alone, and of
somebody taken out it cannot be read at all.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.runtime.keys import CannotOpen, Sealer

ID = 16
"""Bytes of a subject's id."""
_LONG, _SHORT = 4, 2


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject's keys: `id` is the keyed hash of who it is; `key` seals, `secret` derives."""

    id: bytes
    key: bytes = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """Something about the subjects given, of whom there is at least one."""

    subjects: tuple[Subject, ...]
    plain: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """Something to seal with an entry: `plain` is about the subjects given, or about nobody; `pieces` as each says."""

    event: bytes
    what: str
    subjects: tuple[Subject, ...]
    plain: bytes = field(repr=False)
    pieces: tuple[Piece, ...] = ()

    @property
    def slots(self) -> tuple[Piece, ...]:
        """Every piece; the plain one first where it is about somebody."""
        return (Piece(self.subjects, self.plain), *self.pieces) if self.subjects else self.pieces


@dataclass(frozen=True, slots=True)
class Opened:
    """A row as far as it opens. `plain` is None where it was about somebody who is gone."""

    plain: bytes | None = field(repr=False)
    pieces: tuple[bytes, ...] = field(repr=False)
    shredded: int
    """Pieces taken out when a subject was shredded."""
    lost: int
    """Pieces that do not open and were never taken out: a key is missing, or the row was changed."""


@dataclass(frozen=True, slots=True)
class _Slot:
    ids: tuple[bytes, ...]
    """Empty: taken out."""
    sealed: bytes = field(repr=False)


def place_of(what: str, event: bytes) -> str:
    """Where a row stands; what is sealed for one place opens in no other."""
    return f"{what}:{event.hex()}"


def seal_row(master: Sealer, kept: Kept) -> bytes:
    """The row of `kept`: a head sealed under the master key, then each piece under its own."""
    place = place_of(kept.what, kept.event)
    slots = [
        _Slot(
            tuple(subject.id for subject in piece.subjects),
            _joint(piece.subjects).seal(piece.plain, f"{place}:{number}"),
        )
        for number, piece in enumerate(kept.slots)
    ]
    return _row(master, place, not kept.subjects, b"" if kept.subjects else kept.plain, slots)


def open_row(
    master: Sealer, place: str, body: bytes, read: Callable[[bytes], Subject | None], of: bytes = b""
) -> Opened:
    """Whatever opens with the keys that `read` gives; `of`: of the pieces those alone that are about this subject, too.
    Raises `CannotOpen` where the head does not."""
    apart, plain, slots = _parsed(master, place, body)
    found: list[bytes | None] = []
    for number, slot in enumerate(slots):
        if of and of not in slot.ids and (apart or number):
            continue
        keys = [read(id) for id in slot.ids]
        found.append(_opened(slot, keys, f"{place}:{number}"))
    first = plain if apart else (found[0] if found else None)
    pieces = tuple(one for one in (found if apart else found[1:]) if one is not None)
    shredded = 0 if of else sum(not slot.ids for slot in slots)
    return Opened(first, pieces, shredded, sum(one is None for one in found) - shredded)


def named_in(master: Sealer, place: str, body: bytes) -> set[bytes]:
    """Ids of all who stand in a row; nobody where it does not open in this place."""
    try:
        return {id for slot in _parsed(master, place, body)[2] for id in slot.ids}
    except CannotOpen:
        return set()


def shredded_in(master: Sealer, place: str, body: bytes) -> int:
    """How many pieces of a row were taken out; none where it does not open in this place."""
    try:
        return sum(not slot.ids for slot in _parsed(master, place, body)[2])
    except CannotOpen:
        return 0


def without(master: Sealer, place: str, body: bytes, ids: Collection[bytes]) -> tuple[bytes, int]:
    """The row with every piece about one of these subjects taken out, and how many there were. Raises `CannotOpen`."""
    apart, plain, slots = _parsed(master, place, body)
    gone = [any(id in slot.ids for id in ids) for slot in slots]
    left = [_Slot((), b"") if out else slot for out, slot in zip(gone, slots, strict=True)]
    taken = sum(gone)
    return (_row(master, place, apart, plain, left) if taken else body), taken


def _row(master: Sealer, place: str, apart: bool, plain: bytes, slots: Sequence[_Slot]) -> bytes:
    head = [bytes((apart,)), len(slots).to_bytes(_SHORT, "big")]
    for slot in slots:
        head += [len(slot.ids).to_bytes(_SHORT, "big"), *slot.ids, len(slot.sealed).to_bytes(_LONG, "big")]
    sealed = master.seal(b"".join((*head, plain)), place)
    return b"".join((len(sealed).to_bytes(_LONG, "big"), sealed, *(slot.sealed for slot in slots)))


def _parsed(master: Sealer, place: str, body: bytes) -> tuple[bool, bytes, list[_Slot]]:
    end = _LONG + int.from_bytes(body[:_LONG], "big")
    head = master.open(body[_LONG:end], place)
    count, at = int.from_bytes(head[1 : 1 + _SHORT], "big"), 1 + _SHORT
    slots = []
    for _ in range(count):
        who = int.from_bytes(head[at : at + _SHORT], "big")
        at += _SHORT
        ids = tuple(head[at + ID * n : at + ID * (n + 1)] for n in range(who))
        at += ID * who
        length = int.from_bytes(head[at : at + _LONG], "big")
        at += _LONG
        slots.append(_Slot(ids, body[end : end + length]))
        end += length
    return bool(head[0]), head[at:], slots


def _opened(slot: _Slot, keys: Sequence[Subject | None], place: str) -> bytes | None:
    subjects = [one for one in keys if one is not None]
    if not subjects or len(subjects) < len(keys):
        return None
    try:
        return _joint(subjects).open(slot.sealed, place)
    except CannotOpen:
        return None


def _joint(subjects: Sequence[Subject]) -> Sealer:
    """Seals under a key that takes every one of the subjects' keys to make (HKDF-SHA256, RFC 5869)."""
    whole = b"".join(subject.key for subject in subjects)
    return Sealer({1: HKDF(SHA256(), 32, salt=None, info=b"mash vault record").derive(whole)})
