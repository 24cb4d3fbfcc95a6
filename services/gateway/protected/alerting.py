"""Somebody under witness protection was asked for: the designated officer of whoever protects them hears of it, and nobody else.

Promise: it is noted with the answer's entry as everything is that an answer leaves to be done, so neither the answer, its entry,
its length nor its time is another; the worker who asked, their organisation and every other inbox learn nothing.
"""

from collections.abc import Iterator

from services.contract.people import Candidates
from services.gateway.request import Request
from services.gateway.tasks.post import Post

KIND = "protected-person-sought"


def of_candidates(request: Request, found: Candidates) -> Iterator[Post]:
    """One task for each who protects one of those asked for, and for each worker and case."""
    asker, purpose = request.asker, request.context.purpose
    for one in found.sought:
        facts = {
            "asking_role": asker.role,
            "asking_organisation": asker.organisation,
            "asked_for": purpose,
            "asked_at": request.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        # Sealed with the task: neither the case nor the worker is in it for anybody to read.
        key = f"{one.person}/{request.case.id}/{asker.user}"
        yield Post(KIND, one.organisation, person=one.person, source=one.source, facts=facts, key=key)
