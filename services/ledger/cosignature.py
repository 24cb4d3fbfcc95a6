"""Cosignatures (C2SP tlog-cosignature): a witness says that it saw a log grow to this checkpoint, and when.

Promise: what a cosignature covers is the specification's message and nothing else; two kinds of key are read,
Ed25519 (type 0x04) and ML-DSA-44 (type 0x06), and a line of any other kind is nobody's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from services.ledger.checkpoint import Checkpoint
from services.runtime.note import (
    BadKey,
    BadNote,
    encode64,
    key_id,
    name_holds,
    open_note,
    read_vkey,
    signature_line,
    signatures,
)

ED25519, MLDSA44 = b"\x04", b"\x06"
KINDS = {"ed25519": ED25519, "ml-dsa-44": MLDSA44}
_KEY_BYTES = {ED25519: 32, MLDSA44: 1312}
_LATEST = 2**63 - 1
_LONGEST_NAME = 255
SEED = 32
"""Bytes of a private key of either kind: an Ed25519 key, or the seed of an ML-DSA-44 key (FIPS 204)."""


def message(kind: bytes, name: str, time: int, text: str) -> bytes:
    """What is signed over the checkpoint `text` at `time` (POSIX seconds). Raises `BadNote` where it is none."""
    if kind == ED25519:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    # Extension lines are no part of this message (and no statement is made about them).
    seen = Checkpoint.parse(text, extended=True)
    return subtree_message(name, time, seen.origin, 0, seen.size, seen.root)


def subtree_message(name: str, time: int, origin: str, start: int, end: int, root: bytes) -> bytes:
    """`cosigned_message` of the specification; a checkpoint is the subtree from 0 to its size. Raises `BadNote`."""
    names = [part.encode() for part in (name, origin)]
    if any(not 1 <= len(part) <= _LONGEST_NAME for part in names):
        raise BadNote("the name of a cosigner and of its log are 1 to 255 bytes long")
    cosigner, log = (len(part).to_bytes(1, "big") + part for part in names)
    numbers = start.to_bytes(8, "big") + end.to_bytes(8, "big")
    return b"subtree/v1\n\0" + cosigner + time.to_bytes(8, "big") + log + numbers + root


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's public key: its name, its kind (ED25519 or MLDSA44) and the key itself."""

    name: str
    kind: bytes
    public: bytes = field(repr=False)

    @classmethod
    def parse(cls, vkey: str) -> "Cosigner":
        """From `<name>+<hex key id>+<base64(type || key)>`. Raises `BadKey`."""
        name, raw = read_vkey(vkey)
        kind, public = raw[:1], raw[1:]
        if kind not in _KEY_BYTES:
            raise BadKey("not the key of a witness (type byte 4, Ed25519, or 6, ML-DSA-44)")
        if len(public) != _KEY_BYTES[kind]:
            raise BadKey(f"a witness's key of this kind is {_KEY_BYTES[kind]} bytes long")
        return cls(name, kind, public)

    @property
    def id(self) -> bytes:
        """The 4 bytes that a signature line begins with."""
        return key_id(self.name, self.public, self.kind)

    @property
    def vkey(self) -> str:
        """The one-line form."""
        return f"{self.name}+{self.id.hex()}+{encode64(self.kind + self.public)}"

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Whether this key cosigned exactly `text`; `signature` is the time (8 bytes) and the signature itself."""
        time = int.from_bytes(signature[:8], "big")
        if len(signature) <= 8 or time > _LATEST:
            return False
        try:
            self._verify(signature[8:], message(self.kind, self.name, time, text.decode()))
        except (InvalidSignature, BadNote, ValueError):
            return False
        return True

    def _verify(self, signature: bytes, signed: bytes) -> None:
        if self.kind == ED25519:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        else:
            MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, signed)


class _Signs(Protocol):
    def sign(self, data: bytes, /) -> bytes: ...


class CosigningKey:
    """A witness's private key, of either kind, from its 32 secret bytes."""

    def __init__(self, name: str, kind: bytes, seed: bytes) -> None:
        if not name_holds(name) or len(name.encode()) > _LONGEST_NAME:
            raise BadKey("the name of a witness has no space and no plus sign, and at most 255 bytes")
        public, self._key = _PAIRS[kind](seed)
        self.cosigner = Cosigner(name, kind, public)

    def cosign(self, text: str, time: int) -> str:
        """The signature line over the checkpoint `text`, as of `time` (POSIX seconds)."""
        mine = self.cosigner
        signed = self._key.sign(message(mine.kind, mine.name, time, text))
        return signature_line(mine.name, mine.id + time.to_bytes(8, "big") + signed)


def _ed25519(seed: bytes) -> tuple[bytes, _Signs]:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.public_key().public_bytes_raw(), key


def _mldsa44(seed: bytes) -> tuple[bytes, _Signs]:
    key = MLDSA44PrivateKey.from_seed_bytes(seed)
    return key.public_key().public_bytes_raw(), key


_PAIRS: dict[bytes, Callable[[bytes], tuple[bytes, _Signs]]] = {ED25519: _ed25519, MLDSA44: _mldsa44}


def cosigned_by(note: bytes, cosigners: Sequence[Cosigner]) -> dict[Cosigner, int]:
    """Who of `cosigners` cosigned the note, and when (POSIX seconds; the latest, where one did so twice).

    Raises `BadNote` where the line of one of them does not hold; lines of others are passed over.
    """
    known = {(key.name, key.id): key for key in cosigners}
    lines = signatures(note)[1]
    if not any((name, blob[:4]) in known for name, blob in lines):
        return {}
    open_note(note, cosigners)
    times: dict[Cosigner, int] = {}
    for name, blob in lines:
        if key := known.get((name, blob[:4])):
            times[key] = max(times.get(key, 0), int.from_bytes(blob[4:12], "big"))
    return times
