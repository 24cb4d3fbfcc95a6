"""The state of a case for one asker at one moment: OPEN, LAPSED, CLOSED, or NOT_MEMBER.

Promise: a case that is another's and a case that never was look the same; a child protection enquiry
whose strategy discussion or reference is not there after 24 hours has lapsed for good, and says so in the
hub's log once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from services.contract.canonical import b64u
from services.contract.cases import PERMISSION, PERMISSION_REFUSED, Asker, CaseState, EvidenceState
from services.contract.people import About
from services.contract.problems import LedgerUnavailable, NotFound
from services.contract.releases import Asking, Draft
from services.contract.vocabulary import entry
from services.gateway.cases.entries import HUB
from services.gateway.parts import Parts, moment, stamp
from services.gateway.store.tables import CaseRow, ConfirmedRow, EvidenceRow, MemberRow

S47 = "C-S47"
MANAGERS = frozenset({"SW-TEAM-MGR", "SW-EDT"})
HOURS = 24
"""Within which a child protection enquiry has to show its strategy discussion and reference."""
_STRATEGY, _REFERENCE = "strategy-discussion", "reference"
PERMISSION_HOLDS = timedelta(hours=4)
"""For how long a patient's own word holds that their records may be viewed now."""
GROUND = "stated-ground"


Words = Sequence[tuple[EvidenceRow, dict[str, object]]]
"""Each piece of evidence with what stood sealed in it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case with its members and evidence, oldest first."""

    row: CaseRow
    members: Sequence[MemberRow]
    evidence: Sequence[EvidenceRow]

    def membership(self, asker: Asker) -> str:
        """own-case (opened it, or a member by name) | team-case | none."""
        if self.row.opened_by == asker.user:
            return "own-case"
        own = [member for member in self.members if member.organisation == asker.organisation]
        if any(member.user == asker.user for member in own if member.user):
            return "own-case"
        return "team-case" if any(member.team in asker.teams for member in own if member.team) else "none"

    def deadline(self) -> str:
        """Until when the case may lack something; empty for a purpose without one."""
        return stamp(moment(self.row.opened_at) + timedelta(hours=HOURS)) if self.row.purpose == S47 else ""

    def missing(self) -> tuple[str, ...]:
        """What the case has not shown, or showed too late."""
        until = self.deadline()
        if not until:
            return ()
        talked = any(one.kind == _STRATEGY and one.recorded_at <= until for one in self.evidence)
        referenced = bool(self.row.referenced_at) and self.row.referenced_at <= until
        return (() if talked else (_STRATEGY,)) + (() if referenced else (_REFERENCE,))

    def state(self, now: datetime) -> str:
        """OPEN | LAPSED | CLOSED at this moment."""
        if self.row.closed_at or self.row.closes_at <= stamp(now):
            return "CLOSED"
        overdue = bool(self.missing()) and self.deadline() < stamp(now)
        return "LAPSED" if self.row.lapsed_at or overdue else "OPEN"


def is_urgent(purpose: str, rag: str) -> bool:
    """Whether a case is a child protection enquiry marked RED, which goes on in the emergency log. Only a named manager
    opens one, and so sets the mark; the entry that opens the case says it."""
    return purpose == S47 and rag == "RED"


def still_open(row: CaseRow, now: datetime) -> bool:
    """Whether a case is neither closed nor lapsed nor past its end, for whoever is no member of it."""
    return not row.closed_at and not row.lapsed_at and row.closes_at > stamp(now)


def load(parts: Parts, asker: Asker, id: str) -> Standing:
    """The case, for one of its members. Raises `NotFound`, alike for another's and for none."""
    standing = _find(parts, id)
    if standing is None or standing.membership(asker) == "none":
        raise NotFound("no case with this id is open to you")
    return standing


def mine(parts: Parts, asker: Asker) -> Sequence[Standing]:
    """Every case of which the asker is a member, newest first."""
    member = select(MemberRow.case).where(
        MemberRow.organisation == asker.organisation,
        or_(MemberRow.user == asker.user, col(MemberRow.team).in_(asker.teams)),
    )
    query = select(CaseRow.id).where(or_(CaseRow.opened_by == asker.user, col(CaseRow.id).in_(member)))
    with parts.store.begin() as session:
        ids = session.exec(query.order_by(col(CaseRow.opened_at).desc(), CaseRow.id)).all()
    found = [_find(parts, id) for id in ids]
    return [one for one in found if one is not None and one.membership(asker) != "none"]


def case_state(parts: Parts, asker: Asker, id: str, now: datetime | None = None) -> CaseState:
    """What the main line reads of a case.

    NOT_MEMBER, with nothing else in it, for another's case and for none.
    """
    moment_ = now or parts.now()
    standing = _find(parts, id)
    if standing is None or standing.membership(asker) == "none":
        return CaseState(id, "", "NOT_MEMBER", "none", False, "", "none", ())
    state = standing.state(moment_)
    if state == "LAPSED":
        enter_lapse(parts, standing)
    return _told(parts, asker, standing, state, moment_)


