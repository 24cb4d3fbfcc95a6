"""Asking by hand whether two records are one person's: to join them, to hold them apart, or to take apart what is joined.

Promise: it decides nothing: whoever may decide finds it in their queue, and of a child or of somebody restricted two people
have to say the same; it is an entry before the index is asked; two records that are not the asker's to decide on, and two that
are not there, answer alike.
"""

from services.contract.cases import AskAboutLink, Asker
from services.contract.problems import NotAllowed
from services.gateway.cases.entries import enter
from services.gateway.links.telling import PURPOSE
from services.gateway.links.withdrawing import named, not_there
from services.gateway.parts import Parts, stamp
from services.gateway.reviews.asking import reviewer_of
from services.gateway.reviews.readers import reads

ENTRY = "review.put"


def ask_about_link(parts: Parts, asker: Asker, body: AskAboutLink) -> str:
    """The id of the review. Raises `NotAllowed`, `TooMany`, `NotFound`, `Unavailable`."""
    if PURPOSE not in parts.rules.purposes_of(asker.role) or not reads(asker.role):
        raise NotAllowed("whether records are one person's is asked by somebody who reviews identities")
    began = parts.now()
    enter(parts.ledger, ENTRY, asker, purpose=PURPOSE)
    record, other = named(body.record), named(body.other)
    reason = body.reason.strip()
    found = parts.index.reviews.put(reviewer_of(parts, asker), record, other, reason, stamp(began))
    if not found:
        raise not_there(parts, asker, began)
    return found
