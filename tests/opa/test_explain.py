"""One question explained: the rules' own findings, the clause of each, what is missing, whom to ask."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from services.contract.problems import BadInput
from services.policy.circumstances import PLAIN, Asking
from services.policy.engine_rows import EngineRows
from services.policy.explain.by_opa import findings
from services.policy.explain.explain import Explanation, explain
from services.policy.explain.question import Asked
from tests.policy_world import embedded, shipped_book

ASKING = Asking("northshire-csc", "SW-CHILD", "C-S47", "2026-11-23")


def _explained(opa: Path, asked: Asked, *classes: str) -> Explanation:
    engine, book = embedded(), shipped_book()
    try:
        return explain(book, EngineRows(engine, book), partial(findings, book, opa), asked, classes)
    finally:
        engine.close()


def _line(place: str) -> str:
    """The line of the policy files that a place names."""
    file, _, rest = place.partition(" line ")
    return shipped_book().files[file].decode().splitlines()[int(rest.split()[0].rstrip(",")) - 1]


def test_why_a_care_plan_is_put_to_its_owner_and_whom_to_ask(opa_program: Path) -> None:
    told = _explained(opa_program, Asked(ASKING, "brook-hospice", PLAIN, ("labels=MH",)), "DM5")
    (one,) = told.classes
    assert one.word == "Owner is asked"
    first = one.because[0]
    assert (first.rule, first.decides) == ("class matrix", True)
    assert _line(first.place).strip().startswith("C-S47:")
    # What the composed cell does not tell: the label takes away too.
    label = next(because for because in one.because if because.rule == "sensitivity label")
    assert not label.decides
    assert "MH" in _line(label.place) or "labels" in _line(label.place)
    assert any("Brook Hospice" in whom for whom in one.ask)
    assert one.missing == ("The organisation that holds this has not approved it.",)


def test_lapsed_paper_is_named_with_the_line_of_its_last_day(opa_program: Path) -> None:
    asking = replace(ASKING, purpose="FAM-OVERVIEW")
    told = _explained(opa_program, Asked(asking, "northshire-housing", PLAIN), "DM1")
    because = next(one for one in told.classes[0].because if one.rule == "ISA or gateway")
    assert because.place.startswith("isa/housing.yaml")
    assert "last_day" in _line(because.place)
    assert "housing.yaml" in told.paper


def test_a_word_that_nobody_knows_is_refused_with_a_near_one(opa_program: Path) -> None:
    with pytest.raises(BadInput, match="Did you mean labels"):
        _explained(opa_program, Asked(ASKING, "brook-hospice", PLAIN, ("label=MH",)))
    with pytest.raises(BadInput, match="Did you mean brook-hospice"):
        _explained(opa_program, Asked(ASKING, "brook-hospic", PLAIN))
