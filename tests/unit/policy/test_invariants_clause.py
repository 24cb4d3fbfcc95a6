"""What a holder agreed to in an ISA is law to the invariants too: it lifts the asking, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest

from services.policy.invariants.depths import matrix
from services.policy.invariants.papers import agreed_beforehand
from services.policy.invariants.row import Row
from services.policy.invariants.said import Said, owner
from services.policy.invariants.written import Written, written
from tests.policy_world import context, profile, shipped_book

ISA = "safeguarding-children"
CLAUSE = {"holder": "brook-hospice", "purposes": ["C-S47"], "classes": ["DM4", "DM5"]}


@pytest.fixture(scope="module")
def agreed() -> Written:
    """The shipped papers, with the hospice's word in one of them."""
    papers = written(shipped_book())
    whole = {**papers.isas[ISA], "releases_without_asking": [CLAUSE]}
    return replace(papers, isas={**papers.isas, ISA: whole})


def said(papers: Written, code: str = "DM5", purpose: str = "C-S47", **more: Any) -> Said | None:
    held = {"source_organisation": "brook-hospice", "source_kind": "hospice", "isa": ISA} | more
    return matrix(Row(context(purpose=purpose), profile(**held), {}, papers), code)


def test_what_was_agreed_is_not_put_to_the_owner(agreed: Written) -> None:
    assert said(written(shipped_book())) == owner()
    assert said(agreed) is None


@pytest.mark.parametrize(
    "more",
    [
        {"code": "DM6"},
        {"source_organisation": "northshire-nhs"},
        {"purpose": "MARAC"},
        {"paper_defect": "ENDED", "paper": "LAPSED"},
        {"isa": ""},
    ],
)
def test_and_nothing_else_is(agreed: Written, more: dict[str, Any]) -> None:
    assert said(agreed, **more) == owner()


def test_a_class_stands_for_its_letters(agreed: Written) -> None:
    row = Row(context(), profile(source_organisation="brook-hospice", isa=ISA), {}, agreed)
    assert [agreed_beforehand(row, code) for code in ("DM4", "DM4r", "DM5", "DM3")] == [
        True,
        True,
        True,
        False,
    ]
