"""A link withdrawn: two people whom the hub took for one are two again, and whoever was told meanwhile is listed.

Promise: the entry is durable before anything changes, and where the ledger takes none nothing changes; the list of recipients
and its 72 hours wait for a privacy officer before the link is gone, so a fall in between loses neither.

Steps, in this order: 1 who may; 2 what joins the two; 3 nobody withdraws a link of their own; 4 the recipients; 5 the entry;
6 the privacy officer's task; 7 the index decides again.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.contract.cases import Asker, RecordName, WithdrawLink
from services.contract.problems import NotAllowed, NotFound
from services.contract.releases import Receipt
from services.contract.reviews import Parted
from services.contract.views import Refused
from services.gateway.cases.entries import enter, refuse
from services.gateway.links.recipients import Recipient, recipients
from services.gateway.parts import Parts, stamp
from services.gateway.tasks.opening import CONFLICT, connected
from services.gateway.tasks.post import Post, post

PURPOSE, TASK, ENTRY = "IDENTITY-REVIEW", "link-withdrawn", "link.withdrawn"
CLOCK = timedelta(hours=72)
"""UK GDPR Article 33(1): from when the controller is aware, which is when somebody of its staff says so."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What came of it."""

    receipt: Receipt
    deadline: str
    recipients: tuple[Recipient, ...]
    moved: int

    def plain(self) -> dict[str, Any]:
        """What `POST /links/withdrawn` answers: nobody's id, name or record."""
        return {
            "entry": self.receipt.id,
            "log": self.receipt.log,
            "commissioner_by": self.deadline,
            "recipients": [one.plain() for one in self.recipients],
            "records_moved": self.moved,
        }


def withdraw_link(parts: Parts, asker: Asker, body: WithdrawLink) -> Withdrawn | Refused:
    """Take one record away from another. Raises `NotAllowed`, `NotFound`, `Unavailable`."""
    if PURPOSE not in parts.rules.purposes_of(asker.role):  # 1
        raise NotAllowed("a link is withdrawn by somebody who reviews identities")
    record, apart = _named(body.record), _named(body.apart_from) if body.apart_from else None
    joined = parts.index.links.joined(record, apart)  # 2
    if joined is None:
        raise NotFound("no link of such a record can be withdrawn")
    if connected(parts, asker, joined.person):  # 3
        return refuse(parts.ledger, asker, CONFLICT, PURPOSE)
    told = recipients(parts, joined.person, joined.since)  # 4
    aware = parts.now()
    handle = parts.keys.mac("events").of("link", *record, *(apart or ()))[:16].hex()
    facts = {"link": handle, "records": joined.records, "answers": sum(len(one.events) for one in told)}
    receipt = enter(parts.ledger, ENTRY, asker, purpose=PURPOSE, facts=facts)  # 5
    deadline = stamp(aware + CLOCK)
    task = {
        "aware": stamp(aware),
        "commissioner_by": deadline,
        "joined": joined.since,
        "entry": receipt.id,
        "recipients": [one.plain() for one in told],
    }
    one = Post(TASK, asker.organisation, facts=task, due=aware + CLOCK, key=handle)
    post(parts, one, once=receipt.id)  # 6
    parted: Parted = parts.index.links.part(
        record, apart, stamp(aware), by=asker.user, reason=body.reason
    )  # 7
    return Withdrawn(receipt, deadline, told, parted.moved)


def _named(record: RecordName) -> tuple[str, str, str]:
    return record.source, record.type, record.id
