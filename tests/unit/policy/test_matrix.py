"""The matrix of one question: what an IG lead finds in it, in seconds."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.contract.decisions import Matrix, MatrixAsked
from services.contract.problems import BadInput
from services.contract.vocabulary import codes
from services.policy.circumstances import GROUPS, circumstances
from services.policy.engine_rows import EngineRows
from services.policy.matrix import matrix_of, shown_classes
from services.policy.matrix_page import page_of
from services.policy.near import known, one_of
from tests.policy_world import embedded, shipped_book

ASKED = MatrixAsked("northshire-csc", "SW-CHILD", "C-S47", "2026-11-23", "brook-hospice")


@pytest.fixture(scope="module")
def engine() -> Iterator[EngineRows]:
    found = embedded()
    yield EngineRows(found, shipped_book())
    found.close()


@pytest.fixture(scope="module")
def matrix(engine: EngineRows) -> Matrix:
    return matrix_of(shipped_book(), engine, ASKED)


def _cell(matrix: Matrix, circumstance: str, class_: str) -> tuple[str, str]:
    (part,) = matrix.parts
    row = next(row for row in part.rows if row.code == circumstance)
    cell = row.cells[shown_classes().index(class_)]
    return cell.effect, cell.reason


def test_a_hospices_care_plan_at_an_enquiry_is_put_to_the_owner_and_says_so(matrix: Matrix) -> None:
    assert _cell(matrix, "adult", "DM5") == ("ask-owner", "The owner decides")
    assert _cell(matrix, "case-child", "DM5")[0] == "release"
    assert _cell(matrix, "owner-approved", "DM5")[0] == "release"


def test_each_state_that_an_ig_lead_names_has_its_row(matrix: Matrix) -> None:
    assert _cell(matrix, "harm-link", "DM2") == ("withhold", "Would place a protected person")
    assert _cell(matrix, "superseded", "DM4")[0] == "silent"
    assert _cell(matrix, "v", "DM4")[0] == "ask-owner"
    assert _cell(matrix, "paper-suspended", "DM0") == ("withhold", "Organisation suspended")
    assert _cell(matrix, "label-gdis", "DM4")[0] == "silent"
    assert _cell(matrix, "case-lapsed", "DM0") == ("withhold", "Purpose not permitted")


def test_every_label_of_the_vocabulary_is_in_a_circumstance() -> None:
    book = shipped_book()
    alike = {repr(book.data["labels"].get(label)) for label in codes("sensitivity")}
    shown = {
        repr(book.data["labels"].get(one.profile["labels"][0]))
        for one in circumstances(book)
        if one.group == "label"
    }
    assert shown == alike
    assert {one.group for one in circumstances(book)} == set(GROUPS)


def test_gaps_and_conflicts_are_said(engine: EngineRows) -> None:
    every = matrix_of(shipped_book(), engine, replace(ASKED, holder="", purpose="COC", role="VCS-COORD"))
    text = " ".join(every.gaps)
    assert "The role may not use this purpose" in text
    assert "No ISA names this purpose between" in text
    assert "Eastshire" in text
    no_ceiling = matrix_of(shipped_book(), engine, replace(ASKED, role="IG-LEAD"))
    assert any("no ceiling" in gap for gap in no_ceiling.gaps)


def test_own_records_have_no_paper_and_no_owner_to_ask(engine: EngineRows) -> None:
    own = matrix_of(shipped_book(), engine, replace(ASKED, holder="northshire-csc"))
    (part,) = own.parts
    assert not {row.group for row in part.rows} & {"paper", "owner"}
    assert part.paper == ("Own records: no ISA is read.",)


def test_the_page_holds_everything_in_one_file_and_escapes_what_it_is_told(matrix: Matrix) -> None:
    page = page_of(replace(matrix, question="<b>&"))
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "&lt;b&gt;&amp;" in page
    for word in ("Owner is asked", "The owner decides", "Silent", "Barred by law"):
        assert word in page


def test_a_word_that_is_not_known_is_answered_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="Did you mean SW-CHILD"):
        one_of("--role", "SW-CHILDS", known("roles"))
