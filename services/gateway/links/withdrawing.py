"""A link withdrawn: two people whom the hub took for one are two again, and whoever was told meanwhile is listed.

Promise: the entry is durable before anything changes, and where the ledger takes none nothing changes; the list of recipients
and its 72 hours wait for a privacy officer before the link is gone, so a fall in between loses neither.

Steps, in this order: 1 who may; 2 what joins the two; 3 nobody withdraws a link of their own; 4 the recipients, the entry and
the privacy officer's task (telling.py); 5 the index decides again. A link that touches somebody adopted, gender-recognised or
protected takes two designated people: after step 2 it is a review's (`reviews/deciding.py`), and for others it is not there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.contract.cases import Asker, RecordName, WithdrawLink
from services.contract.problems import NotAllowed, NotFound, Problem, TooMany
from services.contract.releases import Receipt
from services.contract.reviews import APART, Parted, ReviewAnswer
from services.contract.views import Refused
from services.gateway.ask import hub_of
from services.gateway.cases.entries import refuse
from services.gateway.links.recipients import Recipient
from services.gateway.links.telling import PURPOSE, tell
from services.gateway.parts import Parts, stamp
from services.gateway.reviews.asking import reviewer_of
from services.gateway.reviews.deciding import answer_review
from services.gateway.reviews.readers import reads
from services.gateway.search_limit import over
from services.gateway.tasks.opening import CONFLICT, connected

Named = tuple[str, str, str]

NOT_THERE = "no such records are yours to decide on"
PASSED_ON = (
    "Look at the source and the id. If others decide on these records, they have been told that you asked."
)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What came of it."""

    receipt: Receipt
    deadline: str
    recipients: tuple[Recipient, ...]
    moved: int | None = None
    """Records that are of another person now; None where a review's second person withdrew it, which does not count them."""

    def plain(self) -> dict[str, Any]:
        """What `POST /links/withdrawn` answers: nobody's id, name or record."""
        told = {
            "entry": self.receipt.id,
            "log": self.receipt.log,
            "commissioner_by": self.deadline,
            "recipients": [one.plain() for one in self.recipients],
        }
        return told if self.moved is None else told | {"records_moved": self.moved}


@dataclass(frozen=True, slots=True)
class Waits:
    """Two people have to say so: this was the first. `task`: the review in which the second one does."""

    task: str

    def plain(self) -> dict[str, Any]:
        """What `POST /links/withdrawn` answers."""
        return {"review": self.task, "waits_for": "second-person"}


def withdraw_link(parts: Parts, asker: Asker, body: WithdrawLink) -> Withdrawn | Waits | Refused:
    """Take one record away from another. Raises `NotAllowed`, `NotFound`, `Conflict` (said already), `Unavailable`."""
    if PURPOSE not in parts.rules.purposes_of(asker.role) or not reads(asker.role):  # 1
        raise NotAllowed("a link is withdrawn by somebody who reviews identities")
    began, record = parts.now(), named(body.record)
    apart = named(body.apart_from) if body.apart_from else None
    joined = parts.index.links.joined(record, apart)  # 2
    if joined is None:
        raise not_there(parts, asker, began)
    if joined.restricted:
        return _of_two(parts, asker, body, began)
    if connected(parts, asker, joined.person):  # 3
        return refuse(parts.ledger, asker, CONFLICT, PURPOSE)
    told = tell(parts, asker, joined, (*record, *(apart or ())))  # 4
    parted: Parted = parts.index.links.part(record, apart, told.aware, by=asker.user, reason=body.reason)  # 5
    return Withdrawn(told.receipt, told.deadline, told.recipients, parted.moved)


def _of_two(parts: Parts, asker: Asker, body: WithdrawLink, began: datetime) -> Withdrawn | Waits | Refused:
    record, apart = named(body.record), named(body.apart_from) if body.apart_from else None
    task = parts.index.reviews.put(reviewer_of(parts, asker), record, apart, body.reason, stamp(began))
    if not task:
        raise not_there(parts, asker, began)
    done = answer_review(parts, asker, ReviewAnswer(task, APART, "", body.reason))
    if isinstance(done, Refused):
        return done
    return (
        Withdrawn(done.told.receipt, done.told.deadline, done.told.recipients) if done.told else Waits(task)
    )


def not_there(parts: Parts, asker: Asker, began: datetime) -> Problem:
    """The one answer about records that are not there and about records on which others decide. It counts as a search, for an
    id that a source gave may be a number, and how long it takes tells neither from the other.
    """
    limited = over(parts, asker)
    hub_of(parts).wait_for_grid(began)
    if limited:
        return TooMany(
            "too many searches in the last hour", next_step="Try again in an hour, or ask a colleague."
        )
    return NotFound(NOT_THERE, next_step=PASSED_ON)


def named(record: RecordName) -> Named:
    """A record as its source names it."""
    return record.source, record.type, record.id
