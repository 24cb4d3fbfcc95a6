"""Signed notes (C2SP signed-note): text with signature lines, and the one-line form of a public key (vkey).

Promise: a note opens only if at least one key that the reader named has signed it, no named key's line fails,
and the bytes are the one form of that note (no second spelling of the same signature passes).
"""

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_LINE = "— "
_LONGEST = 1 << 20
_MOST_LINES = 64


class BadNote(ValueError):
    """The note is not well formed, or no named key has signed it. Says which, without echoing the note."""


class BadKey(ValueError):
    """A public key line is not a vkey of a kind that we read."""


def decode64(text: str) -> bytes:
    """Standard base64 with padding, in its one canonical spelling. Raises `ValueError`."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical base64")
    return raw


def encode64(raw: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(raw).decode()


def name_holds(name: str) -> bool:
    """Whether a key may bear this name: no Unicode space, no plus sign, no control character, and UTF-8."""
    return (
        bool(name)
        and not any("\ud800" <= c <= "\udfff" for c in name)
        and "+" not in name
        and not any(c.isspace() or unicodedata.category(c) == "Cc" for c in name)
    )


def key_id(name: str, public: bytes, kind: bytes = _ED25519) -> bytes:
    """First 4 bytes of SHA-256(name || 0x0A || signature type || public key)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def read_vkey(vkey: str) -> tuple[str, bytes]:
    """Name, and signature type with public key, of `<name>+<hex key id>+<base64(type || key)>`. Raises `BadKey`."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not name_holds(parts[0]):
        raise BadKey("a key line has the form name+keyid+base64")
    try:
        raw = decode64(parts[2])
        named = bytes.fromhex(parts[1])
    except ValueError:
        raise BadKey("a key line has the form name+keyid+base64") from None
    if named != key_id(parts[0], raw[1:], raw[:1]) or parts[1] != named.hex():
        raise BadKey("the key id does not belong to this name and key")
    return parts[0], raw


class Checks(Protocol):
    """Any key that checks signature lines: a log's, or a witness's (services/ledger/cosignature.py)."""

    @property
    def name(self) -> str: ...
    @property
    def id(self) -> bytes: ...
    def holds(self, text: bytes, signature: bytes) -> bool: ...


_Key = TypeVar("_Key", bound=Checks)


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key that checks notes: its name, and 32 bytes of Ed25519."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """From `<name>+<hex key id>+<base64(0x01 || key)>`. Raises `BadKey`."""
        name, raw = read_vkey(vkey.strip())
        if raw[:1] != _ED25519 or len(raw) != 33:
            raise BadKey("only Ed25519 log keys are read (type byte 1, 32 bytes)")
        return cls(name, raw[1:])

    @property
    def id(self) -> bytes:
        """The 4 bytes that a signature line begins with."""
        return key_id(self.name, self.public)

    @property
    def vkey(self) -> str:
        """The one-line form."""
        return f"{self.name}+{self.id.hex()}+{encode64(_ED25519 + self.public)}"

    def holds(self, text: bytes, signature: bytes) -> bool:
        """Whether this key signed exactly `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


class Signer:
    """A private key with the name under which it signs."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        if not name_holds(name):
            raise BadKey("the name of a key has no space and no plus sign")
        self._key = key
        self.verifier = Verifier(name, key.public_key().public_bytes_raw())
        self._id = self.verifier.id

    def sign(self, text: str) -> bytes:
        """The signed note over `text`, which ends with a newline."""
        raw = text.encode()
        return raw + b"\n" + signature_line(self.verifier.name, self._id + self._key.sign(raw)).encode()


def signature_line(name: str, blob: bytes) -> str:
    """One line below a note: `blob` is key id and signature."""
    return f"{_LINE}{name} {encode64(blob)}\n"


def open_note(note: bytes, verifiers: Iterable[_Key]) -> tuple[str, tuple[_Key, ...]]:
    """The text and the keys that signed it, of those named. Raises `BadNote`; signatures by others are passed
    over."""
    text, lines = signatures(note)
    known = {(key.name, key.id): key for key in verifiers}
    signed: list[_Key] = []
    for name, blob in lines:
        key = known.get((name, blob[:4]))
        if key is None:
            continue
        if not key.holds(text.encode(), blob[4:]):
            raise BadNote(f"the signature of {name} does not hold")
        if key not in signed:
            signed.append(key)
    if not signed:
        raise BadNote("none of the keys given has signed this")
    return text, tuple(signed)


def signatures(note: bytes) -> tuple[str, Sequence[tuple[str, bytes]]]:
    """The text, and (name, key id with signature) of each line, nothing checked but the form. Raises `BadNote`."""
    text, lines = split_note(note)
    return text, [_signature(line) for line in lines]


def signer_names(note: bytes) -> list[str]:
    """The name on each signature line, nothing checked but the form. Raises `BadNote`."""
    return [name for name, _ in signatures(note)[1]]


def split_note(note: bytes) -> tuple[str, list[str]]:
    """Text (with its last newline) and signature lines, nothing checked but the form. Raises `BadNote`."""
    if len(note) > _LONGEST:
        raise BadNote("longer than a note may be")
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise BadNote("not UTF-8") from None
    if any(ord(c) < 0x20 and c != "\n" for c in whole):
        raise BadNote("control characters")
    head, blank, tail = whole.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise BadNote("no empty line before the signatures, or no newline at the end")
    lines = tail[:-1].split("\n")
    if len(lines) > _MOST_LINES:
        raise BadNote("more signatures than a note may have")
    return head + "\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    name, space, blob = line.removeprefix(_LINE).partition(" ")
    if not line.startswith(_LINE) or not space or not name_holds(name):
        raise BadNote("a signature line is malformed")
    try:
        raw = decode64(blob)
    except ValueError:
        raise BadNote("a signature is not base64") from None
    if len(raw) < 5:
        raise BadNote("a signature is too short")
    return name, raw
