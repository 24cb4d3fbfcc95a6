"""Promise: the words add up to the weight; of a protected person's place nothing is said, and no figure."""

import math

import pytest

from services.contract.vocabulary import code_list
from services.index.matching import model, score
from services.index.matching.explain import EVIDENCE, START, explain, rule_of, weight_of
from services.index.matching.levels import LEVELS
from services.index.matching.verdict import REVIEW, Verdict
from tests.unit.index.northshire import MIA
from tests.unit.index.pairs import lives_at, summary

ONE = summary(nhs=MIA, homes=lives_at("1elmstzz11aa"), sex="female", phones=("01632960001",))
WEIGHED = Verdict(
    REVIEW, "given-differs", score.score(model.shipped(), ONE, summary("Leo Reid", homes=ONE.homes))
)


def test_the_lines_add_up_to_the_weight() -> None:
    lines = explain(WEIGHED, redacted=False)
    assert lines[0].code == START
    assert math.isclose(math.fsum(line.bits or 0.0 for line in lines), WEIGHED.scored.weight, abs_tol=1e-9)
    assert weight_of(WEIGHED, redacted=False) == WEIGHED.scored.weight
    assert "place-home" in {line.code for line in lines}


def test_of_a_protected_person_no_place_and_no_figure_is_said() -> None:
    lines = explain(WEIGHED, redacted=True)
    assert {line.bits for line in lines} == {None}
    assert {line.code.split("-")[0] for line in lines} == {"given", "family", "born"}
    assert weight_of(WEIGHED, redacted=True) is None
    elsewhere = score.score(model.shipped(), ONE, summary("Leo Reid", homes=lives_at("9farawayroad")))
    assert explain(Verdict(REVIEW, "given-differs", elsewhere), redacted=True) == lines


def test_every_level_has_its_sentence() -> None:
    assert set(code_list(EVIDENCE)) == {
        START,
        *(f"{name}-{level}" for name, known in LEVELS.items() for level in known),
    }
    assert all(row["sentence"].endswith(".") for row in code_list(EVIDENCE).values())


def test_no_rule_without_a_sentence() -> None:
    assert rule_of("likeness")
    with pytest.raises(KeyError):
        rule_of("no-such-rule")
