"""Which changes are found to narrow, and what signers read of those that widen: rule by rule, and paper by paper."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.policy.lifecycle import weighed as weighing
from services.policy.lifecycle.impact import Found, Line
from services.policy.lifecycle.proposals import Version, version_in
from services.policy.lifecycle.weighed import in_words, weighed
from tests.signing_world import a_folder, edit, key

ISA = "isa/housing.yaml"
CHILDREN = "isa/safeguarding-children.yaml"
CLAUSE = "releases_without_asking:\n  - {holder: brook-hospice, purposes: [C-S47], classes: [DM5]}\n"
Edited = Callable[..., tuple[Version, Version]]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_folder(tmp_path_factory.mktemp("shipped") / "policies", {"amina.shah": key("amina.shah")})


@pytest.fixture(scope="module")
def unchanged(shipped: Path) -> Version:
    return version_in(shipped)


@pytest.fixture
def edited(shipped: Path, unchanged: Version, tmp_path: Path) -> Edited:
    def change(*edits: tuple[str, str, str]) -> tuple[Version, Version]:
        folder = tmp_path / "policies"
        shutil.copytree(shipped, folder, dirs_exist_ok=True)
        for file, old, new in edits:
            edit(folder, file, old, new)
        return unchanged, version_in(folder)

    return change


@pytest.mark.parametrize(
    ("file", "old", "new", "rule"),
    [
        ("isa/family-overview.yaml", "status: signed", "status: suspended", "ISA or statutory gateway"),
        (CHILDREN, "  - SW-EDT\n", "", "ISA or statutory gateway"),
        ("gateways/ca89-47.yaml", "[DM0, DM0p, DM3s]", "[DM0]", "ISA or statutory gateway"),
        (
            "catalogue/lookback.yaml",
            "FAM-OVERVIEW: [UP_TO_12M, UP_TO_5Y]",
            "FAM-OVERVIEW: [UP_TO_12M]",
            "Currency and lookback",
        ),
        (
            "labels.yaml",
            "- {classes: *summary_up, then: ask-owner}",
            "- {classes: *summary_up, then: silent}",
            "Sensitivity",
        ),
        (
            "organisations.yaml",
            'dspt_until: "2027-06-30"',
            'dspt_until: "2027-06-30"\n    suspended: true',
            "ISA or statutory gateway",
        ),
    ],
)
def test_what_takes_away_narrows_and_its_way_back_widens(
    edited: Edited, file: str, old: str, new: str, rule: str
) -> None:
    before, after = edited((file, old, new))
    forth, back = weighed(before, after), weighed(after, before)
    assert not forth.widens
    assert any(rule in line.text and "keep back more" in line.text for line in forth.lines)
    assert back.widens
    assert any(rule in line.text and "keep back less" in line.text and line.widens for line in back.lines)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (ISA, "title: ", "title: The ", f"{ISA} line 3 says otherwise of `title`"),
        (
            "organisations.yaml",
            "retention_days: 3650",
            "retention_days: 3651",
            "says otherwise of `sources` of Northshire Council Children's Social Care",
        ),
        (
            ISA,
            "name: Priya Nair",
            "name: Priya Nayer",
            "says otherwise of who signed for northshire-housing",
        ),
        ("catalogue/codes.yaml", "codes:", "codes:\n  urn:x|1: [HIV]", "catalogue/codes.yaml is changed"),
        (
            "catalogue/lookback.yaml",
            "months: 60",
            "months: 61",
            "catalogue/lookback.yaml line 4 says otherwise of `buckets`",
        ),
    ],
)
def test_what_no_table_shows_counts_as_widening_with_its_place(
    edited: Edited, file: str, old: str, new: str, said: str
) -> None:
    before, after = edited((file, old, new))
    found = weighed(before, after)
    assert found.widens
    assert any(said in line.text and line.widens for line in found.lines), [line.text for line in found.lines]


def test_a_duty_that_goes_with_the_paper_widens_only_where_something_is_still_released(
    edited: Edited,
) -> None:
    """The ISA's duty is gone with it: an enquiry goes on under the law without the duty, and that is said."""
    before, after = edited((CHILDREN, "status: signed", "status: suspended"))
    found = weighed(before, after)
    lost = [line.text for line in found.lines if line.widens]
    assert found.widens and len(lost) == 1
    assert "no longer oblige whoever receives to “No passing on” (NORDSCLCD)" in lost[0]
    assert "Child protection enquiry" in lost[0] and "Family overview" not in lost[0]


def test_rules_that_were_changed_are_not_compared(edited: Edited) -> None:
    before, after = edited(("rego/ask/ask.rego", "package mash.ask", "package mash.ask\n"))
    found = weighed(before, after)
    assert found.widens
    assert [line.text.split(" ")[0] for line in found.lines] == ["rego/ask/ask.rego"]


def test_a_clause_widens_by_name_and_without_it_nothing_does(edited: Edited) -> None:
    before, with_clause = edited((CHILDREN, "lawful_basis:", f"{CLAUSE}lawful_basis:"))
    (line,) = weighed(before, with_clause).lines
    assert line.widens
    for word in (
        "Class matrix",
        "detail (DM5)",
        "Child protection enquiry",
        "Brook Hospice",
        "put to the owner",
    ):
        assert word in line.text
    back = weighed(with_clause, before)
    assert (back.widens, bool(back.lines)) == (False, True)


def test_signers_read_what_rules_and_questions_say(edited: Edited, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = edited((CHILDREN, "lawful_basis:", f"{CLAUSE}lawful_basis:"))
    heard, asked = list[str](), Line("Social workers would see more.", True)
    monkeypatch.setattr(weighing, "cell_by_cell", lambda *_: Found(True, (asked,), {"questions": 1}))
    told = in_words(before, after, heard.append)
    assert told.widens and told.detail == {"questions": 1}
    assert told.lines[0] == asked and "Class matrix" in told.lines[1].text
    assert "every question of the book" in heard and "the rows of matrix" in heard
    # Either way of looking is enough to make it a widening.
    assert in_words(after, before).widens


def test_an_agreement_that_is_over_already_takes_nothing_away_when_it_is_suspended(edited: Edited) -> None:
    before, after = edited((ISA, "status: signed", "status: suspended"))
    assert weighed(before, after) == Found(False, ())
    again, extended = edited((ISA, "last_day: 2026-03-31", "last_day: 2031-03-30"))
    assert weighed(again, extended).widens


def test_the_same_book_narrows_nothing_and_widens_nothing(unchanged: Version) -> None:
    version = unchanged
    assert weighed(version, version) == Found(False, ())
    assert in_words(version, replace(version)) == Found(False, ())
