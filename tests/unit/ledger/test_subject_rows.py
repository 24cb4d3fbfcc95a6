"""Rows of a person's report: each fault of a log's chain is named, and a late copy of an entry is none."""

from services.contract.canonical import b64u, canonical
from services.ledger import derive
from services.ledger.auditing.subject_rows import compare, rows_about

HUB, LOG, SECRET = "northshire-hub", "council", b"s" * 32
Leaf = tuple[str, int, bytes]


def leaf(index: int, n: int, mark: str = "") -> Leaf:
    """An entry of the log that carries the person's n-th value."""
    entry = {"event_id": f"event-{n}{mark}", "kind": "release.intent"}
    chain = [b64u(derive.chain(SECRET, f"{HUB}/{LOG}", n))]
    return LOG, index, canonical({"chain": chain, "entry": entry})


def begun(index: int, log: str) -> Leaf:
    entry = {"event_id": f"begun-{log}", "kind": "log.begun", "facts": {"log": log}}
    return "hub", index, canonical({"chain": [], "entry": entry})


def overlap(index: int, late: int) -> Leaf:
    entry = {"event_id": f"overlap-{late}", "kind": "log.overlap", "facts": {"index": late}}
    return LOG, index, canonical({"chain": [], "entry": entry})


LISTED = [begun(0, "hub"), begun(1, LOG)]


def faults(*leaves: Leaf) -> list[tuple[str, int, int]]:
    found = rows_about(SECRET, HUB, [*LISTED, *leaves])
    return [(one.kind, one.n, one.index) for one in found.faults]


def test_rows_in_order_have_no_fault_and_a_late_copy_is_none() -> None:
    assert faults(leaf(0, 1), leaf(1, 2), leaf(2, 3)) == []
    assert faults(leaf(0, 1), (LOG, 1, leaf(0, 1)[2]), leaf(2, 2)) == []


def test_a_value_in_two_entries_is_named() -> None:
    assert faults(leaf(0, 1), leaf(1, 2), leaf(2, 2, "other")) == [("twice", 2, 2)]


def test_two_entries_under_one_number_are_both_rows_and_no_fault_where_the_log_says_so() -> None:
    leaves = leaf(0, 1), leaf(1, 2), leaf(2, 2, "other"), leaf(3, 3)
    assert faults(*leaves, overlap(4, 2)) == []
    assert faults(*leaves, overlap(4, 1)) == [("twice", 2, 2)]
    found = rows_about(SECRET, HUB, [*LISTED, *leaves, overlap(4, 2)])
    assert [(one.index, one.n) for one in found.rows] == [(0, 1), (1, 2), (2, 2), (3, 3)]
    rows = [
        {"log": one.log, "index": one.index, "n": one.n, "event_id": one.entry["event_id"], "under": ""}
        for one in found.rows
    ]
    assert compare(rows, found) == []
    assert [(one.kind, one.index) for one in compare(rows[:2] + rows[3:], found)] == [("dropped", 2)]
    assert [(one.kind, one.index) for one in compare([*rows, rows[2]], found)] == [("twice", 2)]


def test_a_value_after_a_later_one_is_named() -> None:
    assert faults(leaf(0, 1), leaf(1, 3), leaf(2, 2)) == [("order", 2, 2)]


def test_a_value_that_is_missing_is_named() -> None:
    assert faults(leaf(0, 1), leaf(1, 3)) == [("gap", 2, -1)]


def test_a_report_that_tells_a_row_twice_drops_one_or_adds_one_is_found() -> None:
    found = rows_about(SECRET, HUB, [*LISTED, leaf(0, 1), leaf(1, 2)])
    rows = [
        {"log": one.log, "index": one.index, "n": one.n, "event_id": one.entry["event_id"], "under": ""}
        for one in found.rows
    ]
    assert compare(rows, found) == []
    assert [one.kind for one in compare([*rows, rows[0]], found)] == ["twice"]
    assert [one.kind for one in compare(rows[1:], found)] == ["dropped"]
    assert [one.kind for one in compare([*rows, rows[0] | {"n": 3}], found)] == ["added"]
    assert [one.kind for one in compare([rows[0] | {"index": 5}, rows[1]], found)] == ["changed"]
