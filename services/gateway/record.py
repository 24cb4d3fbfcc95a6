"""What the ledger is told: the intent of a release, a refusal, a search, and a question to a live source.

Promise: every one of them is durable before its answer leaves; the entry holds roots, digests, codes and counts, and the
sealed decision record holds what decides it again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from services.contract.canonical import b64u, canonical, digest
from services.contract.decisions import Answer, Cell, Context, as_input
from services.contract.problems import PolicyUnavailable
from services.contract.releases import Asking, Draft, Receipt, SubjectCount
from services.contract.views import FamilyView, ReceiptEntry, Refused
from services.contract.vocabulary import code_list, entry
from services.gateway.commit import commit, counts
from services.gateway.family import Family
from services.gateway.matching import Match
from services.gateway.receipts import opening_for
from services.gateway.tasks.note import Note

if TYPE_CHECKING:  # the request is made by the main line, which stands above
    from services.gateway.family_view import Request
    from services.gateway.release import Built

PROTECTED_NOTE = "Protected households are checked by the duty manager."
NOT_RECORDED = "NOT-RECORDED"
EMPTY_BUNDLE = {"resourceType": "Bundle", "type": "collection"}


class PolicyMoved(PolicyUnavailable):
    """The policy changed between two calls of one request. Nothing has left: it can be asked again."""


@dataclass
class Trail:
    """Both calls to policy as they were put and answered, for the sealed decision record."""

    context: Context
    answers: list[Answer] = field(default_factory=list)
    stated_ground: str = ""
    """The code of the ground on which the case goes on; empty where none is stated."""
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    note: Note = field(default_factory=Note, repr=False)

    def keep(self, answer: Answer) -> Answer:
        """Note one answer; all of one request must be under one revision, or they are not one decision."""
        if self.answers and self.answers[0].revision != answer.revision:
            raise PolicyMoved("the policy changed within one request; ask again")
        self.answers.append(answer)
        return answer

    @property
    def objection(self) -> bool:
        """Whether somebody of this answer has objected to sharing, by any source's word."""
        return any(profile.objection != NOT_RECORDED for one in self.answers for profile in one.profiles)

    def sealed_form(self) -> bytes:
        """Canonical JSON {salt, context, noted, cells: [cell], calls: [{revision, classes, profiles, cells: [[place]]}]}.

        `noted`: that there was an objection, and the ground on which it was gone over (Caldicott principle 7).
        """
        seen: dict[int, int] = {}
        distinct: list[Cell] = []
        calls = [
            {
                "revision": answer.revision,
                "digest": answer.digest,
                "classes": answer.classes,
                "profiles": [as_input(profile) for profile in answer.profiles],
                "cells": [[_number(cell, seen, distinct) for cell in row] for row in answer.cells],
            }
            for answer in self.answers
        ]
        noted = {"objection": self.objection, "ground": self.stated_ground}
        told = {"salt": b64u(self.salt), "context": as_input(self.context), "noted": noted, "calls": calls}
        return canonical({**told, "cells": [_cell(cell) for cell in distinct]})


def _number(cell: Cell, seen: dict[int, int], distinct: list[Cell]) -> int:
    """The place of a cell in the record's list of distinct cells; the policy service hands out equal cells as one."""
    if id(cell) not in seen:
        seen[id(cell)] = len(distinct)
        distinct.append(cell)
    return seen[id(cell)]


def _cell(cell: Cell) -> list[Any]:
    return [cell.effect, cell.code, cell.visibility, dict(cell.how), list(cell.obligations), list(cell.tasks)]


def release(
    request: "Request",
    view: FamilyView,
    kin: Family,
    built: "Built",
    trail: Trail,
    ref: tuple[str, str] | None,
) -> FamilyView:
    """Step 8: append the intent of this release; returns the view with its receipt, or raises `LedgerUnavailable`."""
    people = [related.person for related in kin.people]
    prepared = request.hub.ledger.prepare(counts(people, built.released))
    body = view.model_dump(mode="python", by_alias=True, exclude={"receipt"}, exclude_none=True)
    commitment = commit(prepared, built.released, body)
    sealed = trail.sealed_form()
    draft = _draft(request, "release.intent", trail, sealed)
    _leave_note(request, trail, prepared.event_id)
    receipt = request.hub.ledger.append(
        replace(
            draft,
            event_id=prepared.event_id,
            subjects=commitment.subjects,
            body_bucket=commitment.body_bucket,
            body_digest=commitment.body_digest,
            opening=opening_for(request.asker.token, commitment.opening),
            ref=ref,
            facts={"match": view.match, "complete": view.complete},
        )
    )
    return view.model_copy(update={"receipt": receipt_entry(receipt)})


