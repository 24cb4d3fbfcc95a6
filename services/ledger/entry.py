"""A draft made into an entry, and the leaf that is stored: canonical JSON `{chain, entry}` of at most 8 KB.

Promise: an entry holds roots, digests, codes, counts and dates, kept by schemas/entries/entry.schema.json
before it is stored; user and case stand in it only as keyed hashes. Format: MODEL section 7; it changes only
by a new `v`.
"""

import json
import re
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import jsonschema_rs

from services.contract.canonical import b64u, canonical, unb64u
from services.contract.places import schemas
from services.contract.problems import LedgerUnavailable
from services.contract.releases import CommittedSubject, Draft
from services.contract.vocabulary import code_list

LONGEST = 8192
"""Bytes of a stored leaf; it must fit the tile format's entries many times over."""
CHAIN = 16
"""Bytes of one chain value."""
_SCALARS = frozenset((str, int, bool))
_FRAME = len(b'{"chain":[],"entry":}')
_VALUE = len(b64u(bytes(CHAIN))) + len('"",')
_CODE = re.compile(r"[a-z0-9-]{2,32}")


class EntryRefused(LedgerUnavailable):
    """The draft is not one that the ledger may hold, so nothing leaves. A fault of the hub, not of the
    asker."""

    kind = "entry-refused"


@cache
def _validator(kind: str) -> jsonschema_rs.Validator | None:
    """The schema with the rules of one kind: the file's `allOf`, which tries every kind, resolved beforehand. None where
    there is no such kind."""
    if kind not in code_list("entry-kinds"):
        return None
    schema = json.loads((schemas() / "entries" / "entry.schema.json").read_text(encoding="utf-8"))
    schema["allOf"] = [{"$ref": f"#/$defs/{kind}"}] if kind in schema["$defs"] else [{}]
    # Every pattern is a plain one; the linear engine reads them faster and cannot be made to backtrack.
    return jsonschema_rs.validator_for(schema, pattern_options=jsonschema_rs.RegexOptions())


def fault_of(entry: Any) -> str:
    """Where an entry departs from its schema, as a place without the value; "" where it does not."""
    kind = entry.get("kind") if isinstance(entry, dict) else None
    validator = _validator(kind) if isinstance(kind, str) else None
    if validator is None:
        return "at kind: not in schemas/vocabulary/entry-kinds.json"
    if validator.is_valid(entry):
        return ""
    first = next(validator.iter_errors(entry), None)
    place = "/".join(str(part) for part in first.instance_path) if first else ""
    return f"at {place or 'its top'}: not as schemas/entries/entry.schema.json says"


def check_log(code: str) -> str:
    """The code, if a log may have it. Raises `EntryRefused`."""
    if not _CODE.fullmatch(code):
        raise EntryRefused("a log is named by an organisation's code: 2 to 32 of a-z, 0-9 and -")
    return code


def build(draft: Draft, *, origin: str, event_id: str, at: str, user: str, case_hash: str) -> bytes:
    """Canonical bytes of the entry. Raises `EntryRefused`: not the schema's, or too long."""
    asking = draft.asking
    asker = {"organisation": asking.organisation, "user": user}
    entry: dict[str, Any] = {"v": 1, "kind": draft.kind, "event_id": event_id}
    entry |= {"time": at, "origin": origin, "asker": asker}
    # Members that do not apply are absent.
    if asking.role:
        asker["role"] = asking.role
    if asking.client_key:
        asker["client_key"] = asking.client_key
    if draft.purpose:
        entry["purpose"] = draft.purpose
    if draft.basis:
        entry["basis"] = draft.basis
    if case_hash:
        entry["case_hash"] = case_hash
    if draft.policy_revision or draft.policy_digest:
        entry["policy"] = {"revision": draft.policy_revision, "digest": draft.policy_digest}
    if draft.subjects:
        entry["subjects"] = [_subject(subject) for subject in draft.subjects]
    if draft.decision_digest:
        entry["decision_digest"] = draft.decision_digest
    if draft.body_digest:
        entry["body"] = {"bucket": draft.body_bucket, "digest": draft.body_digest}
    if draft.ref:
        entry["ref"] = {"log": draft.ref[0], "event_id": draft.ref[1]}
    if draft.facts:
        entry["facts"] = {name: _plain(value) for name, value in draft.facts.items()}
    fault = fault_of(entry)
    if fault:
        raise EntryRefused(f"an entry of kind {draft.kind[:40]} was refused {fault}")
    raw = canonical(entry)
    if leaf_length(len(raw), len(draft.subjects)) > LONGEST:
        raise EntryRefused(f"an entry would be longer than {LONGEST} bytes")
    return raw


def _subject(subject: CommittedSubject) -> dict[str, Any]:
    return {"handle": subject.handle, "fields_root": subject.fields_root, "leaves": subject.leaves}


def _plain(value: Any) -> Any:
    # By exact type first: asking an abstract class is the slowest line of an entry otherwise.
    if type(value) in _SCALARS:
        return value
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def leaf_length(entry: int, subjects: int) -> int:
    """Bytes of the leaf for an entry of that many bytes about that many subjects."""
    return entry + _FRAME + max(0, subjects * _VALUE - 1)


def store_form(chain: Sequence[bytes], entry: bytes) -> bytes:
    """The leaf: `{chain, entry}` in canonical form (chain sorts before entry)."""
    values = b",".join([b'"%b"' % b64u(value).encode() for value in chain]) if chain else b""
    return b'{"chain":[%b],"entry":%b}' % (values, entry)


def now() -> str:
    """The time of an entry: UTC to the millisecond, as the hub's clock has it."""
    milliseconds = time.time_ns() // 1_000_000
    return f"{_second(milliseconds // 1000)}.{milliseconds % 1000:03}Z"


@lru_cache(4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def event_bytes(event_id: str) -> bytes:
    """The 16 bytes of an event id, in its one spelling. Raises `EntryRefused`."""
    try:
        raw = unb64u(event_id)
    except ValueError:
        raw = b""
    if len(raw) != 16 or b64u(raw) != event_id:
        raise EntryRefused("an event id is 16 bytes in base64url without padding")
    return raw
