"""An engine's JSON is taken whole, or withheld."""

from typing import Any

import pytest

from services.contract.decisions import WITHHELD_UNAVAILABLE, Cell
from services.policy.cells import cell_of, rows_of

RELEASE = {"effect": "release"}
WITHHELD = {"effect": "withhold", "code": "MINIMISATION", "shown_as": "MINIMISATION", "visibility": "shown"}
SILENT = {"effect": "withhold", "code": "LOOKBACK", "visibility": "silent"}
COARSE = {"effect": "generalise", "code": "MINIMISATION", "shown_as": "MINIMISATION", "how": {"date": "year"}}


def test_a_whole_cell_is_taken() -> None:
    assert cell_of(RELEASE) == Cell("release")
    assert cell_of(WITHHELD | {"missing": ["case"], "tasks": ["t"]}) == Cell(
        "withhold", "MINIMISATION", "MINIMISATION", "shown", {}, ("case",), (), ("t",)
    )
    assert cell_of(SILENT).silent
    assert cell_of(COARSE).how == {"date": "year"}


@pytest.mark.parametrize(
    "broken",
    [
        None, 7, "release", [], {}, {"effect": "allow"}, {"code": ""}, {"effect": None},
        RELEASE | {"extra": 1}, RELEASE | {"visibility": "hidden"}, RELEASE | {"visibility": "silent"},
        RELEASE | {"how": {"date": "year"}}, RELEASE | {"obligations": "all"}, RELEASE | {"tasks": [1]},
        {"effect": "generalise"}, COARSE | {"how": {}}, COARSE | {"how": {"date": "decade"}}, COARSE | {"how": {"colour": "red"}},
        {"effect": "withhold"}, {"effect": "withhold", "code": "MINIMISATION"},
        WITHHELD | {"code": ""}, WITHHELD | {"code": "BECAUSE"}, WITHHELD | {"shown_as": ""}, WITHHELD | {"shown_as": 7},
        WITHHELD | {"obligations": ["DELAU"]},
        SILENT | {"shown_as": "RESTRICTED"}, SILENT | {"missing": ["x"]}, SILENT | {"effect": "ask-owner"},
    ],
    ids=str,
)  # fmt: skip
def test_anything_else_is_withheld(broken: Any) -> None:
    assert cell_of(broken) == WITHHELD_UNAVAILABLE


def test_a_row_of_the_wrong_length_is_withheld_whole() -> None:
    found = rows_of({"cells": [[RELEASE], [RELEASE, RELEASE], None, "xx"]}, 4, 2)
    assert found is not None
    assert found[0] == found[2] == found[3] == (WITHHELD_UNAVAILABLE,) * 2
    assert found[1] == (Cell("release"),) * 2


@pytest.mark.parametrize("answer", [None, {}, {"cells": {}}, {"cells": []}, {"cells": [[RELEASE]] * 2}, []])
def test_an_answer_without_a_row_for_each_profile_is_none(answer: Any) -> None:
    assert rows_of(answer, 1, 1) is None
