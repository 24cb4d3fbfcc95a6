"""No two numbers that are ever given tell of fewer than ten people, whenever and for whomever they were counted."""

from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from services.contract.people import Counted
from services.gateway.counts.cells import Cells, cells_of, settled, table
from services.gateway.suppress import SMALLEST, apart

COUNTS = st.lists(st.integers(0, 120), min_size=1, max_size=12)


def _over_time(counts: list[int]) -> list[Cells]:
    taken: list[Cells] = []
    for people in counts:
        taken.insert(0, settled({"age/ADULT": people}, taken))
    return taken[::-1]


@example([14, 15, 14, 9, 10, 25, 24])
@given(COUNTS)
def test_every_number_is_a_ten_near_the_count_and_never_of_a_few(counts: list[int]) -> None:
    for people, cells in zip(counts, _over_time(counts), strict=True):
        shown = table(cells, "age", None).counts["ADULT"]
        assert (shown is None) == (people < SMALLEST)
        if shown is not None:
            assert shown % 10 == 0
            assert shown >= SMALLEST
            assert abs(shown - people) < SMALLEST


@given(COUNTS)
def test_any_two_numbers_are_equal_or_ten_apart(counts: list[int]) -> None:
    shown = [cells["age/ADULT"] for cells in _over_time(counts)]
    assert all(one == other or abs(one - other) >= SMALLEST for one, other in combinations(shown, 2))


@given(st.integers(10, 100), st.lists(st.integers(-4, 4), max_size=8))
def test_a_few_people_coming_and_going_move_nothing(first: int, steps: list[int]) -> None:
    counts = [first, *(max(first + step, 10) for step in steps)]
    assert len({cells["age/ADULT"] for cells in _over_time(counts)}) == 1


def test_every_cell_is_there_with_nobody_in_it_too() -> None:
    cells = cells_of(Counted({"ADULT": 12}, {("ADULT", "acute"): 12}), ["acute", "housing"])
    assert len(cells) == 4 + 2 * 4
    assert table(cells, "kind-of-service", "ADULT").counts == {"acute": 12, "housing": None}
    assert table(cells, "kind-of-service", "UNDER_13").counts == {"acute": None, "housing": None}
    assert table(cells, "age", None).total is None


def test_none_and_a_few_look_the_same() -> None:
    assert apart({"a": 0, "b": 9, "c": 10}).counts == {"a": None, "b": None, "c": 10}
