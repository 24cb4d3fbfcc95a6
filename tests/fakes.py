"""Small working fakes of index and policy, and one `…ThatIsDown` for each port; the ledger's is in `fake_ledger.py`.

They are real in the small: the index keeps records unseen until they are made visible.
"""

import itertools
import secrets
from collections.abc import Collection, Mapping, Sequence
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
from services.contract.problems import IndexUnavailable, PolicyUnavailable
from services.contract.publishing import Accepted, Protection, Stored, Submission


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
            b64u(secrets.token_bytes(16)),
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
