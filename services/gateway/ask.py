"""The one door to the main line, for the API and for pages: takes the book once, reads the case, asks, and notes the outcome.

Promise: nothing shows a view but through here; each form of it is rendered from the one answer that was entered.
"""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import TypeVar

from services.contract.cases import Asker
from services.contract.releases import Asking
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway import search_limit
from services.gateway.candidates import Candidates
from services.gateway.cases.states import case_state
from services.gateway.catalogue.catalogue import Catalogue
from services.gateway.family_view import rehearse, show_family_view
from services.gateway.hub import Hub
from services.gateway.once.rehearsal import Rehearsed, Repeatable
from services.gateway.parts import Parts
from services.gateway.record import outcome
from services.gateway.request import SEEN, Use
from services.gateway.tasks.decisions import standing
from services.gateway.tasks.notes import Notes
from services.gateway.tasks.owners import UNDECIDED, Decisions
from services.gateway.trail import PolicyMoved
from services.runtime.book import Book

T = TypeVar("T")
KEPT = 4
"""Catalogues kept compiled: the book in force, the one before, and what a change back would need."""
_COMPILING = Lock()
_COMPILED: dict[str, Catalogue] = {}


def ask(
    parts: Parts,
    asker: Asker,
    body: ViewRequest,
    once: Repeatable | None = None,
    use: Use = SEEN,
) -> FamilyView | Refused:
    """The answer, its entry durable. Raises `Unavailable` where policy, ledger or index cannot answer."""
    now = parts.now()
    case = case_state(parts, asker, body.case, now)
    owners = standing(parts, case.id, now)
    return _unmoved(lambda: show_family_view(asker, body, case, hub_of(parts, owners), now, once, use))


def rehearsed(parts: Parts, asker: Asker, body: ViewRequest) -> Rehearsed:
    """What would be answered now, as a digest; nothing of it leaves or is entered. Raises `Unavailable`."""
    now = parts.now()
    case = case_state(parts, asker, body.case, now)
    owners = standing(parts, case.id, now)
    return _unmoved(lambda: rehearse(asker, body, case, hub_of(parts, owners), now))


def _unmoved(line: Callable[[], T]) -> T:
    try:
        return line()
    except PolicyMoved:
        # A server took up an edit between this request's two calls. It is not mixed: it begins again, once.
        return line()


def hub_of(parts: Parts, owners: Decisions = UNDECIDED) -> Hub:
    """The parts of one request, under the book that is in force as it begins."""
    book: Book = parts.shelf.current()
    return Hub(
        index=parts.index,
        policy=parts.policy,
        ledger=parts.ledger,
        book=book,
        catalogue=_catalogue(book),
        candidates=Candidates(parts.keys, parts.clock),
        notes=Notes(parts.store, parts.keys, parts.clock),
        owners=owners,
        over_limit=partial(search_limit.over, parts),
        deadline_ms=max((source.budget_ms for source in book.sources.values()), default=3000),
    )


def note_outcome(parts: Parts, asker: Asker, answer: FamilyView | Refused, result: str) -> None:
    """After the last byte: what became of the release. Not waited for; without it the release counts as made."""
    if isinstance(answer, FamilyView) and answer.receipt is not None:
        asked = Asking(asker.organisation, asker.role, asker.user, asker.client_key)
        parts.ledger.append_later(outcome(answer.receipt.log, answer.receipt.id, asked, result))


def _catalogue(book: Book) -> Catalogue:
    """The book's catalogue, compiled once; a request that meets a new book waits for its compiling."""
    with _COMPILING:
        if book.digest not in _COMPILED:
            while len(_COMPILED) >= KEPT:
                _COMPILED.pop(next(iter(_COMPILED)))
            _COMPILED[book.digest] = Catalogue(book.fields)
        return _COMPILED[book.digest]
