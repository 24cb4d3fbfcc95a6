"""Who may read a receipt, its opening, a checkpoint and a log's tiles, over the API and on pages.

Promise: a receipt goes to the organisation that asked; its opening (the salts) to the very token or page session that
got the answer; for everybody else there is no such thing. Reading one, or the entries of a log, is an entry before it
leaves; checkpoints and hashes tell of nobody.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u, canonical, digest
from services.contract.problems import NotFound
from services.contract.releases import Asking, Draft
from services.gateway.access.clients import ENTRIES_SCOPE
from services.gateway.parts import Parts

AUDITORS = ("AUDITOR",)
HUB = "hub"
SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads: a person or a partner's system."""

    organisation: str
    role: str
    user: str
    client_key: str
    token: str = field(repr=False)
    scopes: frozenset[str] = frozenset()
    client: str = ""
    """The registered system through which they read; what is sealed is sealed to its key."""


def bound(token: str) -> str:
    """What an opening keeps of the token that it answers to: a digest, never the token."""
    return b64u(digest(b"opening\x00" + token.encode()))


def opening_for(reader_token: str, opening: bytes) -> bytes:
    """The opening as it is sealed: bound to the token that gets the answer."""
    return canonical({**json.loads(opening), "for": bound(reader_token)})


def read_receipt(parts: Parts, reader: Reader, id: str) -> bytes:
    """The `.tlog-proof` (C2SP tlog-proof). Raises `NotFound` for another organisation's, alike for none."""
    proof = parts.ledger.receipt(id)
    if proof is None or not _may(reader, _entry(proof)):
        raise NotFound("no receipt with this id is open to you")
    _enter(parts, reader, id)
    return proof


def read_opening(parts: Parts, reader: Reader, id: str) -> bytes:
    """Canonical JSON of the salts. Raises `NotFound` for any other token than the one that got the answer."""
    sealed = parts.ledger.opening(id)
    told: dict[str, Any] = json.loads(sealed) if sealed else {}
    if not reader.token or told.pop("for", "") != bound(reader.token):
        raise NotFound("no receipt with this id is open to you")
    _enter(parts, reader, id)
    return canonical(told)


def read_checkpoint(parts: Parts, reader: Reader, log: str) -> bytes:
    """The signed checkpoint (C2SP tlog-checkpoint) of one's own log; an auditor's of any. Raises `NotFound`."""
    allowed = log == reader.organisation or reader.role in AUDITORS
    note = parts.ledger.checkpoint(log) if allowed else None
    if note is None:
        raise NotFound("no log of this name is open to you")
    return note


def read_tile(parts: Parts, reader: Reader, log: str, path: str) -> bytes:
    """A tile of one's own log, an auditor's of any; entries by the scope `ledger/entries.read` only, and entered. Raises
    `NotFound`."""
    entries = path.startswith("tile/entries/")
    auditor, own = reader.role in AUDITORS, log == reader.organisation
    may_entries = ENTRIES_SCOPE in reader.scopes and (auditor or reader.role == SYSTEM)
    if not (auditor or own) or (entries and not may_entries):
        raise NotFound("no tile of this name is open to you")
    tile = parts.ledger.tile(log, path)
    if tile is None:
        raise NotFound("no tile of this name is open to you")
    if entries:
        asked = Asking(reader.organisation, reader.role, reader.user, reader.client_key)
        facts = {"log": log, "tile": path.removeprefix("tile/entries/").replace("/", ".")}
        parts.ledger.append(Draft(log=HUB, kind="ledger.read", asking=asked, facts=facts))
    return tile


def _may(reader: Reader, entry: dict[str, Any]) -> bool:
    return reader.role in AUDITORS or entry["asker"]["organisation"] == reader.organisation


def _entry(proof: bytes) -> dict[str, Any]:
    line = next(line for line in proof.split(b"\n") if line.startswith(b"extra "))
    leaf: dict[str, Any] = json.loads(base64.b64decode(line.removeprefix(b"extra ")))
    found: dict[str, Any] = leaf["entry"]
    return found


def _enter(parts: Parts, reader: Reader, id: str) -> None:
    asked = Asking(reader.organisation, reader.role, reader.user, reader.client_key)
    log = _log_of(parts, id, reader)
    parts.ledger.append(Draft(log=reader.organisation, kind="receipt.read", asking=asked, ref=(log, id)))


def _log_of(parts: Parts, id: str, reader: Reader) -> str:
    proof = parts.ledger.receipt(id)
    origin = str(_entry(proof)["origin"]) if proof else reader.organisation
    return origin.rpartition("/")[2]
