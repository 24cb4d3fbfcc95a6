"""What must be done before two people who were taken for one are parted: the entry, the list of whoever was told, and 72 hours.

Promise: one way, however the link comes to be withdrawn (`POST /links/withdrawn`, or a decision of review undone); it is
durable before the index changes, and repeats no value of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import select

from services.contract.cases import Asker
from services.contract.releases import Receipt
from services.contract.reviews import Joined
from services.gateway.cases.entries import enter
from services.gateway.links.recipients import Recipient, recipients
from services.gateway.parts import Parts, stamp
from services.gateway.tasks.inbox import opened
from services.gateway.tasks.post import Post, id_of, post
from services.gateway.tasks.tables import TaskRow

PURPOSE, TASK, ENTRY = "IDENTITY-REVIEW", "link-withdrawn", "link.withdrawn"
CLOCK = timedelta(hours=72)
"""UK GDPR Article 33(1): from when the controller is aware, which is when somebody of its staff says so."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was raised."""

    receipt: Receipt
    aware: str
    deadline: str
    recipients: tuple[Recipient, ...]


def tell(parts: Parts, asker: Asker, joined: Joined, link: Sequence[str], once: str = "") -> Told:
    """Enter that the link is withdrawn, and raise the privacy officer's task. Raises `LedgerUnavailable`, `StoreUnavailable`.

    `link` names what is withdrawn, and stands in the entry as a keyed hash; `once`, where a link can be withdrawn that way
    only once, is what `raised` finds the task by.
    """
    told = recipients(parts, joined.person, joined.since)
    aware = parts.now()
    deadline = stamp(aware + CLOCK)
    handle = parts.keys.mac("events").of("link", *link)[:16].hex()
    facts = {"link": handle, "records": joined.records, "answers": sum(len(one.events) for one in told)}
    receipt = enter(parts.ledger, ENTRY, asker, purpose=PURPOSE, facts=facts)
    task = {
        "aware": stamp(aware),
        "commissioner_by": deadline,
        "joined": joined.since,
        "entry": receipt.id,
        "recipients": [one.plain() for one in told],
    }
    one = Post(TASK, asker.organisation, facts=task, due=aware + CLOCK, key=handle)
    post(parts, one, once=once or receipt.id)
    return Told(receipt, stamp(aware), deadline, told)


def raised(parts: Parts, once: str) -> Mapping[str, Any] | None:
    """The facts of the task that `tell` raised on this occasion; None where none was."""
    with parts.store.begin() as session:
        row = session.exec(select(TaskRow).where(TaskRow.id == id_of(parts, once))).first()
        return opened(parts, row).facts if row is not None else None
