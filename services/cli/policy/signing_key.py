"""A signer's key file: an Ed25519 key under a passphrase, kept by its owner, never by the hub.

Promise: a key is never written or read in the clear; a file that others can read, or a wrong passphrase, is refused with
the remedy; the passphrase is not echoed and never on the command line.
"""

import os
import stat
from pathlib import Path

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from services.contract.problems import BadSetting, Conflict
from services.runtime.note import Signer

SHORTEST = 12
_LOST = (
    "Without its passphrase a key is lost for good: make a new one (mash policy key new) and propose its row for "
    "signers.yaml; two others sign that."
)


class BadKeyFile(BadSetting):
    """The key cannot be used. Says which file and why."""

    kind = "bad-key-file"
    title = "The key cannot be used"
    next_step = _LOST


def make(path: Path, id: str, passphrase: str) -> Signer:
    """A new key in a new file, mode 0600. Raises `Conflict` where there is one."""
    if len(passphrase) < SHORTEST:
        raise BadKeyFile(
            f"a passphrase has at least {SHORTEST} characters",
            next_step="Choose a longer one, such as four words.",
        )
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(
            f"{path.name}: there is a file of this name",
            next_step="Choose another name: a key is never replaced.",
        ) from None
    except OSError as error:
        raise BadKeyFile(
            f"{path.name}: cannot be written ({error.strerror})", next_step="Choose another folder."
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(f"Signer: {id}\n".encode() + pem)
        file.flush()
        os.fsync(file.fileno())
    return Signer(id, key)


def read(path: Path, passphrase_file: Path | None) -> Signer:
    """The key, its passphrase asked for or read. Raises `BadKeyFile`."""
    _private(path)
    try:
        head, _, pem = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise BadKeyFile(
            f"{path.name}: cannot be read ({error.strerror})", next_step="Name your key file."
        ) from None
    id = head.decode("utf-8", errors="replace").removeprefix("Signer: ")
    if not head.startswith(b"Signer: ") or b"ENCRYPTED PRIVATE KEY" not in pem:
        raise BadKeyFile(
            f"{path.name}: is not a file of mash policy key new", next_step="Name your key file."
        )
    try:
        key = load_pem_private_key(pem, passphrase_of(passphrase_file, f"Passphrase of {id}").encode())
    except (ValueError, TypeError):
        raise BadKeyFile(f"{path.name}: this is not its passphrase, or the file is damaged") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKeyFile(f"{path.name}: is a key of another kind")
    return Signer(id, key)


def passphrase_of(file: Path | None, asked: str, *, twice: bool = False) -> str:
    """The passphrase: the file's first line, or as typed. Raises `BadKeyFile`."""
    if file is None:
        return str(typer.prompt(asked, hide_input=True, confirmation_prompt=twice, err=True))
    _private(file)
    try:
        return file.read_text(encoding="utf-8").split("\n", 1)[0]
    except (OSError, UnicodeDecodeError):
        raise BadKeyFile(
            f"{file.name}: cannot be read", next_step="Name the file that holds the passphrase."
        ) from None


def _private(path: Path) -> None:
    """Others must not be able to read it."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise BadKeyFile(
            f"{path.name}: cannot be read ({error.strerror})", next_step="Name the right file."
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise BadKeyFile(
            f"{path.name}: others can read this file (mode {stat.S_IMODE(mode):o})",
            next_step=f"Close it: chmod 600 {path.name}. If others may have read it, make a new key and have its row signed in.",
        )
