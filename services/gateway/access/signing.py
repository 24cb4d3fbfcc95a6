"""The hub's own token keys: made once, kept in the key folder, named by their thumbprint.

Promise: a token that this hub did not sign with ES384 opens nothing; keys rotate by adding a file.
"""

import os
import secrets
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from services.contract.problems import BadSetting, NotSignedIn
from services.runtime.keys import KeyFolder

_ALG = "ES384"
_TYPE = "at+jwt"


class TokenKeys:
    """Signs and reads RFC 9068 access tokens."""

    def __init__(self, folder: KeyFolder) -> None:
        paths = sorted(folder.folder.glob("token.*.pem"))
        if not paths:
            paths = [_make(folder.folder / "token.1.pem")]
        try:
            self._keys = [ECKey.import_key(path.read_bytes()) for path in paths]
        except (OSError, ValueError, JoseError):
            raise BadSetting("MASH_KEYS: a token key is damaged; restore it from its backup") from None
        self._set = KeySet(list(self._keys))

    def sign(self, claims: dict[str, Any]) -> str:
        """A token over the claims, under the newest key."""
        key = self._keys[-1]
        header = {"alg": _ALG, "typ": _TYPE, "kid": key.thumbprint()}
        return jwt.encode(header, claims, key, algorithms=[_ALG])

    def read(self, token: str) -> dict[str, Any]:
        """The claims of a token that this hub signed.

        Raises `NotSignedIn`; the claims are not judged here.
        """
        try:
            found = jwt.decode(token, self._set, algorithms=[_ALG])
        except (JoseError, ValueError):
            raise NotSignedIn("the token is not one that this hub signed") from None
        if found.header.get("typ") != _TYPE:
            raise NotSignedIn("this is not an access token")
        return found.claims


def _make(path: Path) -> Path:
    # A second process may be first: a linked temporary file is whole or absent, and never overwrites.
    waiting = path.with_name(f".token.{secrets.token_hex(4)}")
    try:
        handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(ECKey.generate_key("P-384").as_pem(private=True))
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            os.link(waiting, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise BadSetting(f"MASH_KEYS: cannot write a key ({error.strerror})") from None
    finally:
        waiting.unlink(missing_ok=True)
    return path
