"""Rows 5b, 5e, 5g, 5i: decisions about treatment stand beside each other, newest first, none ranked; a disagreement is said."""

from typing import Any

import pytest

from services.gateway.answering.decisions import (
    ADRT,
    ADRT_SCOPE,
    CPR_CONFLICT,
    CPR_FOR,
    CPR_NOT_FOR,
    NO_ADRT,
    NO_CPR,
    notes_on,
)
from services.gateway.pages.decisions import decisions_of

NAMES = {"a": "Brook Hospice", "b": "Northshire Health Centre", "c": "Brook Hospice"}


def flag(
    id: str, code: str, start: str, *, end: str = "", text: str = "", status: str = "active", of: str = "p1"
) -> dict[str, Any]:
    return {
        "resourceType": "Flag",
        "id": id,
        "status": status,
        "subject": {"reference": of},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": code}], "text": text},
        "period": {"start": start} | ({"end": end} if end else {}),
        "author": {"display": "Dr Lee"},
    }


HOSPICE = flag("a", CPR_NOT_FOR, "2026-09-24")
PRACTICE = flag("b", CPR_FOR, "2026-10-30")
ADVANCE = flag("c", ADRT, "2026-09-26", text="Advance decision to refuse treatment: ventilation only")
MEDICINE = {"resourceType": "MedicationStatement", "id": "m", "status": "active"}


def test_two_sources_that_disagree_are_both_shown_newest_first_and_it_is_said() -> None:
    assert CPR_CONFLICT in notes_on([HOSPICE, MEDICINE, PRACTICE])
    found = decisions_of([HOSPICE, MEDICINE, PRACTICE], NAMES, "2026-11-23")
    assert found.disagree
    assert [(one.word, one.source) for one in found.rows] == [
        ("FOR CPR", "Northshire Health Centre"),
        ("NOT for CPR", "Brook Hospice"),
    ]


@pytest.mark.parametrize(
    "others",
    [
        [],
        [flag("b", CPR_NOT_FOR, "2026-01-01")],
        [flag("b", CPR_FOR, "2026-01-01", status="inactive")],
        [flag("b", CPR_FOR, "2026-01-01", of="p2")],
        [ADVANCE],
    ],
)
def test_it_is_not_said_where_nobody_disagrees(others: list[dict[str, Any]]) -> None:
    assert CPR_CONFLICT not in notes_on([HOSPICE, *others])
    mine = [one for one in (HOSPICE, *others) if one["subject"]["reference"] == "p1"]
    assert not decisions_of(mine, NAMES, "2026-11-23").disagree


def test_the_words_for_none_depend_on_what_is_shown_alone() -> None:
    assert notes_on([MEDICINE]) == (NO_CPR, NO_ADRT)
    assert NO_CPR not in notes_on([HOSPICE])
    assert NO_ADRT in notes_on([HOSPICE])
    assert NO_ADRT not in notes_on([ADVANCE])
    assert NO_ADRT not in notes_on([{"resourceType": "QuestionnaireResponse", "id": "q"}])


def test_an_advance_decision_shows_its_scope_beside_the_cpr_decision_unranked() -> None:
    assert ADRT_SCOPE in notes_on([HOSPICE, ADVANCE])
    rows = decisions_of([HOSPICE, ADVANCE], NAMES, "2026-11-23").rows
    assert [one.word for one in rows] == ["ADRT", "NOT for CPR"]
    assert "ventilation only" in rows[0].scope


@pytest.mark.parametrize(
    ("end", "overdue"), [("", False), ("2026-11-22", True), ("2026-11-23", False), ("2026-10", True)]
)
def test_a_decision_past_its_review_is_shown_with_a_word(end: str, overdue: bool) -> None:
    rows = decisions_of([flag("a", CPR_NOT_FOR, "2026-01-01", end=end)], NAMES, "2026-11-23").rows
    assert [one.overdue for one in rows] == [overdue]
