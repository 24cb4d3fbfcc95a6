"""The production engine: an OPA server, through opa-python-client.

Promise: a call is made once and ends within the wait, whatever the server does; an answer without a result
is none, and so is one in which a built-in function failed. The server gets its rules by a signed bundle only: this client
never writes policy or data.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from opa_client.opa import OpaClient

from services.contract.problems import BadSetting, PolicyUnavailable
from services.policy.build import ENTRYPOINT, TABLES
from services.policy.bundle import bundle_of, write_bundle
from services.policy.bundle_key import BundleKey
from services.policy.ports import EngineFailed
from services.runtime.book import Book

STRICT = {"strict-builtin-errors": "true"}
"""An error of a built-in under `not` would be true otherwise (OPA, Policy Reference, Built-in functions)."""
NOTHING: Mapping[str, Any] = {"context": {}, "profiles": [], "classes": []}


class ServerEngine:
    """Engine over the server at `address`; new books are left for it at `bundle`."""

    ACTIVATION = 10.0
    """Seconds in which the server takes a new bundle up; afterwards the book before stays in force."""

    def __init__(self, address: str, bundle: Path, key: BundleKey, wait: float, token: str = "") -> None:
        self._bundle, self._key = bundle, key
        self._client = _client(address, wait, token)

    def rehearse(self, book: Book) -> None:
        """Make the bundle, and leave it nowhere: a server that has it may answer under it at once."""
        bundle_of(book, self._key)

    def prepare(self, book: Book) -> None:
        """Leave the book for the server and wait until it answers under it. Raises `PolicyUnavailable`."""
        write_bundle(book, self._bundle, self._key)
        ends = time.monotonic() + self.ACTIVATION
        while not self.ready(book):
            if time.monotonic() > ends:
                raise PolicyUnavailable("the OPA server has not taken up the new bundle")
            time.sleep(0.05)

    def ask(self, book: Book, question: Mapping[str, Any]) -> Any:
        """The answer, under whatever book the server has: its revision stands in the answer."""
        del book  # The server has its own; the caller compares the revision.
        return self._query(ENTRYPOINT, question)

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Any:
        """One factor or group for many keys (`data.mash.tables.answer`), under the server's book."""
        del book
        return self._query(TABLES, {"name": name, "keys": list(keys)})

    def _query(self, entrypoint: str, document: Mapping[str, Any]) -> Any:
        package, _, rule = entrypoint.rpartition("/")
        try:
            answer = self._client.query_rule(dict(document), package, rule, STRICT)
        except Exception as error:  # noqa: BLE001 - of many kinds, and none releases
            raise EngineFailed(type(error).__name__) from None
        if not isinstance(answer, dict) or "result" not in answer:
            raise EngineFailed("NoResult")
        return answer["result"]

    def ready(self, book: Book) -> bool:
        """Whether the server answers under this book's revision; `/health` alone would not say so."""
        try:
            answer = self.ask(book, NOTHING)
        except EngineFailed:
            return False
        return isinstance(answer, dict) and answer.get("revision") == book.revision

    def close(self) -> None:
        """Close the connections."""
        self._client.close_connection()


def _client(address: str, wait: float, token: str) -> OpaClient:
    parts = urlsplit(address)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not port:
        raise BadSetting("MASH_OPA: not an address; write http://HOST:PORT or https://HOST:PORT")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return OpaClient(
        host=host, port=port, ssl=parts.scheme == "https", token=token or None, retries=0, timeout=wait
    )
