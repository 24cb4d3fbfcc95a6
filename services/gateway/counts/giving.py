"""The line of `POST /counts`: whose people may be counted, the numbers of the month, an entry, the answer.

Promise: policy decides for each source whether its people are counted; the entry is durable before a number leaves, and so
is that of a refusal; nobody is looked up, and no live source is asked.

Steps, in this order: 1 policy, one call; 2 the numbers, one call to the index at most; 3 the answer; 4 its entry.
"""

from collections.abc import Mapping
from dataclasses import replace

from services.contract.canonical import b64u, digest
from services.contract.cases import Asker
from services.contract.decisions import Cell, Context, Profile, Question
from services.contract.directory import Source
from services.contract.releases import Draft
from services.contract.views import CountedSource, CountRow, CountsAnswer, CountsRequest, Refused
from services.contract.vocabulary import code_list, entry
from services.gateway.cases.entries import asking
from services.gateway.commit import commit
from services.gateway.counts.cells import KIND, table
from services.gateway.counts.taking import Taken, take
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.receipts import opening_for
from services.gateway.record import receipt_entry
from services.gateway.suppress import SMALLEST
from services.gateway.trail import PolicyMoved, Trail
from services.runtime.book import Book

COUNT = "COUNT"
GIVEN, REFUSED = "counts.given", "release.refused"
_WHOLE = ("PURPOSE_NOT_PERMITTED", "ROLE_NOT_PERMITTED")
"""Reasons that hold whatever the source: where one of them was given, it is the one that helps."""
LIVE = "This source is asked about one person at a time, and never to count."
NOTES = (
    f"A blank is fewer than {SMALLEST} people, or none. No totals are given, and the rows are not to be added up.",
    "Every number is a multiple of ten, less than ten away from the count, and stands until the month ends.",
)


def give_counts(parts: Parts, asker: Asker, body: CountsRequest) -> CountsAnswer | Refused:
    """The numbers, their entry durable; or a refusal. Raises `Unavailable` where policy, index, store or ledger cannot answer."""
    try:
        return _give(parts, asker, body)
    except PolicyMoved:
        # A server took up an edit meanwhile. It is not mixed: it begins again, once.
        return _give(parts, asker, body)


def _give(parts: Parts, asker: Asker, body: CountsRequest) -> CountsAnswer | Refused:
    book: Book = parts.shelf.current()
    on = day(parts.now())
    context = Context(on, asker.organisation, asker.organisation_type, asker.role, body.purpose, "NONE")
    trail = Trail(context)
    cells = _decide(parts, asker, book, trail)
    counted = [book.sources[id] for id, cell in cells.items() if cell.released]
    if not counted:
        return _refuse(parts, asker, body, trail, cells)
    answer = _answer(body, book, cells, take(parts, counted, on))
    return _enter(parts, asker, body, trail, answer)


def _decide(parts: Parts, asker: Asker, book: Book, trail: Trail) -> Mapping[str, Cell]:
    """Step 1: source -> whether its people may be counted, for every source that keeps records here."""
    profiles = {
        source.id: _profile(asker, source) for source in book.sources.values() if source.mode != "live"
    }
    distinct = tuple(dict.fromkeys(profiles.values()))
    decided = parts.policy.decide(Question(book.revision, trail.context, distinct, (COUNT,)))
    if decided.revision != book.revision or len(decided.cells) != len(distinct):
        # Paper and sources of one answer are of one revision.
        raise PolicyMoved("the policies changed while this was decided")
    trail.keep(replace(decided, classes=(COUNT,)))
    row_of = dict(zip(distinct, decided.cells, strict=True))
    return {id: row_of[profile][0] for id, profile in profiles.items()}


def _profile(asker: Asker, source: Source) -> Profile:
    """A source, and nobody in particular."""
    own = source.organisation == asker.organisation
    return Profile(source.organisation, source.kind, own, identity="MATCH", relationship="none")


