"""The key folder, and sealing at rest under it.

Promise: nothing about a person is written to a disk or database but sealed (AES-256-GCM, NIST SP 800-38D) under a key
that stands in this folder; a sealed value names its key, so keys rotate without a rewrite; a value moved to another
place does not open there (its place is bound as associated data).
"""

import contextlib
import os
import secrets
import struct
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from services.contract.problems import BadSetting

_NONCE = 12
_LENGTH, _NUMBER = struct.Struct(">I"), struct.Struct(">q")


class CannotOpen(Exception):
    """A sealed value does not open: wrong key, wrong place, or damaged. Says nothing of the value."""


class Sealer:
    """Seals and opens bytes for one purpose. Form of a sealed value: key number (2 bytes), nonce (12), ciphertext and tag."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._current = max(keys)

    def seal(self, plain: bytes, place: str) -> bytes:
        """Seal `plain` for `place` (such as `record:<id>`), under the newest key."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, place.encode())
        return self._current.to_bytes(2, "big") + nonce + sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """The plain bytes; raises `CannotOpen`."""
        cipher = self._ciphers.get(int.from_bytes(sealed[:2], "big"))
        if cipher is None or len(sealed) < 2 + _NONCE:
            raise CannotOpen("sealed under a key that is not in the key folder")
        try:
            return cipher.decrypt(sealed[2 : 2 + _NONCE], sealed[2 + _NONCE :], place.encode())
        except InvalidTag:
            raise CannotOpen("a sealed value does not open in this place") from None


class KeyFolder:
    """The folder of keys: `<name>.<number>.key`, each 32 random bytes, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise BadSetting(f"MASH_KEYS: cannot use the key folder ({error.strerror})") from None

    def secret(self, name: str) -> bytes:
        """The newest 32-byte key called `name`, made on first use."""
        keys = self._all(name)
        return keys[max(keys)]

    def sealer(self, name: str) -> Sealer:
        """A sealer over every key called `name`, sealing under the newest."""
        return Sealer(self._all(name))

    def mac(self, name: str) -> "Mac":
        """A keyed hash under the first key called `name`; it must not rotate, or look-ups would go blind."""
        keys = self._all(name)
        return Mac(keys[min(keys)])

    def signing(self, name: str) -> Ed25519PrivateKey:
        """The Ed25519 key called `name`, made on first use."""
        return Ed25519PrivateKey.from_private_bytes(self.secret(f"sign-{name}"))

    def rotate(self, name: str) -> int:
        """Add a new key called `name`; values sealed from now on are under it. Returns its number."""
        number = max(self._all(name)) + 1
        self._make(name, number)
        return number

    def _all(self, name: str) -> dict[int, bytes]:
        found = {int(path.suffixes[-2][1:]): path.read_bytes() for path in self.folder.glob(f"{name}.*.key")}
        if not found:
            self._make(name, 1)
            return self._all(name)
        if any(len(key) != 32 for key in found.values()):
            raise BadSetting(f"MASH_KEYS: a key called {name} is damaged; restore it from its backup")
        return found

    def _make(self, name: str, number: int) -> None:
        path = self.folder / f"{name}.{number}.key"
        # A second process may be first: a linked temporary file is whole or absent, and never overwrites.
        waiting = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(waiting, path)
            waiting.unlink()
        except OSError as error:
            raise BadSetting(f"MASH_KEYS: cannot write a key ({error.strerror})") from None


class Mac:
    """HMAC-SHA256 under one key, for look-up keys and pseudonyms that only the hub can make."""

    def __init__(self, key: bytes) -> None:
        # Started once and copied: to take up the key costs more than to hash what is hashed here.
        self._started = HMAC(key, SHA256())

    def of(self, *parts: str) -> bytes:
        """32 bytes over the parts, each framed by its length so that no two lists of parts agree."""
        hashing = self._started.copy()
        hashing.update(b"".join([_LENGTH.pack(len(raw := part.encode())) + raw for part in parts]))
        return hashing.finalize()

    def number(self, *parts: str) -> int:
        """The same as a signed 64-bit number, for an indexed column."""
        found: int = _NUMBER.unpack_from(self.of(*parts))[0]
        return found
