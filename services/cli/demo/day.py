"""A day's work of the partners, so that the ledger has decisions to look back on: views over HTTP, by several roles and purposes.

Promise: each is a real request by whoever would make it, on a case of their own, and each is an entry; whatever is refused is
refused by the rules, and counts as a decision like any other.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from services.cli.demo.cast import MANAGER, MASH_TEAM, STAFF, Member
from services.cli.demo.families.people import ARTHUR, DANA, JOAN, LEO, MIA, SEAN, TYLER, Person
from services.cli.demo.families.pike import CLINIC_TEAM
from services.cli.demo.partner import NotPlayed, PartnerSystem, Voice

DECISIONS = 500
AT_ONCE = 8
"""Requests under way together: an answer that a live source had a part in leaves on a quarter of a second."""
GRANDCHILD = Person("Isla", "Penrose-Hall", "2017-02-11", "female")
"""Lives with Arthur; no source knows her by a number."""


@dataclass(frozen=True, slots=True)
class Work:
    """One case, who opens it and who asks on it, and about whom."""

    by: Member
    purpose: str
    ground: str
    subjects: tuple[tuple[Person, str], ...]
    askers: tuple[Member, ...]
    about: tuple[Person, ...]
    often: int
    scope: str = "person"
    evidence: tuple[Mapping[str, Any], ...] = field(default=())


def _member(role: str) -> Member:
    return next(member for member in STAFF if member.role == role)


def work() -> tuple[Work, ...]:
    """What is done that day; `often` says how much of it each case is."""
    worker, visitor, clinic = _member("SW-CHILD"), _member("HEALTH-VISITOR"), _member("CLINIC-NURSE")
    adults, housing, volunteers = _member("SW-ADULT"), _member("HOUSING-OFF"), _member("VCS-COORD")
    nurse, crew = _member("PALLIATIVE-NURSE"), _member("PARAMEDIC")
    agreed = tuple(
        {"kind": "agreement", "alone": True, "about": _about(one)} for one in (DANA, MIA, LEO, ARTHUR, SEAN)
    )
    risk = {
        "kind": "perceived-risk",
        "text": "A neighbour heard shouting, and a child crying, on three nights.",
    }
    discussed = {
        "kind": "strategy-discussion",
        "text": "Social care, police and health met and agreed an enquiry.",
    }
    at_home = ((GRANDCHILD, "child"), (ARTHUR, "adult"))
    return (
        Work(MANAGER, "C-S47", "reasonable-cause", at_home, (worker, MANAGER), (ARTHUR,), 5, evidence=(discussed,)),
        Work(MANAGER, "C-S47", "reasonable-cause", ((MIA, "child"), (DANA, "adult")), (worker, MANAGER), (MIA, LEO), 4,
             evidence=(discussed,)),
        Work(MANAGER, "C-SCREEN", "contact-received", ((TYLER, "child"),), (worker,), (TYLER, SEAN), 3, evidence=(risk,)),
        Work(visitor, "FAM-OVERVIEW", "family-agreed", ((MIA, "child"), (DANA, "adult")), (visitor,), (MIA, LEO), 3,
             evidence=agreed[:3]),
        Work(volunteers, "FAM-OVERVIEW", "family-agreed", ((ARTHUR, "adult"),), (volunteers,), (ARTHUR,), 2,
             evidence=agreed[3:4]),
        Work(housing, "FAM-OVERVIEW", "family-agreed", ((SEAN, "adult"),), (housing,), (SEAN,), 2, evidence=agreed[4:]),
        Work(adults, "A-S42", "others-at-risk", ((JOAN, "adult"),), (adults,), (JOAN,), 3),
        Work(nurse, "EOL-CARE", "end-of-life", ((ARTHUR, "adult"),), (nurse,), (ARTHUR,), 3),
        Work(clinic, "TREAT", "in-my-care", ((JOAN, "adult"),), (clinic,), (JOAN,), 3),
        Work(crew, "ETREAT", "emergency-call", ((ARTHUR, "adult"),), (crew,), (ARTHUR,), 3,
             evidence=({"kind": "incident", "text": "Called at 02:10, short of breath."},)),
    )  # fmt: skip


def play_day(systems: Mapping[str, PartnerSystem], decisions: int) -> Counter[str]:
    """Do the day's work; purpose -> how many decisions. Raises `NotPlayed`."""
    voices: dict[Member, Voice] = {}
    asked: list[tuple[Work, list[tuple[Voice, dict[str, Any]]]]] = []
    for one in work():
        for member in (one.by, *one.askers):
            if member not in voices:
                voices[member] = systems[member.organisation].as_person(member)
        asked.append((one, _questions(one, _opened(one, voices[one.by]), voices)))
    plan = list(islice(_in_turn(asked), decisions))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(lambda put: put[1].decide("/family-view", put[2]), plan):
            pass
    return Counter(purpose for purpose, _, _ in plan)


def _opened(one: Work, voice: Voice) -> str:
    teams = {MASH_TEAM, CLINIC_TEAM, *(member.team for member in one.askers if member.team)}
    members = [
        {"organisation": organisation, "team": team}
        for organisation in dict.fromkeys(member.organisation for member in one.askers)
        for team in sorted(
            teams & {member.team for member in one.askers if member.organisation == organisation}
        )
    ]
    body: dict[str, Any] = {
        "purpose": one.purpose,
        "ground": {"code": one.ground, "text": "As told when it was opened."},
        "subjects": [{"about": _about(person), "as": kind} for person, kind in one.subjects],
        "members": members,
        "reference": "DAY-1",
    }
    case = str(voice.post("/cases", body)["id"])
    for evidence in one.evidence:
        voice.post(f"/cases/{case}/evidence", dict(evidence))
    return case


def _questions(one: Work, case: str, voices: Mapping[Member, Voice]) -> list[tuple[Voice, dict[str, Any]]]:
    return [
        (voices[member], {"about": _about(person), "case": case, "scope": one.scope})
        for person in one.about
        for member in one.askers
    ]


def _in_turn(
    asked: Sequence[tuple[Work, list[tuple[Voice, dict[str, Any]]]]],
) -> Iterator[tuple[str, Voice, dict[str, Any]]]:
    """Every case in turn, each as often as it comes that day, its own questions in turn."""
    rounds = [(one, cycle(questions)) for one, questions in asked]
    if not rounds:
        raise NotPlayed("nobody asks anything")
    for one, questions in cycle(rounds):
        for _ in range(one.often):
            yield (one.purpose, *next(questions))


def _about(who: Person) -> dict[str, str]:
    told = {"nhs_number": who.number, "given": who.given, "family": who.family, "birth_date": who.born}
    return {name: value for name, value in told.items() if value}
