"""What the benchmark of matching says of results: counted by hand here, and each bar missed by one too many."""

from dataclasses import replace

import pytest

from benchmarks.match import spread
from benchmarks.matching import bias, judge
from benchmarks.matching.ask import ASKED_OTHER, ASKED_RIGHT, AUTO_RIGHT, AUTO_WRONG, NOBODY, Result
from benchmarks.matching.folder import Asked, Pair
from benchmarks.matching.gates import ROWS, Table, at_most, interval, quantile
from benchmarks.matching.splink_route import against
from services.index.synth.pairs import CATEGORIES, NEVER
from services.index.synth.people import COLUMNS, Record

RECORD = Record(**dict.fromkeys(COLUMNS, ""))
RIGHT = Result(AUTO_RIGHT, "number-birth-given", candidate=True, seconds=0.0005, processor=0.0004, truncated=False,
               holds_number=True)  # fmt: skip
KNOWN = Asked("english", "25-44", "none", "", "a1", RECORD)
UNKNOWN = replace(KNOWN, expected="")
REVIEWED = replace(RIGHT, outcome=ASKED_RIGHT)


def table_of(asked: list[Asked], results: list[Result]) -> Table:
    table = Table("made by hand")
    judge.queries(table, asked, results)
    return table


def test_a_clean_run_meets_every_bar_and_one_wrong_link_misses_the_first() -> None:
    bare = replace(RIGHT, holds_number=False)
    asked = [KNOWN] * 2_000 + [UNKNOWN] * 200
    results = [RIGHT] * 1_000 + [bare] * 1_000 + [replace(RIGHT, outcome=NOBODY, candidate=None)] * 200
    table = table_of(asked, results)
    assert table.missed == 0
    assert table.said["wrong"][0].startswith("0 of 2,000 links (2,200 queries); 95 %: at most 1.5e-03")
    for wrong in (replace(RIGHT, outcome=AUTO_WRONG, rule="likeness"),):
        # Somebody who is known, and somebody who is not.
        for place in (0, -1):
            spoiled = [*results]
            spoiled[place] = wrong
            found = table_of(asked, spoiled)
            assert found.said["wrong"][1].startswith("MISSED") and "likeness 1" in found.said["wrong"][0]


@pytest.mark.parametrize(
    ("row", "spoiled", "count"),
    [
        ("candidates", replace(RIGHT, candidate=False), 2),
        ("found", replace(RIGHT, outcome=NOBODY), 3),
        ("found", replace(RIGHT, outcome=ASKED_OTHER), 3),
        ("auto", REVIEWED, 41),
        ("review", REVIEWED, 101),
    ],
)
def test_one_too_many_misses_its_bar_and_one_less_does_not(row: str, spoiled: Result, count: int) -> None:
    for many, met in ((count, False), (count - 1, True)):
        results = [spoiled] * many + [RIGHT] * (2_000 - many)
        # A third without a number, so that no share of nothing stands in the row.
        results[-500:] = [replace(RIGHT, holds_number=False)] * 500
        table = table_of([KNOWN] * 2_000, results)
        if row != "auto":
            assert table.said[row][1].startswith("met") == met, many
        else:
            assert table.said[row][1].startswith("met") == (many / 1_500 <= 0.02)


def test_speed_is_by_the_clock_and_says_the_processor_too() -> None:
    table = Table("")
    judge.speed(table, [RIGHT] * 98 + [replace(RIGHT, seconds=0.004)] * 2)
    assert table.said["speed"] == (
        "0.50 / 4.00 ms (p99.9 4.0, most 4); processor 0.40 / 0.40 ms",
        "met (<= 1 / 5 ms)",
    )
    judge.speed(table, [RIGHT] * 98 + [replace(RIGHT, seconds=0.006)] * 2)
    judge.speed(table, [replace(RIGHT, seconds=0.0011)] * 100)
    assert table.missed == 2


def pairs_of(category: str, outcomes: list[str]) -> Table:
    table = Table("")
    pairs = [Pair(category, CATEGORIES[category][0], RECORD, RECORD)] * len(outcomes)
    judge.hard(table, pairs, [replace(RIGHT, outcome=one) for one in outcomes])
    return table


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_pair_of_two_people_that_is_linked_misses_the_bar(category: str) -> None:
    same = CATEGORIES[category][0]
    assert pairs_of(category, [ASKED_RIGHT] * 1_000).missed == 0
    one = pairs_of(category, [AUTO_RIGHT if same else AUTO_WRONG] + [ASKED_OTHER] * 999)
    assert one.missed == (0 if same else int(category in NEVER))
    two = pairs_of(category, [AUTO_WRONG] * 2 + [ASKED_OTHER] * 998)
    assert two.missed == 1


def test_a_row_that_was_not_run_says_why_and_is_not_met() -> None:
    lines = Table("title").lines({"http": "no server"})
    assert len(lines) == len(ROWS) + 1
    assert any("$match" in line and "NOT RUN: no server" in line for line in lines)
    assert not any("met" in line for line in lines)


def test_a_group_is_beyond_only_where_its_whole_interval_is() -> None:
    asked, results = [], []
    for group, reviewed, of in (
        ("english", 40, 1_000),
        ("polish", 120, 1_000),
        ("tamil", 3, 30),
        ("welsh", 45, 1_000),
    ):
        asked += [replace(KNOWN, culture=group)] * of
        results += [REVIEWED] * reviewed + [RIGHT] * (of - reviewed)
    rates = {(one.group, one.what): one for one in bias.rates(asked, results) if one.dimension == "culture"}
    review = {group: rates[group, "review"].verdict for group in ("english", "polish", "tamil", "welsh")}
    assert review == {"english": "within", "polish": "BEYOND", "tamil": "undecided", "welsh": "within"}
    assert rates["polish", "review"].ratio == pytest.approx(3)
    assert rates["polish", "false links"].verdict == "within"
    table = Table("")
    lines = bias.report(table, asked, results)
    assert table.missed == 1 and "polish review" in table.said["bias"][0]
    assert sum("culture: " in line for line in lines) == 8
    # One false link where the majority has none is more than twice nothing.
    results[-1] = replace(RIGHT, outcome=AUTO_WRONG)
    false = [one for one in bias.rates(asked, results) if one.what == "false links" and one.group == "welsh"]
    assert [one.verdict for one in false] == ["BEYOND"]


def test_intervals_and_quantiles() -> None:
    assert interval(0, 0) == (0.0, 1.0)
    low, high = interval(10, 100)
    assert low == pytest.approx(0.0552, abs=1e-4) and high == pytest.approx(0.1744, abs=1e-4)
    assert at_most(0, 30_000) == pytest.approx(1e-4)
    assert quantile([3, 1, 2], 0.5) == 2 and quantile([*range(1, 101)], 0.99) == 99 and quantile([], 0.5) == 0


@pytest.mark.parametrize(
    ("many", "most", "taken"), [(2_200, 200, 200), (190, 200, 190), (19, 10, 10), (5, 0, 0), (0, 7, 0)]
)
def test_of_many_questions_some_are_taken_all_along_and_of_none_none(
    many: int, most: int, taken: int
) -> None:
    some = spread(range(many), most)
    assert len(some) == taken
    assert not some or (some[0] == 0 and some[-1] >= many * 0.85)


def test_one_question_is_enough_to_be_set_beside_splink() -> None:
    assert against([2.0], [50.0]) == "50.0 / 50.0 ms against our 2.00 / 2.00 ms (1 questions): 25.0x"
