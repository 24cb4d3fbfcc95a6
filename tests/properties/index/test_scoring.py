"""The score of any two records: adds up, is the same both ways round, and takes nothing for agreement that is not there."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.index.matching import levels, model
from services.index.matching.score import score
from services.index.matching.verdict import Evidence, Scored
from services.index.read import Home, Name, Number, Summary

GIVEN = [
    "",
    "john",
    "jon",
    "jack",
    "ali",
    "mohammed",
    "muhammad",
    "j",
    "smith",
    "محمد",
    "katarzyna",
    "catherine",
]
FAMILY = ["", "smith", "smyth", "smithjones", "jones", "ali", "khan", "łukasz", "john"]
BORN = ["", "2015-03-04", "2015-04-03", "2015-03-14", "2015-09-30", "1984-03-04", "1999-12-31"]
STREETS = ["", "highstreet", "northroad", "nofixedabode"]
CODES = ["", "RG11AA", "RG12BB", "ZZ993VZ"]

names = st.builds(
    lambda given, family, more: Name(family, given, f"{given} {family}", more),
    st.sampled_from(GIVEN),
    st.sampled_from(FAMILY),
    st.lists(st.sampled_from(GIVEN[1:]), max_size=2).map(tuple),
)
homes = st.builds(
    lambda number, street, code, uprn: Home(uprn, f"{number}{street}{code}", code, "", "", street),
    st.integers(1, 3),
    st.sampled_from(STREETS),
    st.sampled_from(CODES),
    st.sampled_from(["", "100012345678", "200012345678"]),
)
summaries = st.builds(
    lambda numbers, called, born, year, sex, lived, phones: Summary(
        tuple(Number(one, True) for one in numbers), tuple(called), born, born or year, sex, tuple(lived), False,
        tuple(phones),
    ),
    st.lists(st.sampled_from(["9990000018", "9990000026"]), max_size=2, unique=True),
    st.lists(names, max_size=3),
    st.sampled_from(BORN),
    st.sampled_from(["", "2015", "1984-03", "1970-01-01", "long ago"]),
    st.sampled_from(["", "male", "female", "other", "unknown"]),
    st.lists(homes, max_size=2),
    st.lists(st.sampled_from(["07700900001", "07700900002"]), max_size=2, unique=True),
)  # fmt: skip
EMPTIED = {
    levels.GIVEN: lambda one: replace(one, names=tuple(replace(n, given="", more=()) for n in one.names)),
    levels.FAMILY: lambda one: replace(one, names=tuple(replace(n, family="") for n in one.names)),
    levels.BORN: lambda one: replace(one, birth_date="", born=""),
    levels.SEX: lambda one: replace(one, sex="unknown"),
    levels.PLACE: lambda one: replace(one, homes=()),
    levels.PHONE: lambda one: replace(one, phones=()),
    levels.NUMBER: lambda one: replace(one, numbers=()),
}


def _scored(one: Summary, other: Summary) -> Scored:
    return score(model.shipped(), one, other)


def _of(scored: Scored) -> dict[str, Evidence]:
    return {part.comparison: part for part in scored.evidence}


@settings(max_examples=300, deadline=None)
@given(summaries, summaries)
def test_the_weight_is_the_sum_of_what_it_is_explained_by(one: Summary, other: Summary) -> None:
    scored = _scored(one, other)
    assert scored.weight == pytest.approx(
        scored.prior + sum(part.bits + part.frequency for part in scored.evidence), abs=1e-9
    )
    assert scored.prior == model.shipped().prior
    assert len(_of(scored)) == len(scored.evidence)
    for part in scored.evidence:
        assert part.level in levels.LEVELS[part.comparison]
        assert part.bits == model.shipped().levels[part.comparison][part.level].bits
        assert part.place == (part.comparison in ("place", "phone"))
        assert not part.frequency or (part.comparison in ("given", "family") and part.level == "same")


@settings(max_examples=300, deadline=None)
@given(summaries, summaries)
def test_two_records_score_alike_in_either_order(one: Summary, other: Summary) -> None:
    assert _scored(one, other) == _scored(other, one)


@settings(max_examples=200, deadline=None)
@given(summaries, summaries, st.sampled_from(sorted(EMPTIED)))
def test_where_one_side_says_nothing_there_is_no_evidence(one: Summary, other: Summary, name: str) -> None:
    bare = EMPTIED[name](one)
    assert name not in _of(_scored(bare, other))
    assert name not in _of(_scored(other, bare))


@settings(max_examples=200, deadline=None)
@given(
    summaries,
    summaries,
    st.sampled_from([levels.BORN, levels.SEX, levels.PLACE, levels.PHONE, levels.NUMBER]),
)
def test_nothing_weighs_more_than_full_agreement(one: Summary, other: Summary, name: str) -> None:
    """Given the other's own value, the comparison says at least as much for one person as before."""
    member = {levels.BORN: "birth_date", levels.SEX: "sex", levels.PLACE: "homes", levels.PHONE: "phones",
              levels.NUMBER: "numbers"}[name]  # fmt: skip
    before = _of(_scored(one, other)).get(name)
    after = _of(_scored(replace(one, **{member: getattr(other, member)}), other)).get(name)
    if before and after:
        assert after.bits >= before.bits


@pytest.mark.parametrize("comparison", sorted(levels.LEVELS))
def test_agreeing_less_never_weighs_more(comparison: str) -> None:
    bits = [model.shipped().levels[comparison][level].bits for level in levels.LEVELS[comparison]]
    assert bits == sorted(bits, reverse=True)
    assert bits[0] > 0 > bits[-1]


def test_a_rare_name_that_agrees_weighs_more_than_a_common_one() -> None:
    shares = model.shipped().frequencies[levels.FAMILY].shares
    common, rare = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    weights = {
        family: _scored(*[Summary((), (Name(family, "", family),), "", "", "", (), False)] * 2).weight
        for family in (common, rare, "nobodyhasthisname")
    }
    assert weights[common] < weights["nobodyhasthisname"]
    assert weights[common] < weights[rare]
