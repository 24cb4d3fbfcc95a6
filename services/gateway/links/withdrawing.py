"""A link withdrawn: two people whom the hub took for one are two again, and whoever was told meanwhile is listed.

Promise: the entry is durable before anything changes, and where the ledger takes none nothing changes; the list of recipients
and its 72 hours wait for a privacy officer before the link is gone, so a fall in between loses neither.

Steps, in this order: 1 who may; 2 what joins the two; 3 nobody withdraws a link of their own; 4 the recipients, the entry and
the privacy officer's task (telling.py); 5 the index decides again.
"""

from dataclasses import dataclass
from typing import Any

from services.contract.cases import Asker, RecordName, WithdrawLink
from services.contract.problems import NotAllowed, NotFound
from services.contract.releases import Receipt
from services.contract.reviews import Parted
from services.contract.views import Refused
from services.gateway.cases.entries import refuse
from services.gateway.links.recipients import Recipient
from services.gateway.links.telling import PURPOSE, tell
from services.gateway.parts import Parts
from services.gateway.tasks.opening import CONFLICT, connected


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
    told = tell(parts, asker, joined, (*record, *(apart or ())))  # 4
    parted: Parted = parts.index.links.part(record, apart, told.aware, by=asker.user, reason=body.reason)  # 5
    return Withdrawn(told.receipt, told.deadline, told.recipients, parted.moved)


def _named(record: RecordName) -> tuple[str, str, str]:
    return record.source, record.type, record.id