def enter_lapse(parts: Parts, standing: Standing) -> None:
    """Say in the hub's log, once, that the case lapsed.

    With the ledger down it is lapsed all the same, and said later.
    """
    row = standing.row
    if row.lapsed_at:
        return
    # The same id each time: should two requests find the lapse at once, the ledger takes it for one.
    event = b64u(parts.keys.mac("events").of("lapse", row.id)[:16])
    draft = Draft(
        HUB,
        "case.lapsed",
        Asking(HUB, "", HUB),
        event_id=event,
        case=row.id,
        purpose=row.purpose,
        facts={"missing": list(standing.missing()), "organisation": row.organisation},
    )
    try:
        parts.ledger.append(draft)
    except LedgerUnavailable:
        return
    with parts.store.begin() as session:
        session.get_one(CaseRow, row.id).lapsed_at = stamp(parts.now())


def sweep_lapsed(parts: Parts) -> int:
    """Enter every lapse that nobody has met yet.

    How many there were. For a timer: an alert must not wait for a view.
    """
    query = select(CaseRow.id).where(CaseRow.purpose == S47, CaseRow.lapsed_at == "", CaseRow.closed_at == "")
    with parts.store.begin() as session:
        ids = session.exec(query).all()
    found = [one for id in ids if (one := _find(parts, id)) and one.state(parts.now()) == "LAPSED"]
    for standing in found:
        enter_lapse(parts, standing)
    return len(found)


def _find(parts: Parts, id: str) -> Standing | None:
    with parts.store.begin() as session:
        row = session.get(CaseRow, id)
        if row is None:
            return None
        members = session.exec(select(MemberRow).where(MemberRow.case == id)).all()
        order = (EvidenceRow.recorded_at, EvidenceRow.id)
        evidence = session.exec(select(EvidenceRow).where(EvidenceRow.case == id).order_by(*order)).all()
    return Standing(row, members, evidence)


def _told(parts: Parts, asker: Asker, standing: Standing, state: str, now: datetime) -> CaseState:
    row = standing.row
    sealed = parts.store.open(row.sealed, f"case:{row.id}")
    with parts.store.begin() as session:
        confirmed = session.exec(select(ConfirmedRow.person).where(ConfirmedRow.case == row.id)).all()
    subjects = tuple((About.model_validate(one["about"]), one["as"], None) for one in sealed["subjects"])
    words = [(one, parts.store.open(one.sealed, f"evidence:{one.id}")) for one in standing.evidence]
    places = [told["place"] for one, told in words if one.kind == "incident"]
    reasons = [one.no_consent_reason for one in standing.evidence if one.no_consent_reason]
    ground = _ground([row.ground, *(str(told["ground"]) for one, told in words if one.kind == GROUND)])
    return CaseState(
        id=row.id,
        purpose=row.purpose,
        state=state,
        ground=_strength(ground),
        opened_by_asker=row.opened_by == asker.user,
        opened_by_organisation=row.organisation,
        membership=standing.membership(asker),
        subjects=subjects,
        household=tuple(About.model_validate(one) for one in sealed["household"]),
        evidence=tuple(sorted({one.kind for one in standing.evidence})),
        agreements=_latest(words, "agreement", "refusal"),
        permissions=_permissions(words, now),
        stated_ground=ground,
        no_consent_reason=reasons[-1] if reasons else "none",
        incident=bool(places),
        incident_place=next((place for place in reversed(places) if place), ""),
        # Two who were joined since are one; of one who was parted nobody was confirmed for certain.
        confirmed=frozenset(parts.index.links.answering(confirmed).values()) if confirmed else frozenset(),
        rag=row.rag,
    )


def _ground(codes: Sequence[str]) -> str:
    """The strongest of the grounds on which a case stands; of equally strong ones the last. Empty: none is a stated one."""
    stated = [code for code in codes if entry("grounds", code)["stated"] or entry("grounds", code)["urgent"]]
    urgent = [code for code in stated if entry("grounds", code)["urgent"]]
    return (urgent or stated or [""])[-1]


def _strength(code: str) -> str:
    return "none" if not code else "urgent" if entry("grounds", code)["urgent"] else "stated"


def _permissions(words: Words, now: datetime) -> tuple[EvidenceState, ...]:
    """What patients answered who were asked now; a permission holds until its time is over."""
    latest = _latest(words, PERMISSION, PERMISSION_REFUSED)
    return tuple(one for one in latest if one.kind == PERMISSION_REFUSED or stamp(now) < one.until)


def _latest(words: Words, yes: str, no: str) -> tuple[EvidenceState, ...]:
    """The latest word of each person, as described, oldest first: agreeing after a refusal, or refusing after agreeing.

    Of two words of the same second the refusal is the later.
    """
    latest: dict[About, EvidenceState] = {}
    for row, told in sorted(words, key=lambda one: (one[0].recorded_at, one[0].kind == no)):
        if row.kind in (yes, no):
            about = About.model_validate(told["about"])
            scope = told["scope"] if isinstance(told["scope"], list) else []
            latest.pop(about, None)
            latest[about] = EvidenceState(row.kind, about, None, tuple(map(str, scope)), row.until)
    return tuple(latest.values())