def search(request: "Request", match: Match, trail: Trail) -> FamilyView:
    """A question that settled on nobody: POTENTIAL with stubs, MANY or NONE; an entry like any release."""
    notes: tuple[str, ...] = (PROTECTED_NOTE,) if request.body.about.by_place else ()
    if match.conflict:
        notes += (str(entry("reasons", "CONFLICT_OF_INTEREST")["sentence"]),)
    view = FamilyView(match=match.match, view=dict(EMPTY_BUNDLE), candidates=match.stubs, notes=notes)
    prepared = request.hub.ledger.prepare([SubjectCount(person, 0) for person in match.shown])
    body = view.model_dump(mode="python", by_alias=True, exclude={"receipt"}, exclude_none=True)
    commitment = commit(prepared, {}, body)
    draft = _draft(request, f"search.{match.match.lower()}", trail, trail.sealed_form())
    _leave_note(request, trail, prepared.event_id)
    receipt = request.hub.ledger.append(
        replace(
            draft,
            event_id=prepared.event_id,
            subjects=commitment.subjects,
            body_bucket=commitment.body_bucket,
            body_digest=commitment.body_digest,
            opening=opening_for(request.asker.token, commitment.opening),
        )
    )
    return view.model_copy(update={"receipt": receipt_entry(receipt)})


def refuse(request: "Request", code: str, trail: Trail) -> Refused:
    """A refusal of the whole question: an entry, then a value."""
    draft = _draft(request, "release.refused", trail, trail.sealed_form())
    event_id = request.hub.ledger.prepare(()).event_id
    _leave_note(request, trail, event_id)
    receipt = request.hub.ledger.append(replace(draft, event_id=event_id, facts={"code": code}))
    reason = code_list("reasons").get(code) or code_list("reasons")["PURPOSE_NOT_PERMITTED"]
    return Refused(code, str(reason["sentence"]), str(reason["who_can_change"]), receipt_entry(receipt))


def query_sent(request: "Request", asks: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """One entry for every question to a live source, durable before the first leaves; None where none is asked."""
    sources = request.hub.book.sources
    live = [(source, person) for source, person in asks if sources[source].mode == "live"]
    if not live:
        return None
    asked = dict.fromkeys(person for _, person in live)
    prepared = request.hub.ledger.prepare([SubjectCount(person, 0) for person in asked])
    subjects = commit(prepared, {}, {}).subjects
    draft = Draft(
        log=request.asker.organisation,
        kind="query.sent",
        asking=asking(request),
        purpose=request.case.purpose,
        case=request.case.id,
        event_id=prepared.event_id,
        subjects=subjects,
        facts={"sources": sorted({source for source, _ in live})},
    )
    receipt = request.hub.ledger.append(draft)
    return receipt.log, receipt.id


def outcome(log: str, event_id: str, asked: Asking, result: str) -> Draft:
    """What became of a release after its first byte; appended later and not waited for."""
    return Draft(log=log, kind="release.outcome", asking=asked, ref=(log, event_id), facts={"result": result})


def asking(request: "Request") -> Asking:
    """Who asks, as an entry names them."""
    asker = request.asker
    return Asking(asker.organisation, asker.role, asker.user, asker.client_key)


def receipt_entry(receipt: Receipt) -> ReceiptEntry:
    """The receipt as the answer gives it."""
    return ReceiptEntry(id=receipt.id, log=receipt.log, index=receipt.index, time=receipt.time)


def _leave_note(request: "Request", trail: Trail, event_id: str) -> None:
    """Before the entry, so that no kill can lose it; acted on only once the entry is durable."""
    trail.note.asker, trail.note.case = request.asker, request.case.id
    request.hub.notes.keep(event_id, trail.note)


def _draft(request: "Request", kind: str, trail: Trail, sealed: bytes) -> Draft:
    answered = trail.answers[0]
    return Draft(
        log=request.asker.organisation,
        kind=kind,
        asking=asking(request),
        purpose=request.case.purpose,
        basis=_basis(request.case.purpose),
        case=request.case.id,
        policy_revision=answered.revision,
        policy_digest=answered.digest,
        decision_record=sealed,
        decision_digest=b64u(digest(sealed)),
    )


def _basis(purpose: str) -> str:
    row = code_list("purposes").get(purpose)
    return str(entry("purposes", purpose).get("isa", "")) if row else ""
