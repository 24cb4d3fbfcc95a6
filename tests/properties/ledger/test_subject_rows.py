"""The auditor's check of a person's rows: whatever is taken out, doubled or put in, it names exactly that."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.canonical import b64u
from services.contract.releases import SubjectRows
from services.ledger import derive
from services.ledger.auditing.subject_rows import compare, rows_about

HUB, LOGS = "a-hub", ("hub", "council", "trust")
SECRET, STRANGER = bytes(32), bytes(range(32))
Leaf = tuple[str, int, bytes]


def history(steps: Sequence[tuple[str, bool]]) -> list[Leaf]:
    """Leaves of three logs, listed in the hub's; each step an entry about the person, or about somebody else."""
    sizes, counts = dict.fromkeys(LOGS, 0), {(log, who): 0 for log in LOGS for who in (True, False)}
    leaves: list[Leaf] = []

    def put(log: str, kind: str, chain: Sequence[bytes], facts: Any) -> None:
        entry = {"event_id": f"{log}-{sizes[log]}", "kind": kind, "facts": facts}
        values = [b64u(value) for value in chain]
        leaf = json.dumps({"chain": values, "entry": entry}, separators=(",", ":")).encode()
        leaves.append((log, sizes[log], leaf))
        sizes[log] += 1

    for log in LOGS:
        put("hub", "log.begun", (), {"log": log})
    for log, about in steps:
        counts[log, about] += 1
        secret = SECRET if about else STRANGER
        put(log, "release.intent", [derive.chain(secret, f"{HUB}/{log}", counts[log, about])], {})
    return leaves


def told(found: SubjectRows) -> list[dict[str, Any]]:
    return [
        {"log": row.log, "index": row.index, "n": row.n, "event_id": row.entry["event_id"], "under": ""}
        for row in found.rows
    ]


steps = st.lists(st.tuples(st.sampled_from(LOGS), st.booleans()), max_size=30)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_a_whole_history_is_complete_and_about_nobody_else(steps: list[tuple[str, bool]]) -> None:
    found = rows_about(SECRET, HUB, history(steps))
    seen = {log for log in LOGS if log == "hub" or any(one == log for one, _ in steps)}
    assert [(row.log) for row in found.rows] == [log for log, about in steps if about]
    assert {(one.kind, one.log) for one in found.faults} == {("log-missing", log) for log in set(LOGS) - seen}


@settings(max_examples=60, deadline=None)
@given(steps, st.data())
def test_rows_taken_out_of_a_report_are_named_and_no_others(
    steps: list[tuple[str, bool]], data: st.DataObject
) -> None:
    found = rows_about(SECRET, HUB, history([*steps, *((log, True) for log in LOGS)]))
    rows = told(found)
    dropped = data.draw(st.sets(st.sampled_from(range(len(rows)))))
    left = [row for at, row in enumerate(rows) if at not in dropped]
    faults = compare(left, found)
    assert {(one.kind, one.log, one.n) for one in faults} == {
        ("dropped", rows[at]["log"], rows[at]["n"]) for at in dropped
    }


@settings(max_examples=60, deadline=None)
@given(steps, st.data())
def test_entries_taken_out_of_a_log_leave_gaps_that_are_named(
    steps: list[tuple[str, bool]], data: st.DataObject
) -> None:
    """All but those after the last that is left: that a log was cut short is what its signed checkpoint tells."""
    leaves = history([*steps, *((log, True) for log in LOGS)])
    rows = told(rows_about(SECRET, HUB, leaves))
    dropped = data.draw(st.sets(st.sampled_from(range(len(rows)))))
    gone = {(rows[at]["log"], rows[at]["index"]) for at in dropped}
    found = rows_about(SECRET, HUB, [leaf for leaf in leaves if leaf[:2] not in gone])
    last = {row.log: row.n for row in found.rows}
    expected = {(rows[at]["log"], rows[at]["n"]) for at in dropped}
    gaps = {(one.log, one.n) for one in found.faults if one.kind == "gap"}
    assert gaps == {(log, n) for log, n in expected if n < last.get(log, 0)}


def test_a_row_doubled_put_in_or_changed_is_named() -> None:
    found = rows_about(SECRET, HUB, history([(log, True) for log in LOGS]))
    rows = told(found)
    assert [one.kind for one in compare([*rows, rows[0]], found)] == ["twice"]
    assert [one.kind for one in compare([*rows, rows[0] | {"n": 9}], found)] == ["added"]
    assert [one.kind for one in compare([rows[0] | {"event_id": "x"}, *rows[1:]], found)] == ["changed"]


def test_a_number_given_twice_out_of_order_or_to_a_log_that_nobody_listed_is_named() -> None:
    leaves = history([("council", True), ("council", True), ("trust", True)])
    council = [leaf for leaf in leaves if leaf[0] == "council"]
    again = ("council", 2, council[0][2].replace(b"council-0", b"council-9"))
    assert [one.kind for one in rows_about(SECRET, HUB, [*leaves, again]).faults] == ["twice"]
    # A late copy, byte for byte, is harmless.
    assert rows_about(SECRET, HUB, [*leaves, ("council", 2, council[0][2])]).faults == ()
    turned = [leaf for leaf in leaves if leaf[0] != "council"] + council[::-1]
    assert [one.kind for one in rows_about(SECRET, HUB, turned).faults] == ["order"]
    unlisted = [leaf for leaf in leaves if b'"log":"trust"' not in leaf[2]]
    assert [(one.kind, one.log) for one in rows_about(SECRET, HUB, unlisted).faults] == [
        ("unlisted", "trust")
    ]
