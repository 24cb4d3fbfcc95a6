"""Opening a case, and listing one's own.

Promise: the answer is the same whether anybody was found (nobody is looked for); only a role that the
purpose permits opens it, and a child protection enquiry only a named manager on stated reasonable cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.contract.cases import Asker, Member, OpenCase
from services.contract.people import About
from services.contract.problems import BadInput
from services.contract.reviews import GENERAL
from services.contract.views import Refused
from services.contract.vocabulary import entry
from services.gateway.access.clients import Clients
from services.gateway.access.staff import Staff
from services.gateway.cases import break_glass
from services.gateway.cases.entries import enter, refuse
from services.gateway.cases.states import MANAGERS, S47, Standing, is_urgent, mine
from services.gateway.parts import Parts, fresh_id, stamp
from services.gateway.store.tables import CaseRow, MemberRow

NOT_PERMITTED = "PURPOSE_NOT_PERMITTED"
REVIEW = "IDENTITY-REVIEW"
_LIFE = {
    **dict.fromkeys(("ETREAT", "ERTREAT", "CP-ALERT"), timedelta(days=1)),
    break_glass.PURPOSE: timedelta(hours=break_glass.HOURS),
    "MISPER": timedelta(days=7),
}
"""For how long a case stands open; the usual time for the rest. A case that is needed longer is opened afresh."""
_USUAL_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened."""

    id: str
    state: str
    opened_at: str
    closes_at: str
    still_missing: tuple[str, ...]
    """What must be recorded within 24 hours, or the case lapses."""
    reference: str = ""
    """Of broken glass: by which the privacy officers speak of it; empty for any other case."""


def open_case(parts: Parts, asker: Asker, body: OpenCase) -> Opened | Refused:
    """Open a case. A role that may not is refused, as a value and an entry.

    Raises `BadInput`, `SignInAgain` (to break the glass), `Unavailable`.
    """
    if not _permitted(parts, asker, body):
        return refuse(parts.ledger, asker, NOT_PERMITTED, body.purpose)
    _check(body)
    refused = break_glass.judge(parts, asker, body) if body.purpose == break_glass.PURPOSE else ""
    if refused:
        return refuse(parts.ledger, asker, refused, body.purpose)
    members = _members(parts, body.members)
    now = parts.now()
    id = fresh_id()
    facts, urgent = _facts(body, len(members)), is_urgent(body.purpose, body.rag)
    enter(parts.ledger, "case.opened", asker, case=id, purpose=body.purpose, facts=facts, urgent=urgent)
    if body.purpose == break_glass.PURPOSE:
        # Before the case stands: nobody breaks the glass unseen.
        break_glass.tell_own_officer(parts, asker, id)
    row = CaseRow(
        id=id,
        purpose=body.purpose,
        ground=body.ground.code,
        rag=body.rag,
        organisation=asker.organisation,
        opened_by=asker.user,
        opened_as=asker.role,
        opened_at=stamp(now),
        closes_at=stamp(now + _LIFE.get(body.purpose, _USUAL_LIFE)),
        referenced_at=stamp(now) if body.reference else "",
        sealed=parts.store.seal(_sealed(body), f"case:{id}"),
    )
    for member in members:
        member.case = id
    with parts.store.begin() as session:
        session.add(row)
        session.add_all(members)
    standing = Standing(row, members, [])
    name = break_glass.reference(parts, id) if body.purpose == break_glass.PURPOSE else ""
    return Opened(id, "OPEN", row.opened_at, row.closes_at, standing.missing(), name)


