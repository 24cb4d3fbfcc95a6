"""The auditor's own keys: one to prove who asks and to sign reports, one to which the hub seals decision records.

Promise: one JWK Set (RFC 7517) in a file that only its owner reads; each key does one thing (`use`), and nothing but the
public halves ever goes to a hub.
"""

import json
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from services.contract.problems import BadInput
from services.gateway.access.sealing import CannotUnseal, unseal

ALG = "ES384"
_CURVE = "P-384"
_LIFE = 120
"""Seconds for which an assertion holds."""
_WHO = ("client", "organisation", "user")


class BadKeyFile(BadInput):
    """The file is none of `mash ledger key`."""

    title = "The auditor's key file cannot be used"
    next_step = "Name the file that mash ledger key made; its public half is of no use here."


@dataclass(frozen=True, slots=True)
class Auditor:
    """Who audits, as the hub has them registered, and their keys."""

    client: str
    organisation: str
    user: str
    signing: ECKey = field(repr=False)
    opening: ECKey = field(repr=False)

    @classmethod
    def make(cls, client: str, organisation: str, user: str) -> "Auditor":
        """With two new P-384 keys."""
        return cls(client, organisation, user, _new("sig"), _new("enc"))

    @classmethod
    def read(cls, file: Path) -> "Auditor":
        """Of a file that `write` made. Raises `BadKeyFile`, naming the file and not its content."""
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            by_use = {key["use"]: ECKey.import_key(key) for key in told["keys"]}
            who = {name: str(told["auditor"][name]) for name in _WHO}
            found = cls(**who, signing=by_use["sig"], opening=by_use["enc"])
        except OSError as error:
            raise BadKeyFile(f"{file} cannot be read ({error.strerror})") from None
        except (ValueError, KeyError, TypeError, AttributeError, JoseError):
            raise BadKeyFile(f"{file} is no key file of an auditor") from None
        if not (found.signing.is_private and found.opening.is_private):
            raise BadKeyFile(f"{file} holds public keys only")
        return found

    def write(self, file: Path) -> None:
        """Both private keys, readable by their owner only. Raises `OSError`; a file that is there is never overwritten."""
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(
                self._set(private=True) | {"auditor": {name: getattr(self, name) for name in _WHO}}, out
            )

    def public_set(self) -> dict[str, Any]:
        """What the hub's operator registers: a JWK Set of both public halves."""
        return self._set(private=False)

    @property
    def thumbprint(self) -> str:
        """The name of the signing key (RFC 7638)."""
        return self.signing.thumbprint()

    def assertion(self, subject: str, audience: str, **more: Any) -> str:
        """A signed assertion (RFC 7523) of two minutes, used once."""
        now = int(time.time())
        claims = {"iss": self.client, "sub": subject, "aud": audience, "iat": now, "exp": now + _LIFE}
        claims |= {"jti": secrets.token_urlsafe(16)} | more
        return jwt.encode({"alg": ALG, "kid": self.thumbprint}, claims, self.signing, algorithms=[ALG])

    def sign(self, content: bytes, kind: str) -> str:
        """A compact JWS (RFC 7515) over `content`, which is JSON of this kind."""
        header = {"alg": ALG, "kid": self.thumbprint, "typ": kind, "cty": "json"}
        return jws.serialize_compact(header, content, self.signing, algorithms=[ALG])

    def unseal(self, sealed: str) -> bytes:
        """What a hub sealed to this auditor. Raises `CannotUnseal`."""
        return unseal(self.opening, sealed)

    def _set(self, *, private: bool) -> dict[str, Any]:
        return {"keys": [_told(self.signing, "sig", private), _told(self.opening, "enc", private)]}


def _new(use: str) -> ECKey:
    return ECKey.generate_key(_CURVE, {"use": use}, private=True)


def _told(key: ECKey, use: str, private: bool) -> dict[str, Any]:
    told = {name: value for name, value in key.as_dict(private=private).items() if private or name != "d"}
    return told | {"use": use, "kid": key.thumbprint(), "alg": ALG if use == "sig" else "ECDH-ES"}


__all__ = ["ALG", "Auditor", "BadKeyFile", "CannotUnseal"]
