"""Which questions are asked: each purpose with each role, each value of each input, every two together, and more at random.

Promise: a space is the same on every machine; what it leaves out is said by its name.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from services.contract.decisions import Context, Profile
from services.contract.vocabulary import code_list, codes
from services.policy.invariants.askers import CASE, CASELOAD, INCIDENT, ceiling_of
from services.policy.invariants.bars import LOCATION, OF_THE_ROOM
from services.policy.invariants.labels import SEXUAL
from services.policy.invariants.row import USUAL, Row
from services.policy.invariants.written import Written

WORKS_FOR: Mapping[str, tuple[str, ...]] = {
    "SW-ADULT": ("LA-ASC",), "GP": ("GP",), "MH-NURSE": ("NHS-MH",), "PSYCHIATRIST": ("NHS-MH",),
    "PALLIATIVE-NURSE": ("HOSPICE",), "GOLDLINE-NURSE": ("HOSPICE",), "PARAMEDIC": ("AMB",), "POLICE-MASH": ("POLICE",),
    "PROBATION": ("PROBATION", "POLICE"), "MASH-EDUC": ("LA-EDUC",), "DSL": ("SCHOOL", "LA-EDUC"),
    "HOUSING-OFF": ("LA-HOUSING",), "SMS-KEYWORKER": ("SMS",), "IDVA": ("VCS",), "VCS-COORD": ("VCS",),
    "CARE-COORD": ("CARE-PROVIDER", "VCS"), "CARE-MANAGER": ("LA-ASC",), "BROKER": ("LA-ASC",),
    "RESEARCHER": ("RESEARCH-ORG", "NHS-ACUTE"),
}  # fmt: skip
"""Where people of a role work; clinicians not named here at the hospital trust, everybody else in children's services."""
DAY = "2026-11-23"
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "C-S47": ("reasonable-cause", "strategy-discussion"), "C-SCREEN": ("perceived-risk",), "C-S17": ("override",),
    "FAM-OVERVIEW": ("agreement",), "EARLY-HELP": ("agreement",),
}  # fmt: skip
AGES = ("UP_TO_12M", "UP_TO_5Y", "OVER_5Y", "NO_EVENT")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: a situation and a profile."""

    context: Context
    profile: Profile


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is otherwise than usual."""

    member: str
    context: Mapping[str, Any]
    profile: Mapping[str, Any]


def permitted(written: Written) -> list[tuple[str, str]]:
    """Each purpose with each role that may use it."""
    return [
        (purpose, role)
        for purpose in codes("purposes")
        for role in codes("roles")
        if written.may(role, purpose)
    ]


def refused(written: Written) -> Iterator[Asked]:
    """Each purpose with each role that may not use it."""
    for purpose in codes("purposes"):
        for role in codes("roles"):
            if not written.may(role, purpose):
                plain = usual(written, purpose, role)
                yield plain
                yield Asked(plain.context, own(plain))


def usual(written: Written, purpose: str, role: str) -> Asked:
    """A plain question, against which nothing speaks, about a partner's plain record."""
    asker = _asker(written, purpose, role)
    needs_case = bool(code_list("purposes")[purpose]["opens_case"])
    context = Context(
        on=DAY, organisation=asker, organisation_type=written.type_of(asker), role=role, purpose=purpose,
        case="OPEN" if needs_case else "NONE", evidence=EVIDENCE.get(purpose, ()),
        ground="urgent" if purpose == "BTG" else "stated",
    )  # fmt: skip
    profile = Profile(
        source_organisation="",
        source_kind="",
        own=False,
        relationship=_reached(purpose),
        **USUAL,
    )
    return Asked(context, replace(profile, **_held(written, context, holders(written, context)[0])))


def holders(written: Written, context: Context) -> list[str]:
    """Partners with a source, those with an ISA for the question first."""
    partners = [
        one.id for one in written.organisations.values() if one.sources and one.id != context.organisation
    ]
    preferred = ("northshire-nhs", "northshire-csc")
    return sorted(partners, key=lambda one: (not _isa(written, context, one), one not in preferred, one))


