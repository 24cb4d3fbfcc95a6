"""The state of the paperwork: days inclusive, parties, purposes, signatures, framework; each defect has its own word."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from services.contract.vocabulary import codes
from services.policy.paper import Paper, paper_between, with_papers
from services.runtime.book import Book
from tests.policy_world import context, profile, shipped_book

OVERVIEW = context(purpose="FAM-OVERVIEW", role="HEALTH-VISITOR", organisation="northshire-nhs")
HOLDER = "northshire-housing"
NONE_AT_ALL = Paper("NONE", "NO_ISA")
BOTH = [{"organisation": one, "day": "2024-03-01"} for one in ("northshire-nhs", HOLDER)]
RUNNING = {"last_day": "2031-01-01"}


def housing() -> dict[str, Any]:
    return dict(next(isa for isa in shipped_book().isas if isa["id"] == "housing"))


def with_isas(*changes: dict[str, Any]) -> Book:
    """The shipped book with one ISA over and over, each time changed."""
    return replace(shipped_book(), isas=tuple({**housing(), **change} for change in changes))


def under(**change: Any) -> Book:
    """The shipped book with a running ISA of housing's under a changed framework."""
    framework = {**shipped_book().frameworks["northshire"], **change}
    return replace(with_isas(RUNNING), frameworks=MappingProxyType({"northshire": framework}))


def with_organisation(id: str, **change: Any) -> Book:
    book = with_isas({**RUNNING, "dspt": {"lapsed": "block", "after_days": 30}})
    changed = {**book.organisations, id: replace(book.organisations[id], **change)}
    return replace(book, organisations=MappingProxyType(changed))


def both_ways(book: Book, about: Any = OVERVIEW) -> Paper:
    """The paper as asker and as publisher, which is one and the same."""
    there = paper_between(book, about, HOLDER)
    back = paper_between(book, replace(about, organisation=HOLDER), about.organisation)
    assert there == back
    return there


@pytest.mark.parametrize(
    ("on", "found"),
    [
        ("2024-03-31", Paper("NONE", "NOT_BEGUN", "housing")),
        ("2024-04-01", Paper("CURRENT", "SOUND", "housing")),
        ("2026-03-31", Paper("CURRENT", "SOUND", "housing")),
        ("2026-04-01", Paper("LAPSED", "ENDED", "housing")),
    ],
)
def test_an_isa_counts_from_its_first_day_to_its_last(on: str, found: Paper) -> None:
    assert both_ways(shipped_book(), replace(OVERVIEW, on=on)) == found


@pytest.mark.parametrize(
    ("change", "state", "defect"),
    [
        ({"status": "draft"}, "NONE", "NOT_SIGNED"),
        ({"status": "suspended"}, "LAPSED", "ISA_SUSPENDED"),
        ({"signatories": BOTH[:1]}, "NONE", "TOO_FEW_SIGNED"),
        ({"signatories": BOTH[1:]}, "NONE", "TOO_FEW_SIGNED"),
        ({"signatories": [BOTH[0], {**BOTH[1], "day": "2026-11-24"}]}, "NONE", "TOO_FEW_SIGNED"),
        ({"signatories": [BOTH[0], {**BOTH[1], "day": "2026-11-23"}]}, "CURRENT", "SOUND"),
        ({"effective_from": "2026-11-24"}, "NONE", "NOT_BEGUN"),
        ({"last_day": "2026-11-22"}, "LAPSED", "ENDED"),
        ({"framework": None}, "NONE", "FRAMEWORK_MISSING"),
        ({"framework": "elsewhere"}, "NONE", "FRAMEWORK_MISSING"),
        ({"purposes": ["COC"]}, "NONE", "PURPOSE_NOT_NAMED"),
        ({"roles": ["GP"]}, "CURRENT", "ROLE_NOT_NAMED"),
        ({"parties": ["northshire-nhs", "northshire-csc"]}, "NONE", "NO_ISA"),
        ({"only_with": "northshire-csc"}, "NONE", "NO_ISA"),
        ({"only_with": "northshire-nhs"}, "CURRENT", "SOUND"),
        ({}, "CURRENT", "SOUND"),
    ],
)  # fmt: skip
def test_each_defect_of_an_isa_has_its_word(change: dict[str, Any], state: str, defect: str) -> None:
    found = both_ways(with_isas({**RUNNING, **change}))
    assert (found.state, found.defect) == (state, defect)


@pytest.mark.parametrize(
    ("change", "state", "defect"),
    [
        ({"status": "draft"}, "NONE", "FRAMEWORK_NOT_SIGNED"),
        ({"last_day": "2026-11-22"}, "LAPSED", "FRAMEWORK_ENDED"),
        ({"last_day": "2026-11-23"}, "CURRENT", "SOUND"),
        ({"effective_from": "2026-11-24"}, "NONE", "NOT_BEGUN"),
        ({"parties": ["northshire-nhs", "northshire-csc"]}, "NONE", "FRAMEWORK_NOT_A_PARTY"),
        ({"signatories": BOTH[:1]}, "NONE", "FRAMEWORK_NOT_A_PARTY"),
        ({"signatories": BOTH[1:]}, "NONE", "FRAMEWORK_NOT_A_PARTY"),
        ({"signatories": BOTH}, "CURRENT", "SOUND"),
    ],
)
def test_each_defect_of_the_framework_has_its_word(change: dict[str, Any], state: str, defect: str) -> None:
    found = both_ways(under(**change))
    assert (found.state, found.defect) == (state, defect)


