"""HTTP to witnesses: asking one for a cosignature, and fetching the newest checkpoint that it cosigned.

Promise: what goes out is checkpoints and hashes, never anything of a person; no answer is waited for beyond its time
limit, read beyond a size, or followed elsewhere; whatever goes wrong is a status of 0.
"""

from hashlib import sha256
from time import monotonic

import httpx2

from services.ledger.add_checkpoint import LONGEST
from services.ledger.witness.decide import Answer

_PATH = "/add-checkpoint"
NO_ANSWER = Answer(0)


class Peers:
    """Connections to any number of witnesses; may be used from any thread."""

    def __init__(self, seconds: float, transport: httpx2.BaseTransport | None = None) -> None:
        self._seconds = seconds
        # Witnesses are configured by address; the environment's proxies are not asked.
        self._client = httpx2.Client(
            transport=transport, timeout=seconds, follow_redirects=False, trust_env=False
        )

    def add_checkpoint(self, prefix: str, body: bytes) -> Answer:
        """The witness's answer to a request (add_checkpoint.py), NO_ANSWER where there is none."""
        return self._call("POST", prefix + _PATH, body)

    def latest(self, prefix: str, origin: str) -> bytes | None:
        """The newest checkpoint of the log that this witness cosigned, unchecked; None where it gives none."""
        found = self._call("GET", f"{prefix}/{sha256(origin.encode()).hexdigest()}/checkpoint", b"")
        return found.body if found.status == httpx2.codes.OK else None

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _call(self, method: str, url: str, body: bytes) -> Answer:
        until = monotonic() + self._seconds
        try:
            with self._client.stream(method, url, content=body) as response:
                found = bytearray()
                for part in response.iter_bytes():
                    found += part
                    if len(found) > LONGEST or monotonic() > until:
                        return NO_ANSWER
                kind = response.headers.get("content-type", "")
                return Answer(response.status_code, bytes(found), kind)
        except (httpx2.HTTPError, httpx2.InvalidURL, RuntimeError):
            # RuntimeError: the client was closed meanwhile.
            return NO_ANSWER
