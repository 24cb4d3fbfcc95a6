"""A publication that the hub refuses is an entry too: whose system sent it, and the kind of fault, never what it held.

Promise: what was read and refused is in the hub's log before its answer leaves; what could not even be read, or is too
large to be, is counted only, as is a request that nobody can be named for.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from services.contract.problems import BadInput, NotAllowed, NotFound, Problem, TooLarge, Unreadable
from services.contract.releases import Asking, Draft
from services.gateway.access.bearer import Publisher
from services.gateway.parts import Parts

HUB = "hub"
REFUSALS = (BadInput, NotAllowed, NotFound)
COUNTED = (Unreadable, TooLarge)


@contextmanager
def refusals_entered(parts: Parts, publisher: Publisher) -> Iterator[None]:
    """Enter the refusal that is raised within, and let it go on. Raises `LedgerUnavailable` in its place where it cannot."""
    try:
        yield
    except COUNTED:
        raise
    except REFUSALS as refusal:
        _enter(parts, publisher, refusal)
        raise


def _enter(parts: Parts, publisher: Publisher, refusal: Problem) -> None:
    parts.ledger.append(
        Draft(
            log=HUB,
            kind="publish.refused",
            asking=Asking(publisher.organisation, "", publisher.client, publisher.client_key),
            facts={"code": refusal.kind, "places": len(refusal.places)},
        )
    )
