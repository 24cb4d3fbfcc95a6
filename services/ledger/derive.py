"""What is derived from a subject's secret: handles, salts, chain values. One place, so that all sides agree.

Promise: two events of one person share nothing that can be seen without that person's secret (MODEL section
7).
"""

import hmac

from services.contract.canonical import b64u

_SHORT = 16


def handle(secret: bytes, event: bytes) -> str:
    """First 16 bytes of HMAC-SHA256(secret, event id), base64url."""
    return b64u(hmac.digest(secret, event, "sha256")[:_SHORT])


def salts(secret: bytes, event: bytes, leaves: int) -> tuple[bytes, ...]:
    """HMAC-SHA256(secret, event id || leaf number as 4 bytes, big endian), 32 bytes each."""
    return tuple(hmac.digest(secret, event + number.to_bytes(4, "big"), "sha256") for number in range(leaves))


def chain(secret: bytes, origin: str, n: int) -> bytes:
    """First 16 bytes of HMAC-SHA256(secret, "chain" || origin || n as 8 bytes, big endian); n counts from
    1."""
    return hmac.digest(secret, b"chain" + origin.encode() + n.to_bytes(8, "big"), "sha256")[:_SHORT]


def padded(leaves: int) -> int:
    """The next power of two; 0 stays 0."""
    return 1 << (leaves - 1).bit_length() if leaves > 0 else 0