def _answer(body: CountsRequest, book: Book, cells: Mapping[str, Cell], taken: Taken) -> CountsAnswer:
    """Step 3."""
    names = code_list("source-kinds" if body.by == KIND else "ages")
    counts = table(taken.cells, body.by, body.among).counts
    sources = tuple(
        _source(source, cells.get(source.id))
        for source in sorted(book.sources.values(), key=lambda one: one.name)
    )
    owed = dict.fromkeys(code for cell in cells.values() if cell.released for code in cell.obligations)
    return CountsAnswer(
        purpose=body.purpose,
        by=body.by,
        among=body.among,
        month=taken.month,
        taken_on=taken.taken_on,
        rows=tuple(
            CountRow(code=code, title=str(names[code]["title"]), count=count)
            for code, count in counts.items()
        ),
        smallest=SMALLEST,
        sources=sources,
        complete=all(source.counted for source in sources),
        obligations=tuple(str(entry("obligations", code)["sentence"]) for code in owed),
        notes=(str(entry("breakdowns", body.by)["sentence"]), *NOTES),
    )


def _source(source: Source, cell: Cell | None) -> CountedSource:
    if cell is None:
        return CountedSource(source=source.name, counted=False, sentence=LIVE)
    if cell.released:
        return CountedSource(source=source.name, counted=True)
    reason = _reason(cell)
    return CountedSource(
        source=source.name,
        counted=False,
        code=str(reason["code"]),
        sentence=str(reason["sentence"]),
        who_can_change=str(reason["who_can_change"]),
    )


def _reason(cell: Cell) -> Mapping[str, object]:
    reasons = code_list("reasons")
    return reasons.get(cell.shown_as) or reasons["DEIDENTIFIED_ONLY"]


def _refuse(
    parts: Parts, asker: Asker, body: CountsRequest, trail: Trail, cells: Mapping[str, Cell]
) -> Refused:
    codes = [str(_reason(cell)["code"]) for cell in cells.values()]
    code = next((one for one in codes if one in _WHOLE), codes[0] if codes else "PURPOSE_NOT_PERMITTED")
    draft = _draft(asker, REFUSED, body, trail)
    receipt = parts.ledger.append(replace(draft, facts={"code": code}))
    reason = entry("reasons", code)
    return Refused(code, str(reason["sentence"]), str(reason["who_can_change"]), receipt_entry(receipt))


def _enter(
    parts: Parts, asker: Asker, body: CountsRequest, trail: Trail, answer: CountsAnswer
) -> CountsAnswer:
    """Step 4: durable before a number leaves; the answer with its receipt."""
    prepared = parts.ledger.prepare(())
    commitment = commit(prepared, {}, answer.model_dump(mode="json", exclude={"receipt"}))
    facts = {"by": body.by, "month": answer.month, "complete": answer.complete}
    receipt = parts.ledger.append(
        replace(
            _draft(asker, GIVEN, body, trail),
            event_id=prepared.event_id,
            body_bucket=commitment.body_bucket,
            body_digest=commitment.body_digest,
            opening=opening_for(asker.token, commitment.opening),
            opening_parts=commitment.opening_parts,
            facts=facts | ({"among": body.among} if body.among else {}),
        )
    )
    return answer.model_copy(update={"receipt": receipt_entry(receipt)})


def _draft(asker: Asker, kind: str, body: CountsRequest, trail: Trail) -> Draft:
    sealed, answered = trail.sealed_form(), trail.answers[0]
    return Draft(
        log=asker.organisation,
        kind=kind,
        asking=asking(asker),
        purpose=body.purpose,
        basis=str(entry("purposes", body.purpose)["lawful_basis"]),
        policy_revision=answered.revision,
        policy_digest=answered.digest,
        decision_record=sealed.common,
        decision_parts=sealed.parts,
        decision_digest=b64u(digest(sealed.common)),
    )