def list_cases(parts: Parts, asker: Asker) -> Sequence[dict[str, Any]]:
    """The cases that the asker may ask on, newest first.

    Codes, times, and the subjects' names as they were given.
    """
    shown = []
    for standing in mine(parts, asker):
        row = standing.row
        told = parts.store.open(row.sealed, f"case:{row.id}")
        shown.append(
            {
                "id": row.id,
                "purpose": row.purpose,
                "state": standing.state(parts.now()),
                "rag": row.rag,
                "opened_at": row.opened_at,
                "closes_at": row.closes_at,
                "opened_by_me": row.opened_by == asker.user,
                "evidence": sorted({one.kind for one in standing.evidence}),
                "still_missing": list(standing.missing()),
                "reference": told["reference"] or None,
                "subjects": [_subject(one) for one in told["subjects"]],
            }
        )
    return shown


def _facts(body: OpenCase, members: int) -> dict[str, Any]:
    """What the entry says of a case that is opened."""
    return {
        "ground": body.ground.code,
        "stated": bool(entry("grounds", body.ground.code)["stated"]),
        "subjects": len(body.subjects),
        "members": members,
        "referenced": bool(body.reference),
        "rag": body.rag,
    }


def _subject(told: dict[str, Any]) -> dict[str, Any]:
    about = told["about"]
    return {"given": about.get("given"), "family": about.get("family"), "as": told["as"]}


def _permitted(parts: Parts, asker: Asker, body: OpenCase) -> bool:
    if body.purpose not in parts.rules.purposes_of(asker.role):
        return False
    if not entry("purposes", body.purpose)["opens_case"]:
        return False
    # Whoever reviews restricted doubts is given the purpose for those alone, and looks for nobody by it.
    if body.purpose == REVIEW and asker.role not in entry("review-queues", GENERAL)["roles"]:
        return False
    if body.purpose == break_glass.PURPOSE and not break_glass.may_break(asker.role):
        return False
    # Reasonable cause is a named manager's to state; whoever merely names the enquiry does not open it.
    stated = body.ground.code == "reasonable-cause" and bool(body.ground.text.strip())
    return body.purpose != S47 or (asker.role in MANAGERS and stated)


def _check(body: OpenCase) -> None:
    places = []
    if body.purpose not in entry("grounds", body.ground.code)["purposes"]:
        places.append("ground.code: not a ground of this purpose")
    for name, people in (("subjects", [one.about for one in body.subjects]), ("household", body.household)):
        places += [
            f"{name}.{number}: describe the person; a candidate belongs to a case that is open"
            for number, about in enumerate(people)
            if about.candidate
        ]
    if places:
        raise BadInput("some places do not fit", places=tuple(places))


def _system(parts: Parts, member: Member) -> str:
    """The id of a partner's system that a case names as a member, so that it may look for people by itself; else empty."""
    client = Clients(parts.store).find(str(member.user))
    return client.id if client is not None and client.organisation == member.organisation else ""


def _members(parts: Parts, members: Sequence[Member]) -> list[MemberRow]:
    staff, rows, places = Staff(parts.store, parts.keys), [], []
    for number, member in enumerate(members):
        if bool(member.user) == bool(member.team):
            places.append(f"members.{number}: name a user or a team")
        elif parts.rules.organisation(member.organisation) is None:
            places.append(f"members.{number}.organisation: no such partner")
        elif member.team:
            rows.append(MemberRow(case="", organisation=member.organisation, team=member.team))
        else:
            worker = staff.named(member.organisation, str(member.user))
            named = worker.id if worker else _system(parts, member)
            if not named:
                places.append(
                    f"members.{number}.user: not in that organisation's staff register, nor a system of it"
                )
            else:
                rows.append(MemberRow(case="", organisation=member.organisation, user=named))
    if places:
        raise BadInput("some members are not known", places=tuple(places))
    return rows


def _sealed(body: OpenCase) -> dict[str, Any]:
    def plain(about: About) -> dict[str, Any]:
        return about.model_dump(exclude_none=True)

    return {
        "subjects": [{"about": plain(one.about), "as": one.as_} for one in body.subjects],
        "household": [plain(one) for one in body.household],
        "reference": body.reference or "",
        "ground": body.ground.text,
    }
