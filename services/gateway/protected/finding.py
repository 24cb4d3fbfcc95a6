"""The designated officer finds somebody whom their own organisation has under witness protection, and is given its own records.

Promise: for anybody else there is no such page; what is given is the organisation's own, as a task gives it, and nothing of
another source; the entry is durable before anything is shown, of an attempt that found nobody, too.

Steps: 1 who may; 2 the question, by the same way as everybody's; 3 whom of their own it means; 4 the records; 5 entry; 6 answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contract.cases import Asker
from services.contract.people import About, AskerIdentity, Gather, Item, Resolve
from services.contract.problems import NotFound, TooMany
from services.contract.releases import Draft, SubjectCount
from services.contract.views import ReceiptEntry, Refused
from services.gateway.cases.entries import asking, refuse
from services.gateway.commit import commit
from services.gateway.parts import Parts
from services.gateway.profiles import day
from services.gateway.protected.designated import is_officer
from services.gateway.receipts import opening_for
from services.gateway.record import receipt_entry
from services.gateway.search_limit import over
from services.gateway.tasks.opening import CONFLICT, connected

ENTRY = "protected.found"
LISTED = 50
"""At most so many records are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the officer is given. `resources`: the organisation's own records; empty where nobody, or more than one, is meant."""

    receipt: ReceiptEntry
    several: bool = False
    resources: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def plain(self) -> dict[str, Any]:
        """What `POST /protected/found` answers."""
        records = [dict(one) for one in self.resources]
        return {
            "found": bool(records),
            "several": self.several,
            "records": records,
            "receipt": self.receipt.model_dump(),
        }


def find_protected(parts: Parts, asker: Asker, about: About) -> Found | Refused:
    """Whom of their own the officer means. Raises `NotFound` for anybody who is not the officer, `TooMany`, `Unavailable`."""
    if not is_officer(parts.store, asker):  # 1
        raise NotFound("no such page is yours to read")
    if over(parts, asker):
        raise TooMany("too many searches in the last hour", next_step="Try again in an hour.")
    identity = AskerIdentity(asker.organisation, asker.user, asker.teams, asker.own)
    found = parts.index.resolve(Resolve(about, day(parts.now()), asker=identity))  # 2
    own = [one for one in found.sought if one.organisation == asker.organisation]
    people = {one.person for one in own}  # 3
    if any(connected(parts, asker, person) for person in people):
        return refuse(parts.ledger, asker, CONFLICT, "")
    person = people.pop() if len(people) == 1 else ""
    items = _records(parts, asker, person) if person else ()  # 4
    return _release(parts, asker, person, items, several=len({one.person for one in own}) > 1)


def _records(parts: Parts, asker: Asker, person: str) -> tuple[Item, ...]:
    """All that the organisation published of the person. Its live systems are not asked: it has them at hand."""
    sources = parts.shelf.current().sources
    pairs = tuple(
        (id, person)
        for id, one in sources.items()
        if one.organisation == asker.organisation and one.mode != "live"
    )
    found = parts.index.gather(Gather(pairs, {}, day(parts.now()))).items
    return tuple(sorted(found, key=lambda item: item.received, reverse=True)[:LISTED])


def _release(parts: Parts, asker: Asker, person: str, items: tuple[Item, ...], *, several: bool) -> Found:
    resources = [one.resource for one in items]  # 5
    prepared = parts.ledger.prepare([SubjectCount(person, len(resources))] if person else [])
    told = {"several": several, "records": [dict(one) for one in resources]}
    commitment = commit(prepared, {person: resources} if person else {}, told)
    receipt = parts.ledger.append(
        Draft(
            log=asker.organisation,
            kind=ENTRY,
            asking=asking(asker),
            event_id=prepared.event_id,
            subjects=commitment.subjects,
            body_bucket=commitment.body_bucket,
            body_digest=commitment.body_digest,
            opening=opening_for(asker.token, commitment.opening),
            opening_parts=commitment.opening_parts,
        )
    )
    return Found(receipt_entry(receipt), several, tuple(resources))  # 6
