"""One case: its state, what it still lacks, what is on record, and the way on to a family view.

Promise: only a member sees it; another's case and none at all look the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.contract.cases import PERMISSION, PERMISSION_REFUSED, Asker
from services.contract.vocabulary import code_list, entry
from services.gateway.cases.break_glass import PURPOSE, reference
from services.gateway.cases.close import may_close
from services.gateway.cases.grounds import over_objection
from services.gateway.cases.states import GROUND, MANAGERS, Standing, load
from services.gateway.pages import words
from services.gateway.pages.asked import asked_lines
from services.gateway.pages.cases import MISSING
from services.gateway.pages.desk import Desk
from services.gateway.store.tables import EvidenceRow

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
RECORDED_AS = {"reference": "referral"}
"""What is recorded where a case lacks something: a reference comes with the referral."""


@dataclass(frozen=True, slots=True)
class Described:
    """A person as the case describes them."""

    name: str = field(repr=False)
    details: str = field(repr=False)
    as_: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One piece of evidence."""

    kind: str
    when: str
    by: str
    about: str = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case as its page shows it."""

    id: str
    purpose: str
    basis: str
    state: str
    rag: str
    ground: str
    ground_text: str = field(repr=False)
    reference: str = field(repr=False)
    opened: str
    closes: str
    deadline: str
    """Until when something may be missing; empty for a purpose without a limit, and once all is there."""
    missing: tuple[tuple[str, str], ...]
    """(what it is, the kind of evidence that supplies it)."""
    subjects: tuple[Described, ...]
    household: tuple[Described, ...]
    members: tuple[str, ...]
    evidence: tuple[Recorded, ...]
    may_close: bool
    glass: str
    """The reference of broken glass; empty for any other case."""
    closing: str = field(default="", repr=False)
    """What was said as it was closed; empty while it is open."""

    @property
    def open(self) -> bool:
        return self.state == "OPEN"


def kinds_for(asker: Asker, purpose: str) -> tuple[str, ...]:
    """The kinds of evidence that this person can record on a case of this purpose."""
    not_here = set() if asker.role in MANAGERS else {"reasonable-cause"}
    if entry("purposes", purpose)["relationship"] != "CARE":
        not_here |= {PERMISSION, PERMISSION_REFUSED}
    if not over_objection(purpose):
        not_here.add(GROUND)
    return tuple(code for code in code_list("evidence-kinds") if code not in not_here)


def described(about: Mapping[str, Any], as_: str = "") -> Described:
    """A person in words."""
    name = " ".join(filter(None, (about.get("given"), about.get("family")))) or "Name not given"
    details = [
        f"born {words.day(about['birth_date'])}" if about.get("birth_date") else "",
        f"NHS number {words.nhs_number(about['nhs_number'])}" if about.get("nhs_number") else "",
    ]
    return Described(name, ", ".join(filter(None, details)), as_)


def case_page(desk: Desk, asker: Asker, standing: Standing) -> CasePage:
    """The case of one standing, opened for one of its members."""
    row, parts = standing.row, desk.parts
    told = parts.store.open(row.sealed, f"case:{row.id}")
    missing = standing.missing()
    return CasePage(
        id=row.id,
        purpose=words.title("purposes", row.purpose),
        basis=str(entry("purposes", row.purpose)["basis"]),
        state=standing.state(parts.now()),
        rag=row.rag,
        ground=words.title("grounds", row.ground),
        ground_text=told["ground"],
        reference=told["reference"],
        opened=f"{words.moment(row.opened_at)} by {desk.staff_name(row.opened_by)}, "
        f"{words.title('roles', row.opened_as)}",
        closes=words.moment(row.closes_at),
        deadline=words.moment(standing.deadline()) if missing else "",
        missing=tuple((MISSING[one], RECORDED_AS.get(one, one)) for one in missing),
        subjects=tuple(described(one["about"], one["as"]) for one in told["subjects"]),
        household=tuple(described(one) for one in told["household"]),
        members=tuple(_member(desk, one.organisation, one.user, one.team) for one in standing.members),
        evidence=tuple(_recorded(desk, one) for one in reversed(standing.evidence)),
        may_close=may_close(asker, standing),
        glass=reference(parts, row.id) if row.purpose == PURPOSE else "",
        closing=_closing(told.get("closing", {})),
    )


def _closing(told: Mapping[str, str]) -> str:
    """Whether it changed the decision, what, and what was said beside it."""
    if not told:
        return ""
    said = [words.title("decision-changed", told["changed"]), words.title("case-outcomes", told["outcome"])]
    return ". ".join(filter(None, (*said, told["text"])))


def _member(desk: Desk, organisation: str, user: str, team: str) -> str:
    who = desk.staff_name(user) if user else f"team “{team}”"
    return f"{who}, {desk.organisation_name(organisation)}"


def _recorded(desk: Desk, row: EvidenceRow) -> Recorded:
    told = desk.parts.store.open(row.sealed, f"evidence:{row.id}")
    extra = [
        words.title("grounds", str(told["ground"])) if told.get("ground") else "",
        told["text"],
        f"Place: {told['place']}" if told["place"] else "",
        {True: "Asked alone", False: "Not asked alone"}.get(told["alone"], ""),
        words.title("no-consent-reasons", row.no_consent_reason) if row.no_consent_reason else "",
        f"Until {words.moment(row.until) if row.kind == PERMISSION else words.day(row.until)}"
        if row.until
        else "",
    ]
    return Recorded(
        kind=words.title("evidence-kinds", row.kind),
        when=words.moment(row.recorded_at),
        by=f"{desk.staff_name(row.recorded_by)}, {words.title('roles', row.recorded_as)}",
        about=described(told["about"]).name if told["about"] else "",
        words=". ".join(one.rstrip(".") for one in extra if one),
    )


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/your-cases/{id}")
    def shown(request: Request, id: Id) -> Response:
        asker = desk.asker(request)
        standing = load(desk.parts, asker, id)
        return desk.show(
            asker,
            "case.html",
            here="cases",
            case=case_page(desk, asker, standing),
            kinds=[entry("evidence-kinds", code) for code in kinds_for(asker, standing.row.purpose)],
            asked=asked_lines(desk, asker, id),
        )

    return router
