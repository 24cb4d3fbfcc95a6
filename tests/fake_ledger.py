"""A small working fake of the ledger, and one that is down.

It counts, holds each draft to the entry schema and keeps what is appended; nothing here is an audit ledger.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u
from services.contract.problems import LedgerUnavailable
from services.contract.releases import (
    AnsweredOnce,
    Draft,
    LedgerHealth,
    Prepared,
    PreparedSubject,
    Receipt,
    SubjectCount,
    SubjectRows,
)
from services.ledger.entry import fault_of


@dataclass
class FakeLedger:
    """An in-memory ledger that holds each draft to the entry schema and keeps it, in order."""

    entries: list[Draft] = field(default_factory=list)
    holds: Any = None
    erasing: Any = None
    copies: Any = None

    def about(self, subject: str) -> SubjectRows:
        return SubjectRows((), ())

    def case_hash(self, case: str) -> str:
        return case

    def prepare(self, subjects: Sequence[SubjectCount]) -> Prepared:
        prepared = tuple(
            PreparedSubject(one.subject, _short(), (secrets.token_bytes(32),) * one.leaves)
            for one in subjects
        )
        event = _short()
        return Prepared(event, prepared, secrets.token_bytes(32), secrets.token_bytes(32))

    def append(self, draft: Draft) -> Receipt:
        event = draft.event_id or _short()
        assert not (fault := fault_of(_as_entry(draft, event))), fault
        self.entries.append(draft)
        index = len(self.entries) - 1
        return Receipt(event, draft.log, f"hub/{draft.log}", index, index + 1, "", "2026-11-23T10:00:00.000Z")

    def append_later(self, draft: Draft) -> None:
        self.append(draft)

    def checkpoint(self, log: str) -> bytes | None:
        return None

    def tile(self, log: str, path: str) -> bytes | None:
        return None

    def records(self, log: str, path: str) -> Sequence[tuple[str, bytes | None]] | None:
        return None

    def receipt(self, id: str) -> bytes | None:
        return None

    def opening(self, id: str) -> bytes | None:
        return None

    def recorded(self, month: str) -> Iterator[tuple[Mapping[str, Any], bytes | None]]:
        for draft in self.entries:
            entry = _as_entry(draft, draft.event_id or _short())
            if entry["time"].startswith(month):
                yield entry, draft.decision_record or None

    def answered_once(self, key: str) -> AnsweredOnce | None:
        return None

    def forget_answers(self, before: int) -> int:
        return 0

    def health(self) -> LedgerHealth:
        return LedgerHealth(True, "")

    def kinds(self) -> list[str]:
        """The kinds appended, in order."""
        return [draft.kind for draft in self.entries]


def _short() -> str:
    return b64u(secrets.token_bytes(16))


def _as_entry(draft: Draft, event: str) -> dict[str, Any]:
    """The members of an entry that a caller decides, as the ledger would write them."""
    asking = draft.asking
    asker = {"organisation": asking.organisation, "role": asking.role, "client_key": asking.client_key}
    entry: dict[str, Any] = {
        "v": 1,
        "kind": draft.kind,
        "event_id": event,
        "time": "2026-11-23T10:00:00.000Z",
        "origin": f"hub/{draft.log}",
        "asker": {name: word for name, word in asker.items() if word} | {"user": b64u(bytes(16))},
        "purpose": draft.purpose,
        "facts": dict(draft.facts),
        "subjects": [
            {"handle": one.handle, "fields_root": one.fields_root, "leaves": one.leaves}
            for one in draft.subjects
        ],
    }
    if draft.body_digest:
        entry["body"] = {"bucket": draft.body_bucket, "digest": draft.body_digest}
    return {name: member for name, member in entry.items() if member}


@dataclass
class LedgerThatIsDown(FakeLedger):
    """Takes nothing, and says so."""

    def append(self, draft: Draft) -> Receipt:
        raise LedgerUnavailable("no entry was taken")

    def health(self) -> LedgerHealth:
        return LedgerHealth(False, "down")
