"""What the gateway needs of the other three services, in the gateway's own words.

A service object satisfies its port directly in one process; a client in `adapters/` satisfies it across processes.
Each method is one crossing, whatever the family's size.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

from services.contract.decisions import Answer, Matrix, MatrixAsked, Question
from services.contract.people import (
    About,
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
from services.contract.publishing import Accepted, Protection, Submission
from services.contract.releases import (
    AnsweredOnce,
    Asking,
    Denied,
    Draft,
    Erasure,
    Hold,
    LedgerHealth,
    OwnHeld,
    OwnRow,
    Prepared,
    Receipt,
    Shredded,
    SubjectCount,
    SubjectRows,
)
from services.contract.reviews import (
    Foreseen,
    Joined,
    KnownAs,
    MonthOfReviews,
    Parted,
    ReviewAnswer,
    Reviewer,
    ReviewLine,
    ReviewTask,
    Undoable,
)


class Reviews(Protocol):
    """Doubts about identity, put before people. A task that is not the reviewer's and none at all: `NotFound` alike."""

    def listed(self, reviewer: Reviewer, on: str, *, decided: bool, most: int) -> tuple[ReviewLine, ...]: ...
    def general(self, reviewer: Reviewer, on: str, *, decided: bool, most: int) -> tuple[ReviewTask, ...]:
        """Of what `listed` gives the tasks of the general queue, opened."""
        ...

    def open(self, reviewer: Reviewer, id: str, on: str) -> ReviewTask: ...
    def hush(self, id: str, on: str) -> None:
        """Policy is silent about somebody in it: out of the general queue."""
        ...

    def foresee(self, reviewer: Reviewer, said: ReviewAnswer, on: str) -> Foreseen:
        """What an answer would do; nothing is done. Raises `Conflict`, `BadInput`."""
        ...

    def give(self, reviewer: Reviewer, said: ReviewAnswer, foreseen: Foreseen, at: str) -> None:
        """After the entry: count it, and do what was foreseen or raise `Conflict`."""
        ...

    def undoable(self, reviewer: Reviewer, id: str, on: str) -> Undoable:
        """What was decided, and whom it joined. Raises `Conflict` where nothing is."""
        ...

    def undo(self, reviewer: Reviewer, id: str, reason: str, at: str) -> bool:
        """After the entry: take it back; whether that is done now, or waits for a second person."""
        ...

    def put(
        self,
        reviewer: Reviewer,
        record: tuple[str, str, str],
        other: tuple[str, str, str] | None,
        reason: str,
        at: str,
    ) -> str:
        """Ask whether two records are one person's; the id of the task, empty where it is none of the reviewer's."""
        ...

    def months(self) -> tuple[MonthOfReviews, ...]:
        """The general queue in numbers."""
        ...


class Links(Protocol):
    """What people do to links. A record is named as its source names it: (source, type, id)."""

    def joined(
        self, record: tuple[str, str, str], apart_from: tuple[str, str, str] | None
    ) -> Joined | None: ...
    def part(
        self,
        record: tuple[str, str, str],
        apart_from: tuple[str, str, str] | None,
        at: str,
        *,
        by: str,
        reason: str,
    ) -> Parted:
        """The index decides again, as if the two had never been joined. Raises `NotFound`, `BadInput`."""
        ...

    def answering(self, persons: Collection[str]) -> Mapping[str, str]:
        """Each of these ids -> who answers for it now; itself where nobody does, or several do."""
        ...

    def known_as(self, person: str) -> KnownAs:
        """Every id under which the records of this person ever stood."""
        ...


class Index(Protocol):
    """Who is who, and what each source holds."""

    @property
    def reviews(self) -> Reviews: ...
    @property
    def links(self) -> Links: ...
    def resolve(self, query: Resolve) -> Candidates: ...
    def relate(self, query: Relate) -> Relations: ...
    def gather(self, query: Gather) -> Gathered: ...
    def count(self, query: Count) -> Counted:
        """How many people the sources know, by age and by kind of source. Exact: nothing of it leaves as it is."""
        ...

    def weigh(self, query: Weigh) -> Mapping[str, Weighed]:
        """How well each of some people fits a description; nobody else is in the answer."""
        ...

    def compare(self, person: str, identifiers: Mapping[str, str]) -> bool:
        """Whether every identifier named agrees with a record of the person. Unknown person: False, in the same time."""
        ...

    def store_unseen(self, submission: Submission) -> Accepted:
        """First transaction of a publish: versions and an outbox row, unseen by any query."""
        ...

    def make_visible(self, outbox: str) -> None:
        """Second transaction, after the entry: the versions become current."""
        ...

    def unsent(self) -> Sequence[Accepted]:
        """Outbox rows of an earlier run that were never made visible: to be appended again under the same event id."""
        ...

    def read_back(self, source: str, resource_type: str, record: str) -> Mapping[str, Any] | None:
        """A source's own current record, or None."""
        ...

    def protection(self, id: str) -> Protection | None: ...
    def end_protection(self, id: str, by: str) -> None: ...
    def ready(self) -> bool: ...


