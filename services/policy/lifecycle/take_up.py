"""The hub's own hand on its policies: takes requests up, judges them, enters them, and puts the book in force.

Promise: a book is in force only after its entry in the hub's log is durable, and its entry is written only after everything
has been verified here, by the hub itself. A crash at any step is taken up where it was: the entry is written once (its event
id is the request's), and what was entered comes into force.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from services.contract.canonical import b64u, digest
from services.contract.problems import PolicyUnavailable, Problem, Unavailable
from services.contract.releases import Asking, Draft, Receipt
from services.policy.lifecycle.activated import Activated, ActivatedBooks
from services.policy.lifecycle.impact import Compare
from services.policy.lifecycle.judge import Approved, Ground, judge
from services.policy.lifecycle.proposals import BOOK, Proposal, Proposals, Version
from services.policy.lifecycle.refused import Fault, ProposalRefused
from services.policy.lifecycle.requests import Request, Requests
from services.runtime.book import Book
from services.runtime.keys import KeyFolder
from services.runtime.logs import log

POLL = 0.25
GIVE_UP = 60.0
"""Seconds in which the engine must take a book up; afterwards the one before is given to it again, and the log says so."""
ENTRY_KINDS = {"activate": "policy.activated", "rollback": "policy.rolled-back"}


class Entries(Protocol):
    """The hub's log."""

    def append(self, draft: Draft) -> Receipt:
        """Durable on return; the same event id again gives the entry that stands. Raises `Unavailable`."""
        ...


