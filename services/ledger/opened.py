"""Documents of the vault put together again from the parts that still open: decision records and openings.

Promise: a part is taken only where its digest stands in the document that the entry commits to; what was shredded is
counted and what is missing without having been shredded is counted apart, so that neither is passed over.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u, canonical, digest
from services.contract.decisions import joined
from services.ledger.sealing import Opened

DIGESTS = "part_digests"
"""Member of a document in parts: the digest of each, in no order that tells anything."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision record as far as it opens. `body` is None where there is no record at all."""

    body: bytes | None = field(repr=False)
    digest: str
    """Of what the entry commits to."""
    shredded: int
    """Parts that went when somebody was shredded."""
    lost: int
    """Parts that are missing without that, or are not those of the record."""


def handed(opened: Opened | None) -> bytes | None:
    """A document as it is handed on: `{plain, parts, shredded}`, each part as the very text that was sealed. None: there is
    none."""
    if opened is None or (opened.plain is None and not opened.shredded):
        return None
    plain = opened.plain.decode() if opened.plain is not None else None
    parts = [one.decode() for one in opened.pieces]
    return canonical({"plain": plain, "parts": parts, "shredded": opened.shredded})


def decision_of(record: bytes | None) -> Decision:
    """The decision record of what was handed on, in one piece. Raises `ValueError`, `KeyError`: it is no such thing."""
    if record is None:
        return Decision(None, "", 0, 1)
    given = json.loads(record)
    if given["plain"] is None:
        # A record that is about somebody as a whole goes as a whole.
        return Decision(None, "", given["shredded"], 0)
    plain = given["plain"].encode()
    apart = json.loads(plain)
    if DIGESTS not in apart:
        return Decision(plain, b64u(digest(plain)), 0, 0)
    named = set(apart[DIGESTS])
    held = [one for one in given["parts"] if b64u(digest(one.encode())) in named]
    lost = len(named) - len(held) - given["shredded"]
    body = canonical(joined(apart, [json.loads(one) for one in held]))
    return Decision(body, b64u(digest(plain)), given["shredded"], abs(lost))


def opening_of(opened: Opened | None) -> bytes | None:
    """The opening with what is left of it: `subjects` in the order of the entry, null for one who was shredded."""
    if opened is None or opened.plain is None:
        return None
    told: dict[str, Any] = json.loads(opened.plain)
    for part in map(json.loads, opened.pieces):
        at = part.pop("at", None)
        if at is None:
            told |= part
        else:
            told["subjects"][at] = part
    return canonical(told)
