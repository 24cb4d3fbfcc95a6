"""What the ledger is told: the intent of a release, a refusal, a search, and a question to a live source.

Promise: every one of them is durable before its answer leaves; the entry holds roots, digests, codes and counts, and the
sealed decision record holds what decides it again.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.contract.canonical import b64u, digest
from services.contract.releases import Asking, Draft, Receipt, SubjectCount
from services.contract.views import FamilyView, ReceiptEntry, Refused
from services.contract.vocabulary import code_list, entry
from services.gateway import leaving
from services.gateway.answering import search_notes
from services.gateway.cases.states import is_urgent
from services.gateway.commit import commit, counts
from services.gateway.family import Family
from services.gateway.links.shown import introductions
from services.gateway.matching import Match
from services.gateway.notices import noting, own_note
from services.gateway.once import keeping
from services.gateway.receipts import opening_for
from services.gateway.release import Built
from services.gateway.request import Request
from services.gateway.trail import Record, Trail

EMPTY_BUNDLE = {"resourceType": "Bundle", "type": "collection"}


def release(
    request: Request,
    view: FamilyView,
    kin: Family,
    built: Built,
    trail: Trail,
    ref: tuple[str, str] | None,
) -> FamilyView:
    """Step 8: append the intent of this release; returns the view with its receipt, or raises `LedgerUnavailable`."""
    people = [related.person for related in kin.people]
    prepared = request.hub.ledger.prepare(counts(people, built.released))
    body = view.model_dump(mode="python", by_alias=True, exclude={"receipt"}, exclude_none=True)
    commitment = commit(prepared, built.released, body)
    sealed = trail.sealed_form(own_note.parts(prepared, noting.held_back(request, kin, built), built.kinds))
    draft = _draft(request, "release.intent", trail, sealed)
    noting.from_view(request, trail, kin, built)
    trail.note.introduced = introductions(request, built)
    _leave_note(request, trail, prepared.event_id)
    receipt = request.hub.ledger.append(
        replace(
            draft,
            event_id=prepared.event_id,
            subjects=commitment.subjects,
            body_bucket=commitment.body_bucket,
            body_digest=commitment.body_digest,
            opening=opening_for(request.asker.token, commitment.opening),
            opening_parts=commitment.opening_parts,
            ref=ref,
            facts={"match": view.match, "complete": view.complete, **draft.facts, **leaving.facts(request)},
            answer=keeping.of_view(request.once, body),
        )
    )
    return view.model_copy(update={"receipt": receipt_entry(receipt)})


def search(request: Request, match: Match, trail: Trail) -> FamilyView:
    """A question that settled on nobody: POTENTIAL with stubs, MANY or NONE; an entry like any release."""
    view = search_view(request, match)
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
            opening_parts=commitment.opening_parts,
            answer=keeping.of_view(request.once, body),
        )
    )
    return view.model_copy(update={"receipt": receipt_entry(receipt)})


def search_view(request: Request, match: Match) -> FamilyView:
    """The answer to a question that settled on nobody, but its receipt."""
    notes = search_notes.of(request.body.about, match)
    return FamilyView(match=match.match, view=dict(EMPTY_BUNDLE), candidates=match.stubs, notes=notes)


def refuse(request: Request, code: str, trail: Trail) -> Refused:
    """A refusal of the whole question: an entry, then a value."""
    draft = _draft(request, "release.refused", trail, trail.sealed_form())
    event_id = request.hub.ledger.prepare(()).event_id
    _leave_note(request, trail, event_id)
    receipt = request.hub.ledger.append(
        replace(
            draft,
            event_id=event_id,
            facts={"code": code, **draft.facts},
            answer=keeping.of_refusal(request.once, code),
        )
    )
    return refusal(code, receipt)


def refusal(code: str, receipt: Receipt) -> Refused:
    """A refusal by its code, with the sentence that every asker meets it in."""
    reason = code_list("reasons").get(code) or code_list("reasons")["PURPOSE_NOT_PERMITTED"]
    return Refused(code, str(reason["sentence"]), str(reason["who_can_change"]), receipt_entry(receipt))


def query_sent(request: Request, asks: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
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
        urgent=is_urgent(request.case.purpose, request.case.rag),
        facts={"sources": sorted({source for source, _ in live})},
    )
    receipt = request.hub.ledger.append(draft)
    return receipt.log, receipt.id


def outcome(log: str, event_id: str, asked: Asking, result: str) -> Draft:
    """What became of a release after its first byte; appended later and not waited for."""
    return Draft(log=log, kind="release.outcome", asking=asked, ref=(log, event_id), facts={"result": result})


def asking(request: Request) -> Asking:
    """Who asks, as an entry names them."""
    asker = request.asker
    return Asking(asker.organisation, asker.role, asker.user, asker.client_key)


def receipt_entry(receipt: Receipt) -> ReceiptEntry:
    """The receipt as the answer gives it."""
    return ReceiptEntry(id=receipt.id, log=receipt.log, index=receipt.index, time=receipt.time)


def _leave_note(request: Request, trail: Trail, event_id: str) -> None:
    """Before the entry, so that no kill can lose it; acted on only once the entry is durable."""
    trail.note.asker, trail.note.case = request.asker, request.case.id
    request.hub.notes.keep(event_id, trail.note)


def _draft(request: Request, kind: str, trail: Trail, sealed: Record) -> Draft:
    answered = trail.answers[0]
    return Draft(
        log=request.asker.organisation,
        kind=kind,
        asking=asking(request),
        purpose=request.case.purpose,
        basis=_basis(request.case.purpose),
        case=request.case.id,
        urgent=is_urgent(request.case.purpose, request.case.rag),
        policy_revision=answered.revision,
        policy_digest=answered.digest,
        decision_record=sealed.common,
        decision_parts=sealed.parts,
        decision_digest=b64u(digest(sealed.common)),
        once=request.once.once if request.once else None,
        # Beside the entry's own facts: an auditor sees that no key has two of them.
        facts={"once": request.once.once.key} if request.once else {},
    )


def _basis(purpose: str) -> str:
    """The power or duty under which the purpose is pursued, as a code of lawful-bases.json; empty for no purpose of ours."""
    return str(entry("purposes", purpose)["lawful_basis"]) if purpose in code_list("purposes") else ""