@pytest.mark.parametrize("organisation", ["northshire-nhs", HOLDER])
@pytest.mark.parametrize(
    ("until", "defect"),
    [("2026-10-24", "SOUND"), ("2026-10-23", "DSPT_LAPSED"), ("2024-01-01", "DSPT_LAPSED"), ("", "SOUND")],
)
def test_a_lapsed_assessment_blocks_after_the_days_of_grace(
    organisation: str, until: str, defect: str
) -> None:
    assert both_ways(with_organisation(organisation, dspt_until=until)).defect == defect


def test_a_lapsed_assessment_of_somebody_else_or_where_the_isa_only_warns_blocks_nothing() -> None:
    assert both_ways(with_organisation("northshire-csc", dspt_until="2024-01-01")).defect == "SOUND"
    warns = with_organisation(HOLDER, dspt_until="2024-01-01")
    warns = replace(warns, isas=({**housing(), **RUNNING},))
    assert both_ways(warns).defect == "SOUND"


def test_it_counts_for_its_parties_and_purposes_only() -> None:
    book = with_isas(RUNNING)
    assert paper_between(book, OVERVIEW, HOLDER).state == "CURRENT"
    assert paper_between(book, OVERVIEW, "northshire-gp") == NONE_AT_ALL
    assert paper_between(book, replace(OVERVIEW, purpose="COC"), HOLDER) == Paper("NONE", "PURPOSE_NOT_NAMED")


def test_one_party_s_agreement_covers_only_what_passes_to_or_from_it() -> None:
    assert housing()["only_with"] == HOLDER
    assert paper_between(with_isas(RUNNING), OVERVIEW, "northshire-csc") == NONE_AT_ALL


def test_of_several_the_one_that_names_the_role_then_the_widest() -> None:
    book = with_isas(
        {**RUNNING, "id": "a", "roles": ["GP"]},
        {**RUNNING, "id": "b", "classes": ["DM0"]},
        {**RUNNING, "id": "c", "classes": ["DM0", "DM1"]},
    )
    assert both_ways(book).isa == "c"


def test_one_that_ended_or_is_drafted_does_not_hide_one_in_force() -> None:
    book = with_isas({"id": "old"}, {"id": "new", "effective_from": "2026-04-01", **RUNNING})
    assert both_ways(book) == Paper("CURRENT", "SOUND", "new")
    book = with_isas({"id": "a", "status": "draft", **RUNNING}, {"id": "b", **RUNNING})
    assert both_ways(book) == Paper("CURRENT", "SOUND", "b")


def test_a_draft_of_the_next_does_not_hide_that_the_last_has_ended() -> None:
    book = with_isas(
        {"id": "a", "status": "draft", **RUNNING}, {"id": "old"}, {"id": "older", "last_day": "2025-03-31"}
    )
    assert both_ways(book) == Paper("LAPSED", "ENDED", "old")


def test_a_suspended_partner_is_suspended_as_asker_holder_and_towards_itself() -> None:
    book = with_organisation("northshire-nhs", suspended=True)
    suspended = Paper("SUSPENDED", "PARTNER_SUSPENDED")
    assert both_ways(book) == suspended
    assert paper_between(book, OVERVIEW, "northshire-nhs") == suspended
    assert (
        paper_between(book, replace(OVERVIEW, organisation="northshire-csc"), "northshire-nhs") == suspended
    )


def test_an_organisation_that_nobody_knows_has_no_paper() -> None:
    assert paper_between(shipped_book(), OVERVIEW, "elsewhere") == NONE_AT_ALL


def test_what_a_caller_says_of_paper_is_not_read() -> None:
    claimed = profile(source_organisation="eastshire-nhs", paper="CURRENT", isa="safeguarding-children")
    found = with_papers(shipped_book(), context(), (claimed,))[0]
    assert (found.paper, found.isa, found.paper_defect) == ("NONE", "", "NO_ISA")


def test_no_word_for_a_defect_goes_unused() -> None:
    said = {"SOUND", "NO_ISA", "PARTNER_SUSPENDED", "DSPT_LAPSED"}
    for mark in (*pytestmarks(test_each_defect_of_an_isa_has_its_word),
                 *pytestmarks(test_each_defect_of_the_framework_has_its_word)):  # fmt: skip
        said.add(mark[2])
    assert said == set(codes("paper-defects"))


def pytestmarks(test: Any) -> list[Any]:
    return [row for mark in test.pytestmark if mark.name == "parametrize" for row in mark.args[1]]
