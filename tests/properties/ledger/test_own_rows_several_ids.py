"""A person's own copies over several ids: whatever was told under which id and when, an honest copy is whole and has no gap, and
one that looks under fewer ids than were theirs, or at less of their time, is found where it lost something by it.
"""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.releases import SubjectRow
from services.ledger.own_rows import Sight, check, document, numbered, told
from services.ledger.spans import MARGIN, within

NOW, BEFORE, OF_BOTH = "now", "before", "of both"
START = datetime.fromisoformat("2026-11-02T09:00:00+00:00")
STEP = timedelta(minutes=10)
few = settings(max_examples=80, deadline=None)


def stamp(at: int) -> str:
    return (START + at * STEP).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def row(at: int, under: str, kind: str, rows: list[Sight], **more: Any) -> SubjectRow:
    n = 1 + sum(one.row.under == under for one in rows)
    entry = {"event_id": f"e{at}", "kind": kind, "time": stamp(at), "asker": {"organisation": "council"}}
    return SubjectRow("council", at, n, entry | more, under)


steps = st.lists(
    st.tuples(st.sampled_from((NOW, BEFORE, OF_BOTH)), st.sampled_from(("", "purpose"))), max_size=14
)
"""Under which id, and why it was held back."""


def history(steps: list[tuple[str, str]], mine_from: int) -> tuple[list[Sight], dict[str, Any]]:
    """One entry every ten minutes. Of `OF_BOTH` the time from `mine_from` on is the person's, the rest somebody else's."""
    spans = {NOW: (("", ""),), BEFORE: (("", ""),), OF_BOTH: ((stamp(mine_from), ""),)}
    found: list[Sight] = []
    for at, (under, why) in enumerate(steps):
        one = row(at, under, "release.intent", found, purpose="TREAT", case_hash=f"c{at}")
        theirs = within(spans[under], one.entry["time"])
        found.append(Sight(one, {"kinds": [], "held_back": why}, theirs))
    return found, spans


def copy(found: list[Sight], spans: dict[str, Any]) -> list[Sight]:
    """The history with a copy at its end, made by looking where `spans` says."""
    looked = [
        one for one in found if one.row.under in spans and within(spans[one.row.under], one.row.entry["time"])
    ]
    rows = numbered(looked, NOW)
    assert [told(*one).number for one in rows] == list(range(1, len(rows) + 1))
    made = row(len(found) + 2, NOW, "subject.report", found, facts={"rows": len(rows)})
    return [*found, Sight(made, document(rows, looked, b"paper", spans))]


@few
@given(steps, st.integers(0, 14))
def test_an_honest_copy_over_every_id_is_whole(steps: list[tuple[str, str]], mine_from: int) -> None:
    found, spans = history(steps, mine_from)
    once = copy(found, spans)
    assert check(once, under=NOW) == []
    # Numbers go on in the next, under the same id, and what came in between has the next ones.
    at = len(once) + 3
    more = Sight(row(at, NOW, "release.intent", once, purpose="TREAT"), {"kinds": [], "held_back": ""})
    twice = copy([*once, more], spans)
    first, second = (one.sealed["rows"] for one in (once[-1], twice[-1]))  # type: ignore[index]
    assert second[: len(first)] == first and len(second) == len(first) + 1
    assert check(twice, under=NOW) == []


@few
@given(steps, st.integers(0, 14), st.sampled_from((BEFORE, OF_BOTH)), st.integers(0, 14))
def test_what_was_not_looked_at_is_named(
    steps: list[tuple[str, str]], mine_from: int, left_out: str, until: int
) -> None:
    found, spans = history(steps, mine_from)
    short = (
        {**spans, left_out: (("", stamp(until)),)}
        if until
        else {k: v for k, v in spans.items() if k != left_out}
    )
    faults = check(copy(found, short), under=NOW)
    overlooked = {
        one.row.n
        for one in found
        if one.theirs
        and one.row.under == left_out
        and not (until and within(short[left_out], one.row.entry["time"]))
    }
    assert {one.n for one in faults if one.kind == "copy-behind"} == overlooked
    # Nobody is told of what somebody else was told of alone: rows of the other's time are an addition.
    assert {one.kind for one in faults} <= {"copy-behind"}


def test_a_row_that_is_theirs_no_more_leaves_no_gap_in_the_next_copy() -> None:
    """An id that was theirs is gone, destroyed with somebody else's: the numbers begin anew, and the auditor finds no fault."""
    found, spans = history([(OF_BOTH, ""), (NOW, "")], 0)
    once = copy(found, spans)
    left = [one for one in once if one.row.under != OF_BOTH]
    assert [number for number, _ in numbered(left, NOW)] == [1]
    assert check(left, under=NOW, gone=frozenset({OF_BOTH})) == []
    assert [one.kind for one in check(left, under=NOW)] == ["copy-added"]
    assert timedelta(0) < MARGIN < STEP
