"""The state of the paperwork: days inclusive, parties, purposes, suspension."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from services.policy.paper import Paper, paper_between, with_papers
from services.runtime.book import Book
from tests.policy_world import context, profile, shipped_book

OVERVIEW = context(purpose="FAM-OVERVIEW", role="HEALTH-VISITOR", organisation="northshire-nhs")


def with_isas(*changes: dict[str, Any]) -> Book:
    """The shipped book with one ISA over and over, each time changed."""
    housing = next(isa for isa in shipped_book().isas if isa["id"] == "housing")
    return replace(shipped_book(), isas=tuple({**housing, **change} for change in changes))


def suspended(organisation: str) -> Book:
    book = shipped_book()
    changed = {**book.organisations, organisation: replace(book.organisations[organisation], suspended=True)}
    return replace(book, organisations=MappingProxyType(changed))


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2024-03-31", "NONE"),
        ("2024-04-01", "CURRENT"),
        ("2026-03-31", "CURRENT"),
        ("2026-04-01", "LAPSED"),
    ],
)
def test_an_isa_counts_from_its_first_day_to_its_last(on: str, state: str) -> None:
    found = paper_between(shipped_book(), replace(OVERVIEW, on=on), "northshire-housing")
    assert found == Paper(state, "" if state == "NONE" else "housing")


@pytest.mark.parametrize("status", ["draft", "suspended"])
def test_an_isa_that_is_not_signed_does_not_count(status: str) -> None:
    book = with_isas({"status": status, "last_day": "2031-01-01"})
    assert paper_between(book, OVERVIEW, "northshire-housing") == Paper("NONE")


def test_it_counts_for_its_parties_and_purposes_only() -> None:
    book = with_isas({"last_day": "2031-01-01"})
    assert paper_between(book, OVERVIEW, "northshire-housing").state == "CURRENT"
    assert paper_between(book, OVERVIEW, "northshire-gp").state == "NONE"
    assert paper_between(book, replace(OVERVIEW, purpose="COC"), "northshire-housing").state == "NONE"


def test_of_several_the_one_that_names_the_role_then_the_widest() -> None:
    book = with_isas(
        {"id": "a", "last_day": "2031-01-01", "roles": ["GP"]},
        {"id": "b", "last_day": "2031-01-01", "classes": ["DM0"]},
        {"id": "c", "last_day": "2031-01-01", "classes": ["DM0", "DM1"]},
    )
    assert paper_between(book, OVERVIEW, "northshire-housing").isa == "c"


def test_one_that_ended_does_not_hide_one_in_force() -> None:
    book = with_isas({"id": "old"}, {"id": "new", "effective_from": "2026-04-01", "last_day": "2031-01-01"})
    assert paper_between(book, OVERVIEW, "northshire-housing") == Paper("CURRENT", "new")


def test_a_suspended_partner_is_suspended_as_asker_holder_and_towards_itself() -> None:
    book = suspended("northshire-nhs")
    assert paper_between(book, OVERVIEW, "northshire-housing").state == "SUSPENDED"
    assert paper_between(book, OVERVIEW, "northshire-nhs").state == "SUSPENDED"
    back = replace(OVERVIEW, organisation="northshire-csc")
    assert paper_between(book, back, "northshire-nhs").state == "SUSPENDED"


def test_an_organisation_that_nobody_knows_has_no_paper() -> None:
    assert paper_between(shipped_book(), OVERVIEW, "elsewhere") == Paper("NONE")


def test_what_a_caller_says_of_paper_is_not_read() -> None:
    claimed = profile(source_organisation="eastshire-nhs", paper="CURRENT", isa="safeguarding-children")
    found = with_papers(shipped_book(), context(), (claimed,))[0]
    assert (found.paper, found.isa) == ("NONE", "")