def own(plain: Asked) -> Profile:
    """The same record, held by the asker's organisation itself."""
    kind = str(code_list("organisation-types")[plain.context.organisation_type]["source_kind"] or "education")
    return replace(
        plain.profile, own=True, source_organisation=plain.context.organisation, source_kind=kind,
        paper="NONE", isa="", paper_defect="NO_ISA",
    )  # fmt: skip


def steps(plain: Asked, written: Written) -> list[Step]:
    """Everything that may be otherwise than usual, one at a time."""
    asks, record = plain.context, plain.profile
    found = [
        Step(name, {}, {name: value})
        for name, values in _members().items()
        for value in values
        if value != getattr(record, name)
    ]
    found += [Step("labels", {}, {"labels": (label,)}) for label in (*codes("sensitivity"), "NOT-A-LABEL")]
    found += [
        Step("age", {}, {"subject_age": age, "family_child": family, "subject": subject})
        for age in codes("ages")
        for family, subject in ((False, "other"), (True, "other"), (True, "case-child"))
        if (age, family) != ("ADULT", False)
    ]
    found += [Step("holder", {}, _held(written, asks, one)) for one in holders(written, asks)]
    found += [
        Step(
            "paper",
            {},
            {
                "paper": row["paper"],
                "paper_defect": defect,
                "isa": record.isa if row["paper"] != "NONE" else "",
            },
        )
        for defect, row in code_list("paper-defects").items()
    ]
    mine = own(plain)
    found.append(Step("holder", {}, {
        name: getattr(mine, name) for name in ("own", "source_organisation", "source_kind", "paper", "isa", "paper_defect")
    }))  # fmt: skip
    found += [Step(name, {name: value}, {}) for name, value in _situations(asks)]
    return found


def one_at_a_time(plain: Asked, written: Written) -> Iterator[Asked]:
    """The plain question, and each thing otherwise."""
    yield plain
    for step in steps(plain, written):
        yield taken(plain, step)


def labels_with(plain: Asked, written: Written) -> Iterator[Asked]:
    """Each label with what it is read together with: whose, how old, agreed to, approved, and who opened the case."""
    possible = steps(plain, written)
    together: tuple[tuple[frozenset[str], Callable[[Step], bool]], ...] = (
        (SEXUAL | {"PREGNANT", "ADOL"}, lambda step: step.member == "age"),
        (SEXUAL | {"L:EOL"}, lambda step: "item_share" in step.profile),
        (frozenset(codes("sensitivity")), lambda step: step.profile.get("owner_decision") == "approved"),
        (frozenset(codes("sensitivity")), lambda step: bool(step.profile.get("own"))),
        (OF_THE_ROOM | LOCATION | {"L:HBA"}, lambda step: step.member == "channel"),
        (frozenset({"L:INTEL", "L:COURT", "L:INFORMANT"}) | SEXUAL, lambda step: step.member == "opened_by_asker"),
    )  # fmt: skip
    for labels, wanted in together:
        for step in possible:
            if wanted(step):
                for label in sorted(labels):
                    yield taken(taken(plain, step), Step("labels", {}, {"labels": (label,)}))


def two_at_a_time(plain: Asked, written: Written) -> Iterator[Asked]:
    """Each two things otherwise."""
    for first, second in combinations(steps(plain, written), 2):
        if first.member != second.member:
            yield taken(taken(plain, first), second)
        elif first.member == "labels":
            both = tuple(sorted({*first.profile["labels"], *second.profile["labels"]}))
            yield taken(plain, Step("labels", {}, {"labels": both}))


def at_random(plain: Asked, written: Written, draw: random.Random, many: int) -> Iterator[Asked]:
    """`many` questions with two to five things otherwise."""
    possible = steps(plain, written)
    for _ in range(many):
        asked = plain
        for step in draw.sample(possible, draw.randint(2, 5)):
            asked = taken(asked, step)
        yield asked


