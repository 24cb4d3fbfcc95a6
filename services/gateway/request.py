"""One question on its way down the main line: who asks, on which case, under which book, and its one way to policy.

Promise: nothing in it changes on the way; every crossing to policy is noted in the trail, under one revision.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.contract.cases import Asker, CaseState
from services.contract.decisions import Cell, Context, Profile, Question
from services.contract.problems import PolicyUnavailable
from services.contract.views import ViewRequest
from services.gateway.hub import Hub
from services.gateway.once.rehearsal import Repeatable
from services.gateway.trail import People, Trail


@dataclass(frozen=True, slots=True)
class MadeFor:
    """For which organisation something is made that leaves the room, and what that organisation is asked to do."""

    organisation: str
    action: str
    """A code of product-actions.json."""


@dataclass(frozen=True, slots=True)
class Use:
    """How an answer is used: seen in the room, made to leave it for somebody, or drafted for its subject."""

    channel: str = "view"
    """A code of channels.json."""
    made_for: MadeFor | None = None


SEEN = Use()


@dataclass(frozen=True, slots=True)
class Request:
    """One question, with everything about it that does not change on the way down."""

    asker: Asker
    body: ViewRequest
    case: CaseState
    context: Context
    hub: Hub
    now: datetime
    once: Repeatable | None = None
    """Where the client may send it again: under which key, and what must still hold then."""
    use: Use = SEEN

    def decide(
        self,
        trail: Trail,
        profiles: Sequence[Profile],
        classes: tuple[str, ...],
        about: Sequence[Iterable[str]] = (),
    ) -> list[tuple[Cell, ...]]:
        """One crossing to policy, under the one book of this request: a row of cells for each profile, by position.

        `about`: whose facts are in each profile, by position; the decision is kept in the part of those people.
        """
        people: dict[Profile, set[People]] = {}
        for profile, whom in zip(profiles, about or [()] * len(profiles), strict=True):
            people.setdefault(profile, set()).add(frozenset(whom))
        distinct = tuple(people)
        decided = self.hub.policy.decide(Question(self.hub.book.revision, self.context, distinct, classes))
        if len(decided.cells) != len(distinct):
            raise PolicyUnavailable("the policy answer is not whole")
        trail.keep(replace(decided, classes=classes), tuple(people.values()))
        row_of = dict(zip(distinct, decided.cells, strict=True))
        return [row_of[profile] for profile in profiles]
