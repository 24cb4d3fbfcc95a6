"""What the main line works with in one request: the three other services, one book, and the sealed candidate tokens.

Promise: a request takes the book once and keeps it, so that two revisions never mix in one answer.
"""

import math
import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from services.contract.cases import Asker
from services.contract.vocabulary import code_list, entry
from services.gateway.catalogue.catalogue import Catalogue
from services.gateway.ports import Index, Ledger, Policy
from services.gateway.tasks.note import Note
from services.gateway.tasks.owners import Decisions
from services.runtime.book import Book

GRID_SECONDS = 0.25


class CandidateTokens(Protocol):
    """Tokens that name a candidate to one asker on one case for 15 minutes."""

    def seal(self, person: str, asker: Asker, case: str, asked: Collection[str] = ()) -> str: ...
    def open(self, token: str, asker: Asker, case: str) -> str | None: ...


class Notes(Protocol):
    """What each answer leaves to be done, and the tokens by which its rows may be asked for."""

    def token(self, kept: Note, number: int, asker: Asker, case: str) -> str: ...
    def keep(self, event_id: str, kept: Note) -> None:
        """Durable on return; before the entry."""
        ...


def _fresh() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts of one request."""

    index: Index
    policy: Policy
    ledger: Ledger
    book: Book
    catalogue: Catalogue
    candidates: CandidateTokens
    notes: Notes
    owners: Decisions = field(default_factory=Decisions)
    """What owners decided for the case of this request."""
    deadline_ms: int = 3000
    over_limit: Callable[[Asker], bool] = field(default=lambda _: False)
    """Counts a search of somebody's; whether they made too many (`search_limit.py`)."""
    fresh: Callable[[], str] = field(default=_fresh)

    def own_kind(self, organisation: str) -> str:
        """The kind of the organisation's first source; `voluntary` where it has none (it then holds nothing of its own)."""
        found = self.book.organisations.get(organisation)
        return found.sources[0].kind if found and found.sources else "voluntary"

    def is_care(self, purpose: str) -> bool:
        """Whether the purpose is direct care."""
        return purpose in code_list("purposes") and bool(entry("purposes", purpose)["care"])

    def wait_for_grid(self, started: datetime) -> None:
        """Sleep to the next quarter of a second since the start, so that a live source's speed does not show."""
        gone = (datetime.now(UTC) - started).total_seconds()
        time.sleep(max(0.0, math.ceil(gone / GRID_SECONDS) * GRID_SECONDS - gone))
