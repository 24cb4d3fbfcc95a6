"""A call between two gateways of one hub: what is asked and what is answered, sealed under a key that both have.

Promise: whoever has not the key folder reads nothing, asks nothing and answers nothing, whatever the line is; an answer
opens for the question that it belongs to, and for no other.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from services.contract.canonical import b64u, unb64u
from services.contract.problems import NotFound
from services.runtime.keys import CannotOpen, KeyFolder

PATH = "/ledger/forward"
_NONCE = 16
_KEY = "ledger-forward"


@dataclass(frozen=True, slots=True)
class Call:
    """One question: which of the ledger's methods, and with what."""

    nonce: bytes
    method: str
    given: Mapping[str, Any]


class SealedCalls:
    """Both ends of the line."""

    def __init__(self, keys: KeyFolder) -> None:
        self._sealer = keys.sealer(_KEY)

    def ask(self, method: str, given: Mapping[str, Any]) -> tuple[bytes, bytes]:
        """The nonce of a question, and the body that carries it."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce, nonce + self._sealer.seal(
            packed({"method": method, "given": given}), _place("ask", nonce)
        )

    def read(self, body: bytes) -> Call:
        """The question in a body. Raises `NotFound` for whatever was not sealed by a gateway of this hub."""
        nonce = body[:_NONCE]
        try:
            told = unpacked(self._sealer.open(body[_NONCE:], _place("ask", nonce)))
        except CannotOpen:
            raise NotFound("there is nothing at this address") from None
        return Call(nonce, str(told["method"]), told["given"])

    def answer(self, call: Call, value: Any) -> bytes:
        """The body that answers a question."""
        return self._sealer.seal(packed(value), _place("answer", call.nonce))

    def heard(self, nonce: bytes, body: bytes) -> Any:
        """What was answered to the question with this nonce. Raises `CannotOpen`."""
        return unpacked(self._sealer.open(body, _place("answer", nonce)))


def packed(value: Any) -> bytes:
    """JSON of messages, with bytes as `{"b64": …}`."""
    return orjson.dumps(value, default=_as_text)


def unpacked(raw: bytes) -> Any:
    """The same again; messages come back as their members."""
    return json.loads(raw, object_hook=_as_bytes)


def _as_text(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b64": b64u(value)}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _as_bytes(found: dict[str, Any]) -> Any:
    return unb64u(found["b64"]) if set(found) == {"b64"} else found


def _place(what: str, nonce: bytes) -> str:
    return f"{what}:{nonce.hex()}"
