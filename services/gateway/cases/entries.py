"""Acts on a case as the ledger keeps them: who, what, when, by code; the words stay sealed in the
gateway's store.

Promise: an act is durable in the ledger before it is stored and answered; where the ledger cannot take
it, nothing is stored (`LedgerUnavailable` passes through).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.contract.canonical import b64u
from services.contract.cases import Asker
from services.contract.merkle import EMPTY_ROOT
from services.contract.releases import Asking, CommittedSubject, Draft, Receipt, SubjectCount
from services.contract.views import ReceiptEntry, Refused
from services.contract.vocabulary import entry
from services.gateway.ports import Ledger

HUB = "hub"


def asking(asker: Asker) -> Asking:
    """The asker as an entry names them."""
    return Asking(asker.organisation, asker.role, asker.user, asker.client_key)


def enter(
    ledger: Ledger,
    kind: str,
    asker: Asker,
    *,
    case: str = "",
    purpose: str = "",
    facts: Mapping[str, Any] | None = None,
    urgent: bool = False,
) -> Receipt:
    """Append an act to the hub's log. Raises `LedgerUnavailable`."""
    told = dict(facts or {})
    return ledger.append(
        Draft(HUB, kind, asking(asker), case=case, purpose=purpose, facts=told, urgent=urgent)
    )


def enter_about(
    ledger: Ledger,
    kind: str,
    asker: Asker,
    people: Sequence[str],
    *,
    case: str,
    purpose: str,
    facts: Any,
    ref: tuple[str, str] | None = None,
) -> Receipt:
    """Append an act about people, nothing of whom leaves, to the asker's log."""
    prepared = ledger.prepare([SubjectCount(person, 0) for person in people])
    subjects = [CommittedSubject(one.subject, one.handle, b64u(EMPTY_ROOT), 0) for one in prepared.subjects]
    return ledger.append(
        Draft(
            asker.organisation,
            kind,
            asking(asker),
            event_id=prepared.event_id,
            case=case,
            purpose=purpose,
            subjects=tuple(subjects),
            facts=facts,
            ref=ref,
        )
    )


def refuse(ledger: Ledger, asker: Asker, code: str, purpose: str, case: str = "") -> Refused:
    """A refusal of an act: an entry in the asker's log, then a value."""
    draft = Draft(
        asker.organisation,
        "release.refused",
        asking(asker),
        purpose=purpose,
        case=case,
        facts={"code": code},
    )
    receipt = ledger.append(draft)
    reason = entry("reasons", code)
    proof = ReceiptEntry(id=receipt.id, log=receipt.log, index=receipt.index, time=receipt.time)
    return Refused(code, str(reason["sentence"]), str(reason["who_can_change"]), proof)
