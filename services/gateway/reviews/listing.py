"""The reviewer's tasks: kinds, times and counts, and nobody.

Promise: a task of which policy may not speak to the general queue is in no line and no count of it; whoever reads the list
cannot tell whether there was one.
"""

from services.contract.cases import Asker
from services.contract.reviews import GENERAL, ReviewLine
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.reviews.asking import hushed, reviewer_of

PAGE = 25
"""Tasks on one list."""


def list_reviews(parts: Parts, asker: Asker, *, decided: bool = False) -> tuple[ReviewLine, ...]:
    """At most PAGE of them: open ones, the longest waiting first; or decided ones, the latest first. Raises `NotFound`,
    `Unavailable`."""
    reviewer = reviewer_of(parts, asker)
    on = day(parts.now())
    most = PAGE
    while True:
        found = parts.index.reviews.listed(reviewer, on, decided=decided, most=most)
        # What came into the queue or left it since the list was read is not spoken of either.
        opened = parts.index.reviews.general(reviewer, on, decided=decided, most=most)
        spoken = {one.line.id for one in opened if not hushed(parts, asker, one)}
        hidden = [one for one in found if one.queue == GENERAL and one.id not in spoken]
        for one in hidden:
            # It is for the restricted queue; the next list does not have to be told again.
            parts.index.reviews.hush(one.id, on)
        left = tuple(one for one in found if one not in hidden)
        if len(left) == PAGE or len(found) < most:
            return left[:PAGE]
        most += len(hidden)
