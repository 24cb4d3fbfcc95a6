"""Letting holders know what was held back from them: a named person's decision, case by case, with a reason.

Promise: only a privacy officer of the organisation that asked, or a manager who is a member of the case there; an entry
first; the reason stands sealed; and until then no holder's page, notice or inbox says or counts anything of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select, update

from services.contract.canonical import b64u
from services.contract.cases import Asker
from services.contract.problems import BadInput, NotFound
from services.contract.releases import Draft
from services.gateway.cases.entries import asking
from services.gateway.cases.states import MANAGERS, mine
from services.gateway.notices.keep import case_key, tell
from services.gateway.notices.tables import GivenRow, LetGoRow
from services.gateway.parts import Parts, fresh_id, stamp

OFFICER = "PRIVACY-OFFICER"
KIND = "notice.let-go"
_LEAST = 3
"""Letters of a reason."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held back of one case. `reference` names it to nobody who does not know it already."""

    reference: str
    purpose: str
    why: tuple[str, ...]
    since: str
    holders: int
    answers: int
    rows: tuple[GivenRow, ...] = field(repr=False)
    case: str = field(default="", repr=False)
    """For a manager, who is a member of it; empty for a privacy officer, who is not."""


def held_back(parts: Parts, asker: Asker) -> Sequence[Held]:
    """What the asker may let go of, oldest first. Raises `NotFound` for somebody who lets nothing go."""
    query = select(GivenRow).where(
        GivenRow.organisation == asker.organisation, GivenRow.held_back != "", GivenRow.let_go_at == ""
    )
    if asker.role in MANAGERS:
        own = [case_key(parts, standing.row.id) for standing in mine(parts, asker)]
        query = query.where(col(GivenRow.case_key).in_(own))
    elif asker.role != OFFICER:
        raise NotFound("nothing is held back that is yours to let go")
    with parts.store.begin() as session:
        rows = session.exec(query.order_by(col(GivenRow.at), GivenRow.id)).all()
    cases: dict[bytes, list[GivenRow]] = {}
    for row in rows:
        cases.setdefault(row.case_key, []).append(row)
    member = asker.role in MANAGERS
    return tuple(_held(found, _case(parts, found[0]) if member else "") for found in cases.values())


def let_go(parts: Parts, asker: Asker, reference: str, reason: str) -> int:
    """Let the holders know; how many answers it is about. Raises `NotFound`, `BadInput`, `Unavailable`."""
    found = next((one for one in held_back(parts, asker) if one.reference == reference), None)
    if found is None:
        raise NotFound("nothing is held back under this reference")
    if len(reason.strip()) < _LEAST:
        raise BadInput("some places do not fit", places=("reason: say why the holders may know now",))
    case = _case(parts, found.rows[0])
    facts = {"holders": found.holders, "answers": found.answers, "why": list(found.why)}
    parts.ledger.append(
        Draft(asker.organisation, KIND, asking(asker), case=case, purpose=found.purpose, facts=facts)
    )
    _store(parts, asker, found, case, reason)
    for row in found.rows:
        told = parts.store.open(row.sealed, f"given:{row.id}")
        tell(parts, row, case, told["plan"])
    return found.answers


def _store(parts: Parts, asker: Asker, found: Held, case: str, reason: str) -> None:
    now, id = stamp(parts.now()), fresh_id()
    row = LetGoRow(
        id=id,
        case_key=found.rows[0].case_key,
        organisation=asker.organisation,
        by=asker.user,
        role=asker.role,
        at=now,
        sealed=parts.store.seal({"case": case, "reason": reason}, f"let-go:{id}"),
    )
    known = [one.id for one in found.rows]
    with parts.store.begin() as session:
        session.add(row)
        session.exec(update(GivenRow).where(col(GivenRow.id).in_(known)).values(let_go_at=now))


def _case(parts: Parts, row: GivenRow) -> str:
    return str(parts.store.open(row.sealed, f"given:{row.id}")["case"])


def _held(rows: Sequence[GivenRow], case: str) -> Held:
    return Held(
        reference=b64u(rows[0].case_key[:9]),
        purpose=rows[0].purpose,
        why=tuple(sorted({row.held_back for row in rows})),
        since=rows[0].at,
        holders=len({row.holder for row in rows}),
        answers=len({row.event_id for row in rows}),
        rows=tuple(rows),
        case=case,
    )
