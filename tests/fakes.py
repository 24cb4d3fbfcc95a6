"""Small working fakes of the three other services, and one `…ThatIsDown` for each port.

They are real in the small: the ledger counts and keeps what is appended, the index keeps records unseen
until they are made visible. Nothing here is an audit ledger.
"""

import itertools
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contract.canonical import b64u
from services.contract.decisions import WITHHELD_UNAVAILABLE, Answer, Cell, Matrix, MatrixAsked, Question
from services.contract.directory import Organisation, Source
from services.contract.people import (
    Candidates,
    Count,
    Counted,
    Gather,
    Gathered,
    Relate,
    Relations,
    Resolve,
    Weigh,
    Weighed,
)
from services.contract.problems import IndexUnavailable, LedgerUnavailable, PolicyUnavailable
from services.contract.publishing import Accepted, Protection, Stored, Submission
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


class NothingLinked:
    """Every id is its own."""

    def joined(self, *_: Any) -> None:
        return None

    def answering(self, persons: Collection[str]) -> Mapping[str, str]:
        return {person: person for person in persons}

    def earlier(self, person: str) -> frozenset[str]:
        return frozenset()


@dataclass
class FakeIndex:
    """Keeps published records by source, unseen until made visible; knows people by their identifiers."""

    people: dict[str, Mapping[str, str]] = field(default_factory=dict)
    protections: dict[str, Protection] = field(default_factory=dict)
    visible: dict[tuple[str, str, str], Mapping[str, Any]] = field(default_factory=dict)
    waiting: dict[str, tuple[Accepted, Submission]] = field(default_factory=dict)
    compared: list[str] = field(default_factory=list)
    findings: tuple[str, ...] = ()
    links: Any = field(default_factory=NothingLinked)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def reviews(self) -> Any:
        raise AssertionError("nothing here reviews anything")

    def resolve(self, query: Resolve) -> Candidates:
        return Candidates(())

    def relate(self, query: Relate) -> Relations:
        return Relations(())

    def gather(self, query: Gather) -> Gathered:
        return Gathered((), {}, {})

    def count(self, query: Count) -> Counted:
        return Counted({}, {})

    def weigh(self, query: Weigh) -> Mapping[str, Weighed]:
        return {}

    def compare(self, person: str, identifiers: Mapping[str, str]) -> bool:
        self.compared.append(person)
        known = self.people.get(person, {})
        return bool(known) and all(known.get(name) == value for name, value in identifiers.items())

    def store_unseen(self, submission: Submission) -> Accepted:
        outbox = str(next(self._numbers))
        stored = tuple(
            Stored(
                str(put.resource["resourceType"]),
                put.id or f"drawn-{outbox}-{number}",
                1,
                put.id is None
                or (submission.source, str(put.resource["resourceType"]), put.id) not in self.visible,
            )
            for number, put in enumerate(submission.puts)
        )
        accepted = Accepted(
            outbox,
            _short(),
            submission.source,
            submission.client,
            tuple(stored),
            b64u(secrets.token_bytes(32)),
            self.findings,
        )
        self.waiting[outbox] = (accepted, submission)
        return accepted

    def make_visible(self, outbox: str) -> None:
        accepted, submission = self.waiting.pop(outbox)
        for stored, put in zip(accepted.stored, submission.puts, strict=True):
            key = (accepted.source, stored.resource_type, stored.id)
            self.visible[key] = dict(put.resource) | {"id": stored.id}

    def unsent(self) -> Sequence[Accepted]:
        return [accepted for accepted, _ in self.waiting.values()]

    def read_back(self, source: str, resource_type: str, record: str) -> Mapping[str, Any] | None:
        return self.visible.get((source, resource_type, record))

    def protection(self, id: str) -> Protection | None:
        return self.protections.get(id)

    def end_protection(self, id: str, by: str) -> None:
        was = self.protections[id]
        self.protections[id] = Protection(was.id, was.label, was.organisation, was.since, ended=True)

    def ready(self) -> bool:
        return True


@dataclass
class IndexThatIsDown(FakeIndex):
    """Stores nothing, and says so."""

    def store_unseen(self, submission: Submission) -> Accepted:
        raise IndexUnavailable("the index did not answer")

    def compare(self, person: str, identifiers: Mapping[str, str]) -> bool:
        raise IndexUnavailable("the index did not answer")

    def ready(self) -> bool:
        return False


@dataclass
class FakePolicy:
    """Gives every cell the same answer."""

    cell: Cell = WITHHELD_UNAVAILABLE
    revision: str = "0123456789abcdef"

    def decide(self, question: Question) -> Answer:
        row = (self.cell,) * len(question.classes)
        return Answer(self.revision, "", (row,) * len(question.profiles), profiles=question.profiles)

    def matrix(self, asked: MatrixAsked) -> Matrix:
        return Matrix(asked, "", self.revision, (), (), (), (), ())

    def ready(self) -> bool:
        return True


@dataclass
class PolicyThatIsDown(FakePolicy):
    """Decides nothing, and says so."""

    def decide(self, question: Question) -> Answer:
        raise PolicyUnavailable("the policy engine did not answer")

    def matrix(self, asked: MatrixAsked) -> Matrix:
        raise PolicyUnavailable("the policy engine did not answer")

    def ready(self) -> bool:
        return False


@dataclass
class FakeRules:
    """What the gateway reads of a book: partners, their sources, and who may open what."""

    organisations: dict[str, Organisation]
    purposes: dict[str, frozenset[str]]

    def organisation(self, id: str) -> Organisation | None:
        return self.organisations.get(id)

    def source(self, id: str) -> Source | None:
        found = [one for each in self.organisations.values() for one in each.sources if one.id == id]
        return found[0] if found else None

    def purposes_of(self, role: str) -> frozenset[str]:
        return self.purposes.get(role, frozenset())
