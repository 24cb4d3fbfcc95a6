"""What a member of a case may ask of others: an owner's decision, a second look at a refusal, or advice of one's own
Caldicott Guardian or information governance lead.

Promise: each is an entry before it is in anybody's inbox; a token of another asker or case, one too old and none at all
are refused alike; the words stand sealed.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.contract.cases import Advice, Asker, AskOwner, Challenge
from services.contract.problems import BadInput, Conflict
from services.contract.releases import Receipt
from services.contract.vocabulary import entry
from services.gateway.cases.entries import enter, enter_about
from services.gateway.cases.evidence import open_standing
from services.gateway.parts import Parts
from services.gateway.store.tables import CaseRow
from services.gateway.tasks.asked import find_asked, keep_asked
from services.gateway.tasks.decisions import HOURS
from services.gateway.tasks.note import Offer
from services.gateway.tasks.notes import Notes
from services.gateway.tasks.post import Post, post

APPROVAL, CHALLENGE = "owner-approval", "refusal-challenged"
ADVISERS = {"caldicott-guardian": "advice-caldicott", "ig-lead": "advice-ig-lead"}


def ask_owner(parts: Parts, asker: Asker, case: str, body: AskOwner) -> list[str]:
    """Ask whoever holds what a row of the answer stands for; the ids of what was asked, one for each holder.

    Raises `NotFound`, `Conflict` (case not open), `BadInput` (the token), `Unavailable`.
    """
    standing = open_standing(parts, asker, case)
    offered = Notes(parts.store, parts.keys, parts.clock).offered(body.ask, asker, case)
    if offered is None:
        raise BadInput(
            "some places do not fit",
            places=("ask: not a row of an answer of yours on this case, or too old",),
            next_step="Ask for the family again, and ask the owner from there.",
        )
    event_id, offer = offered
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, record in offer.records:
        by_source[source].append(record)
    answer = (asker.organisation, event_id)
    return [
        _ask_holder(parts, asker, standing.row, body.reason, offer, source, records, answer)
        for source, records in by_source.items()
        if parts.rules.source(source) is not None
    ]


def _ask_holder(
    parts: Parts,
    asker: Asker,
    case: CaseRow,
    reason: str,
    offer: Offer,
    source: str,
    records: Sequence[str],
    answer: tuple[str, str],
) -> str:
    """An entry that names the answer it follows, then the task at whoever holds the source."""
    receipt = enter_about(
        parts.ledger,
        "task.asked",
        asker,
        [offer.person],
        case=case.id,
        purpose=case.purpose,
        facts={"task": APPROVAL},
        ref=answer,
    )
    known = parts.rules.source(source)
    one = Post(
        APPROVAL,
        known.organisation if known else "",
        case=case.id,
        person=offer.person,
        source=source,
        records=tuple(records),
        facts=_facts(asker, receipt, reason) | {"what": offer.what},
        due=parts.now() + timedelta(hours=HOURS),
        key=f"{case.id}/{source}/{offer.person}/{offer.what}",
    )
    return _raise(parts, asker, case.id, one, receipt, offer.what, offer.line, reason)


def challenge(parts: Parts, asker: Asker, case: str, body: Challenge) -> str:
    """Put a refusal to the Caldicott Guardian of the organisation that refused.

    Raises `NotFound`, `Conflict` (not refused), `Unavailable`.
    """
    standing = open_standing(parts, asker, case)
    before = find_asked(parts, case, body.asked)
    if before is None or before.state not in ("REFUSED", "RESTRICTED") or before.task.row.kind != APPROVAL:
        raise Conflict(
            "only what an owner refused can be challenged", next_step="Read what was asked on the case."
        )
    task = before.task
    receipt = enter_about(
        parts.ledger,
        "task.asked",
        asker,
        [task.person],
        case=case,
        purpose=standing.row.purpose,
        facts={"task": CHALLENGE},
        ref=(asker.organisation, before.row.event_id),
    )
    one = Post(
        CHALLENGE,
        task.row.organisation,
        case=case,
        person=task.person,
        source=task.source,
        records=task.records,
        facts=_facts(asker, receipt, body.reason)
        | {"what": before.what, "refused_as": task.row.answer, "_refused_by": task.row.decided_by},
        due=parts.now() + timedelta(hours=HOURS),
        key=f"{case}/{task.row.id}",
    )
    return _raise(parts, asker, case, one, receipt, before.what, before.source, body.reason)


def ask_advice(parts: Parts, asker: Asker, case: str, body: Advice) -> str:
    """Ask one's own Caldicott Guardian or information governance lead. Raises `NotFound`, `Conflict`, `Unavailable`."""
    standing = open_standing(parts, asker, case)
    kind = ADVISERS[body.of]
    receipt = enter(
        parts.ledger, "task.asked", asker, case=case, purpose=standing.row.purpose, facts={"task": kind}
    )
    one = Post(kind, asker.organisation, case=case, facts=_facts(asker, receipt, body.question))
    title = str(entry("inboxes", body.of)["title"])
    return _raise(parts, asker, case, one, receipt, "Advice", title, body.question)


def _facts(asker: Asker, receipt: Receipt, reason: str) -> dict[str, Any]:
    """What the reader is shown; names with a dash below before them are the hub's own."""
    return {
        "asking_role": asker.role,
        "asking_organisation": asker.organisation,
        "reason_given": reason,
        "_asked_by": asker.user,
        "_entry": [receipt.log, receipt.id],
    }


def _raise(
    parts: Parts, asker: Asker, case: str, one: Post, receipt: Receipt, what: str, source: str, reason: str
) -> str:
    (task,) = post(parts, one)
    told = {"what": what, "source": source, "reason": reason}
    return keep_asked(parts, asker.user, case, task, receipt.id, told)
