"""What is handed to one reader alone, sealed to a public key of the system through which they read.

Promise: JWE and nothing of our own (RFC 7516; ECDH-ES on P-384 with A256GCM, RFC 7518): any JOSE library opens it with the
private key, nobody else does.
"""

import gzip
import zlib

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

_ALG, _ENC, _CONTENT = "ECDH-ES", "A256GCM", "application/gzip"
LONGEST = 64 << 20
"""Bytes of one sealed value, and of what is in it, at most."""


class CannotUnseal(Exception):
    """Sealed to another key, or changed since. Says nothing of what is in it."""


class _Long(jwe.JWERegistry):
    """The library's registry, for longer values than its own limit of 64 KB, and of this one kind alone."""

    max_ciphertext_length = LONGEST


_REGISTRY = _Long(algorithms=[_ALG, _ENC])


def seal(key: ECKey, plain: bytes) -> str:
    """A compact JWE of `plain` as a gzip file, for the holder of the private key."""
    header = {"alg": _ALG, "enc": _ENC, "cty": _CONTENT, "kid": key.thumbprint()}
    return jwe.encrypt_compact(header, gzip.compress(plain, mtime=0), key, registry=_REGISTRY)


def unseal(key: ECKey, sealed: str) -> bytes:
    """What was sealed to `key`. Raises `CannotUnseal`."""
    try:
        packed = jwe.decrypt_compact(sealed, key, registry=_REGISTRY).plaintext
        opened = zlib.decompressobj(wbits=31)  # a gzip file
        plain = opened.decompress(packed or b"", LONGEST)
    except (JoseError, ValueError, zlib.error) as error:
        raise CannotUnseal(f"not sealed to this key, or changed since ({type(error).__name__})") from None
    if not opened.eof:
        raise CannotUnseal("what is in it is cut off, or longer than is read")
    return plain