def taken(asked: Asked, step: Step) -> Asked:
    """The question with the step taken; labels add up."""
    changed = dict(step.profile)
    if "labels" in changed:
        changed["labels"] = tuple(sorted({*asked.profile.labels, *changed["labels"]}))
    return Asked(replace(asked.context, **step.context), replace(asked.profile, **changed))


def one_role_a_ceiling(written: Written) -> list[tuple[str, str]]:
    """Each purpose with one role of each kind that the law tells apart: ceiling, and who decides."""
    found: dict[tuple[Any, ...], tuple[str, str]] = {}
    for purpose, role in permitted(written):
        plain = usual(written, purpose, role)
        row = Row(plain.context, plain.profile, {}, written)
        group = code_list("roles")[role]["group"]
        singular = role if role in ("SW-TEAM-MGR", "SW-EDT", "SW-CHILD", "ADOPTION-WORKER") else group
        found.setdefault((purpose, ceiling_of(row), singular), (purpose, role))
    return list(found.values())


def _members() -> Mapping[str, tuple[Any, ...]]:
    consent = code_list("consent-states")

    def states(member: str) -> tuple[str, ...]:
        return tuple(code for code, row in consent.items() if member in row["applies_to"])

    flags = dict.fromkeys(("conflict", "harm_link", "same_place", "source_concern"), (True,))
    return {
        **flags,
        "identity": codes("identity"), "relationship": codes("relationships"), "subject": codes("subjects"),
        "agreement": states("agreement"), "objection": states("objection"), "item_share": states("item_share"),
        "confidentiality": codes("confidentiality"), "adoption": codes("adoption"), "currency": codes("currency"),
        "event_age": AGES, "value": ("known", "unknown-code"), "owner_decision": codes("owner-decisions"),
    }  # fmt: skip


def _situations(asks: Context) -> Iterator[tuple[str, Any]]:
    yield from (("case", state) for state in codes("case-states") if state != asks.case)
    yield from (("ground", ground) for ground in ("none", "stated", "urgent") if ground != asks.ground)
    yield from (("channel", channel) for channel in codes("channels") if channel != "view")
    kinds = ((), ("perceived-risk",), ("override",), ("agreement",), ("reasonable-cause",), ("refusal",))
    yield from (("evidence", kind) for kind in kinds if kind != asks.evidence)
    yield "opened_by_asker", True


def _asker(written: Written, purpose: str, role: str) -> str:
    clinical = code_list("roles")[role]["group"] in ("HEALTH", "CARE-EMERGENCY")
    types = (
        ("SAB",) if purpose == "A-S45" else WORKS_FOR.get(role, ("NHS-ACUTE",) if clinical else ("LA-CSC",))
    )
    listed = [one.id for kind in types for one in written.organisations.values() if one.type == kind]
    # Of several of a type, one that has an ISA for it.
    papers = [
        one for one in listed if any(one in isa["parties"] and purpose in isa["purposes"] for isa in written.isas.values())
    ]  # fmt: skip
    return (papers or listed)[0]


def _reached(purpose: str) -> str:
    if purpose in CASE:
        return "own-case"
    return "caseload" if purpose in CASELOAD else "incident" if purpose in INCIDENT else "none"


def _isa(written: Written, context: Context, holder: str) -> str:
    return written.isa_for(context.organisation, holder, context.purpose, context.role, context.on)


def _held(written: Written, context: Context, holder: str) -> dict[str, Any]:
    isa = _isa(written, context, holder)
    source = written.organisations[holder].sources[0]
    return {
        "own": False, "source_organisation": holder, "source_kind": source.kind,
        "paper": "CURRENT" if isa else "NONE", "isa": isa, "paper_defect": "SOUND" if isa else "NO_ISA",
    }  # fmt: skip