class Policy(Protocol):
    """Knows no person: decides cells from profiles."""

    def decide(self, question: Question) -> Answer:
        """A whole answer, or `PolicyUnavailable`."""
        ...

    def matrix(self, asked: MatrixAsked) -> Matrix:
        """Class by circumstance for one question, under the policies in force. Raises `BadInput`, `PolicyUnavailable`."""
        ...

    def ready(self) -> bool: ...


class Policies(Protocol):
    """What stands of the policies themselves: in force, proposed, in trouble. Names signers, and no person of a record."""

    def standing(self) -> Any:
        """`services/policy/lifecycle/standing.py`, class Standing. Raises a `Problem` where its folder was changed."""
        ...


class Holds(Protocol):
    """Legal holds: one person sets one, two release it. What may not be done is a value with its code."""

    def set(self, asking: Asking, subject: str, kind: str) -> Hold | Denied: ...
    def ask_release(self, asking: Asking, id: str) -> Hold | Denied: ...
    def decide_release(self, asking: Asking, id: str, *, agree: bool) -> Hold | Denied: ...
    def listed(self, organisation: str) -> Sequence[Hold]: ...


class Erasing(Protocol):
    """Erasure of one person: asked for by one, carried out at the word of another."""

    def ask(self, asking: Asking, whom: KnownAs, reason: str) -> Erasure | Denied: ...
    def decide(
        self, asking: Asking, id: str, *, agree: bool, whom: KnownAs | None = None
    ) -> Shredded | Erasure | Denied:
        """What was destroyed; the request where it was turned down; or why it may not be done. `whom`: as they are known at
        this moment."""
        ...

    def listed(self, organisation: str) -> Sequence[Erasure]: ...


class OwnCopies(Protocol):
    """Copies that persons are given of who was told what about them, and what is held back from those."""

    def make(
        self,
        asking: Asking,
        whom: KnownAs,
        facts: Mapping[str, Any],
        write: Callable[[str, Sequence[OwnRow]], bytes],
    ) -> bytes:
        """What `write` makes of (the copy's reference, its rows), once its entry is durable. Raises `LedgerUnavailable`."""
        ...

    def held(self, asking: Asking, whom: KnownAs) -> Sequence[OwnHeld]:
        """What the asker's organisation released and the person's copy leaves out, oldest first."""
        ...

    def let_go(self, asking: Asking, whom: KnownAs, reference: str, reason: str) -> OwnHeld | Denied:
        """From now on the next copy has these rows; the entry first."""
        ...


class Ledger(Protocol):
    """Makes a release undeniable before a byte leaves."""

    @property
    def holds(self) -> Holds: ...
    @property
    def erasing(self) -> Erasing: ...
    @property
    def copies(self) -> OwnCopies: ...
    def about(self, subject: str) -> SubjectRows:
        """Every entry about a person, over the logs that the hub's log lists. Raises `LedgerUnavailable`."""
        ...

    def case_hash(self, case: str) -> str:
        """As entries name the case."""
        ...

    def prepare(self, subjects: Sequence[SubjectCount]) -> Prepared: ...

    def append(self, draft: Draft) -> Receipt:
        """Durable and covered by a signed checkpoint on return; else `LedgerUnavailable` within the bounded wait."""
        ...

    def append_later(self, draft: Draft) -> None:
        """An outcome: queued, not waited for. Its loss over-reports a release, never under-reports one."""
        ...

    def checkpoint(self, log: str) -> bytes | None: ...
    def tile(self, log: str, path: str) -> bytes | None:
        """The bytes of a tile (C2SP tlog-tiles) that a signed checkpoint covers, or None."""
        ...

    def records(self, log: str, path: str) -> Sequence[tuple[str, bytes | None]] | None:
        """(event id, decision record or None) for each entry of a tile of entries that decided something; None: no such
        tile."""
        ...

    def receipt(self, id: str) -> bytes | None:
        """The `.tlog-proof` of an entry, or None."""
        ...

    def opening(self, id: str) -> bytes | None: ...
    def recorded(self, month: str) -> Iterator[tuple[Mapping[str, Any], bytes | None]]:
        """Every entry of a month (YYYY-MM, UTC) with its decision record, or None. Raises `LedgerUnavailable`."""
        ...

    def answered_once(self, key: str) -> AnsweredOnce | None:
        """What stands under an idempotency key (`Once.key`), or None."""
        ...

    def forget_answers(self, before: int) -> int:
        """Delete the kept answers to what was first asked before this second; how many they were."""
        ...

    def health(self) -> LedgerHealth: ...


__all__ = ["About", "Index", "Ledger", "Policy"]
