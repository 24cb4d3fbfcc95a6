"""One byte form of a message, for hashing and signing, and JSON in and out that keeps a number as it was written.

Promise: what is parsed and emitted again has the same decimals, digit for digit (6.30 stays 6.30: FHIR R4, 2.24 Data
Types, decimal), and two parties who hold the same message compute the same digest (RFC 8785, with decimals as their text).
"""

import base64
import hashlib
import json
from decimal import Decimal
from typing import Any, Self

import orjson


class Lexical(Decimal):
    """A JSON number with a fraction or exponent, with the very text it came in."""

    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number


class NotJson(ValueError):
    """The bytes are not JSON. Carries line and column only, never what stood there."""

    def __init__(self, line: int, column: int, what: str) -> None:
        super().__init__(f"not JSON at line {line}, column {column}: {what}")
        self.line, self.column = line, column


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson(0, 0, "a member name stands twice in one object")
    return members


def _constant(_: str) -> Any:
    raise NotJson(0, 0, "NaN and Infinity are not JSON")


def parse(raw: bytes | str) -> Any:
    """JSON to Python, decimals as `Lexical`. Raises `NotJson` (also for nesting too deep, double members, NaN, non-UTF-8)."""
    try:
        return json.loads(raw, parse_float=Lexical, parse_constant=_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise NotJson(error.lineno, error.colno, error.msg) from None
    except UnicodeDecodeError as error:
        raise NotJson(1, error.start + 1, "not UTF-8") from None
    except RecursionError:
        raise NotJson(0, 0, "nested too deeply") from None
    except ValueError as error:
        raise error if isinstance(error, NotJson) else NotJson(0, 0, "a number has too many digits") from None


def _lexeme(value: object) -> orjson.Fragment:
    if isinstance(value, Lexical):
        return orjson.Fragment(value.text)
    raise TypeError


def _text(value: object) -> str:
    if isinstance(value, Lexical):
        return value.text
    raise TypeError


def emit(value: Any) -> bytes:
    """Python to compact JSON (UTF-8), each `Lexical` as its own text. What `parse` gave holds no float."""
    return orjson.dumps(value, default=_lexeme)


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value whose member names are ASCII and whose decimals are `Lexical`, taken as their text.

    On that profile sorted orjson and RFC 8785 write the same bytes (tests/properties/test_canonical.py), 30 times faster.
    Integers beyond 64 bits raise `TypeError`.
    """
    return orjson.dumps(value, default=_text, option=orjson.OPT_SORT_KEYS)


def digest(data: bytes) -> bytes:
    """SHA-256 of the bytes, 32 bytes."""
    return hashlib.sha256(data).digest()


def b64u(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """The bytes of `b64u`; raises `ValueError` on anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise ValueError("not base64url") from None
