"""Small counts stay kept back, whatever a reader adds up."""

from hypothesis import example, given
from hypothesis import strategies as st

from services.gateway.suppress import SMALLEST, Table, exact, suppressed

COUNTS = st.dictionaries(st.sampled_from([*"abcdefgh"]), st.integers(0, 40), min_size=1)


def _told_apart(table: Table, known: dict[str, int]) -> dict[str, int]:
    """What a reader who knows some counts works out: a single one kept back is the total minus the rest."""
    if table.total is None:
        return {}
    seen = {name: known.get(name) if count is None else count for name, count in table.counts.items()}
    left = [name for name, count in seen.items() if count is None]
    rest = table.total - sum(count for count in seen.values() if count is not None)
    if len(left) == 1:
        return {left[0]: rest}
    # Of several that are at least 1 each, all are known where the rest is as small as it can be.
    return dict.fromkeys(left, 1) if left and rest == len(left) else {}


@given(COUNTS)
def test_no_small_count_is_shown_nor_can_be_worked_out(counts: dict[str, int]) -> None:
    table = suppressed(counts)
    assert all(count is None or count == 0 or count >= SMALLEST for count in table.counts.values())
    assert all(count == counts[name] for name, count in table.counts.items() if count is not None)
    assert not {name for name, count in _told_apart(table, {}).items() if 0 < count < SMALLEST}


@example({"b": 1, "c": 1, "d": 8}, "d")
@given(COUNTS, st.sampled_from([*"abcdefgh"]))
def test_nor_by_somebody_who_knows_their_own(counts: dict[str, int], own: str) -> None:
    table = suppressed(counts, insiders=1)
    known = {own: counts[own]} if own in counts else {}
    others = {name: count for name, count in _told_apart(table, known).items() if name != own}
    assert not {name for name, count in others.items() if 0 < count < SMALLEST}


def test_one_small_count_takes_the_smallest_other_with_it() -> None:
    table = suppressed({"a": 3, "b": 50, "c": 12})
    assert table.counts == {"a": None, "b": 50, "c": None}
    assert table.total == 65


def test_where_nothing_can_hide_it_the_total_goes_too() -> None:
    assert suppressed({"a": 3}).total is None
    assert suppressed({"a": 3, "b": 0}) == Table({"a": None, "b": 0}, None)
    assert suppressed({"a": 3, "b": 4}).total is None


def test_the_organisation_itself_sees_what_was_counted() -> None:
    assert exact({"a": 3, "b": 50}) == Table({"a": 3, "b": 50}, 53)