class Served(Protocol):
    """Where the book in force stands (services/runtime/book.py, class Shelf)."""

    @property
    def digest(self) -> str:
        """Of the book in force, or `none`."""
        ...

    def rehearse(self, book: Book) -> None: ...
    def put(self, book: Book) -> None: ...
    def withdraw(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Change:
    """What came into force, for those who are told."""

    record: Activated
    report: Mapping[str, Any]


@dataclass(frozen=True)
class Lifecycle:
    """One installation's proposals, requests and records."""

    proposals: Proposals
    requests: Requests
    activated: ActivatedBooks

    @classmethod
    def of(cls, home: Path, keys: KeyFolder | None) -> "Lifecycle":
        """Under MASH_HOME."""
        return cls(Proposals(home), Requests(home), ActivatedBooks(home, keys))

    def in_force(self) -> Version | None:
        """The version that was put in force last. Raises `ProposalRefused` where its folder is not as it was."""
        last = self.activated.last()
        return self.proposals.open(last.proposal).version() if last else None

    def ground(self, now: datetime, confirmed: str = "") -> Ground:
        """What a proposal is held against now."""
        earlier = {one.policy for one in self.activated.all()}
        return Ground(self.in_force(), earlier, now, confirmed)

    def folder(self) -> Path | None:
        """Where the book in force stands."""
        last = self.activated.last()
        return self.proposals.folder / last.proposal / BOOK if last else None


class Activation:
    """Takes requests up from a thread of its own, from `start` to `close`. One for each hub."""

    def __init__(
        self,
        lifecycle: Lifecycle,
        shelf: Served,
        entries: Entries,
        compare: Compare,
        tell: Callable[[Change], None],
    ) -> None:
        self._lifecycle, self._shelf, self._entries = lifecycle, shelf, entries
        self._compare, self._tell = compare, tell
        self._begun: dict[str, float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="policy-requests", daemon=True)
        self._holding = ExitStack()

    def start(self) -> None:
        """Take up what waits, then keep looking. Raises `BadSetting` where another hub does."""
        self._holding.enter_context(self._lifecycle.requests.held())
        self.look()
        self._thread.start()

    def close(self) -> None:
        """End after what is under way."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(30)
        self._holding.close()

    def look(self) -> None:
        """Take up every request that waits. What a part keeps from being finished is tried again at the next look."""
        for request in self._lifecycle.requests.waiting():
            try:
                self._take_up(request)
            except Unavailable as problem:
                log.warning("policy-request-waits", kind=problem.kind)
                return

    def _run(self) -> None:
        while not self._ended.wait(POLL):
            try:
                self.look()
            except (Problem, OSError) as problem:
                log.error("policy-request-failed", error=type(problem).__name__)

    def _take_up(self, request: Request) -> None:
        requests = self._lifecycle.requests
        decided = requests.decided(request)
        if decided is None:
            decided = self._decided(request)
            requests.decide(request, decided)
        receipt = self._entries.append(_draft(request, decided))
        answer = {**decided, "event_id": receipt.id, "index": receipt.index, "time": receipt.time}
        if decided["outcome"] == "in-force":
            try:
                answer |= self._put_in_force(request, decided, receipt)
            except ProposalRefused as refused:
                # Changed on the disk since it was entered, or never taken up: the log says so too.
                answer = self._undone(request, decided, refused)
        requests.close(request, answer)

    def _undone(
        self, request: Request, decided: Mapping[str, Any], refused: ProposalRefused
    ) -> dict[str, Any]:
        after = {"proposal": request.proposal, "before": decided["before"], **_refused(refused)}
        receipt = self._entries.append(_draft(replace(request, id=f"{request.id} undone"), after))
        return {**after, "event_id": receipt.id, "index": receipt.index, "time": receipt.time}

    # --- Judging -------------------------------------------------------------------------------------------

    def _decided(self, request: Request) -> dict[str, Any]:
        before = {"proposal": request.proposal, "before": self._shelf.digest}
        try:
            proposal = self._lifecycle.proposals.open(request.proposal)
            ground = self._lifecycle.ground(datetime.now(UTC), request.confirmed)
            approved = judge(proposal, ground, self._compare)
            self._rehearse(approved)
        except ProposalRefused as refused:
            return before | _refused(refused)
        return before | _in_short(proposal, approved)

    def _rehearse(self, approved: Approved) -> None:
        try:
            self._shelf.rehearse(approved.after.book)
        except PolicyUnavailable:
            raise
        except Problem as problem:
            what = f"{problem.detail or problem.title}. {problem.step}"
            raise ProposalRefused([Fault("ENGINE_REFUSED", "book/rego", what)]) from None

    # --- Putting in force ----------------------------------------------------------------------------------

    def _put_in_force(self, request: Request, decided: Mapping[str, Any], receipt: Receipt) -> dict[str, Any]:
        """Raises `PolicyUnavailable` while the engine has not taken it up: it is tried again, for a while."""
        proposal = self._lifecycle.proposals.open(decided["proposal"])
        record = self._record(decided, receipt)
        # Read again: what is served is what stands there now, and is held against the digest once more.
        book = proposal.version().book
        begun = self._begun.setdefault(request.id, time.monotonic())
        try:
            self._shelf.put(book)
        except PolicyUnavailable:
            if time.monotonic() - begun < GIVE_UP:
                raise
            self._shelf.withdraw()
            what = f"the policy engine did not take it up within {GIVE_UP:.0f} s; see that it runs, and activate again"
            raise ProposalRefused([Fault("ENGINE_REFUSED", "the engine", what)]) from None
        if (last := self._lifecycle.activated.last()) is None or last.event_id != record.event_id:
            self._lifecycle.activated.add(record)
        self._tell(Change(record, proposal.report))
        return {"number": record.number, "revision": record.policy[:16]}

    def _record(self, decided: Mapping[str, Any], receipt: Receipt) -> Activated:
        last = self._lifecycle.activated.last()
        if last is not None and last.event_id == receipt.id:
            return last
        return Activated(
            number=last.number + 1 if last else 1,
            kind="rollback" if decided["kind"] == "policy.rolled-back" else "activate",
            proposal=decided["proposal"],
            policy=decided["policy"],
            signers=decided["signers"],
            proposer=decided["proposer"],
            signed_by=tuple(decided["signed_by"]),
            since=receipt.time,
            event_id=receipt.id,
            index=receipt.index,
        )


def _refused(refused: ProposalRefused) -> dict[str, Any]:
    log.warning("policy-refused", reason=refused.faults[0].code, count=len(refused.faults))
    faults = [{"code": one.code, "place": one.place, "what": one.what} for one in refused.faults]
    return {"outcome": "refused", "kind": "policy.refused", "faults": faults}


def _in_short(proposal: Proposal, approved: Approved) -> dict[str, Any]:
    """What is entered of an approved proposal, and answered."""
    return {
        "outcome": "in-force",
        "kind": ENTRY_KINDS[proposal.statement.kind],
        "policy": approved.after.book.digest,
        "signers": approved.after.signers.digest,
        "impact": proposal.statement.impact,
        "widens": approved.widens,
        "proposer": approved.proposer.id,
        "organisation": approved.proposer.organisation,
        "signed_by": [one.id for one in approved.signed_by],
        "keys": [one.key_id for one in approved.signed_by],
    }


def event_of(request: Request) -> str:
    """The event id of a request's entry: the same at every try, so that it is entered once."""
    return b64u(digest(f"policy request {request.id}".encode())[:16])


def _draft(request: Request, decided: Mapping[str, Any]) -> Draft:
    """Facts are codes, digests and key ids: no name."""
    facts: dict[str, Any] = {"proposal": request.proposal[:64], "before": decided["before"]}
    if decided["outcome"] == "refused":
        facts["codes"] = sorted({fault["code"] for fault in decided["faults"]})
    else:
        members = ("signers", "impact", "widens")
        facts |= {name: decided[name] for name in members} | {"signed_by": decided["keys"]}
    book = decided.get("policy", decided["before"])
    asking = Asking(decided.get("organisation", "hub"), "IG-LEAD", decided.get("proposer", "hub"))
    return Draft(
        "hub",
        decided["kind"],
        asking,
        event_id=event_of(request),
        policy_revision=book[:16],
        policy_digest=book,
        facts=facts,
    )
