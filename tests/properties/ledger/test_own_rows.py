"""A person's own copies against their rows: whatever happened in whatever order, numbers have no gap, what is held back is in
none, an honest copy is whole, and one that leaves out, adds or counts otherwise is found by name.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.contract.canonical import b64u, canonical, digest
from services.contract.releases import SubjectRow
from services.ledger.own_rows import Sight, check, copy_of, document, held, note_of, numbered, tellable, told
from services.ledger.sealing import Opened

LOGS, CASES = ("council", "trust"), ("one", "two")
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
few = settings(max_examples=60, deadline=None)


class History:
    """Entries about one person, two minutes apart, with what was sealed for them."""

    def __init__(self) -> None:
        self.sights: list[Sight] = []

    def put(self, log: str, kind: str, sealed: Mapping[str, Any] | None, **more: Any) -> None:
        n = 1 + sum(one.row.log == log for one in self.sights)
        at = START + len(self.sights) * timedelta(minutes=2)
        entry = {
            "event_id": f"{log}-{n}",
            "kind": kind,
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "asker": {"organisation": log, "role": "GP"},
            **more,
        }
        self.sights.append(Sight(SubjectRow(log, 10 * n, n, entry), sealed))

    def release(self, log: str, case: str, held_back: str) -> None:
        note = {"kinds": ["DM1"], "held_back": held_back}
        self.put(log, "release.intent", note, case_hash=case, purpose="TREAT")

    def let_go(self, log: str) -> None:
        """Of the newest release of that log."""
        events = [
            one.row.entry["event_id"]
            for one in self.sights
            if (one.row.log, one.row.entry["kind"]) == (log, "release.intent")
        ]
        if events:
            self.put(log, "subject.let-go", None, ref={"log": log, "event_id": events[-1]})

    def copy(self, log: str) -> list[int]:
        rows = numbered(self.sights)
        self.put(log, "subject.report", document(rows, self.sights, b"paper"), facts={"rows": len(rows)})
        return [told(*row).number for row in rows]


def history(steps: Sequence[tuple[str, str, str, str]]) -> History:
    found = History()
    for what, log, case, held_back in steps:
        if what == "release":
            found.release(log, case, held_back)
        elif what == "let go":
            found.let_go(log)
        else:
            found.copy(log)
    return found


steps = st.lists(
    st.tuples(
        st.sampled_from(("release", "release", "let go", "copy")),
        st.sampled_from(LOGS),
        st.sampled_from(CASES),
        st.sampled_from(("", "purpose")),
    ),
    max_size=24,
)


def changed(found: History, at: int, **members: Any) -> list[Sight]:
    """The same history with one copy's document (and its count) other than it was."""
    one = found.sights[at]
    assert one.sealed is not None
    sealed = {**one.sealed, **members}
    entry = {**one.row.entry, "facts": {"rows": len(sealed["rows"])}}
    row = SubjectRow(one.row.log, one.row.index, one.row.n, entry)
    return [*found.sights[:at], Sight(row, sealed), *found.sights[at + 1 :]]


def copies(found: History) -> list[int]:
    return [at for at, one in enumerate(found.sights) if one.row.entry["kind"] == "subject.report"]


@few
@given(steps)
def test_honest_copies_are_whole_and_their_numbers_have_no_gap(steps: list[Any]) -> None:
    found = history(steps)
    counted = found.copy("council")
    assert counted == list(range(1, len(counted) + 1))
    assert check(found.sights) == []


@few
@given(steps)
def test_what_is_held_back_leaves_no_number_and_no_row(steps: list[Any]) -> None:
    """The copy is that of a person of whom those answers were never given, to the number, the moment and the order."""
    found = history([one for one in steps if one[0] != "let go"])
    plain = [one for one in found.sights if not (one.sealed and one.sealed.get("held_back"))]
    found.sights = [one for one in found.sights if one.row.entry["kind"] != "subject.report"]
    plain = [one for one in plain if one.row.entry["kind"] != "subject.report"]
    assert [told(*row) for row in numbered(found.sights)] == [told(*row) for row in numbered(plain)]


@few
@given(steps, st.data())
def test_a_row_left_out_of_any_copy_is_named_though_the_numbers_are_made_good(
    steps: list[Any], data: st.DataObject
) -> None:
    found = history([("release", "council", "one", ""), *steps, ("copy", "trust", "", "")])
    at = data.draw(st.sampled_from(copies(found)))
    rows = found.sights[at].sealed["rows"]  # type: ignore[index]
    gone = data.draw(st.sampled_from(rows))
    left = [row for row in rows if row is not gone]
    counted = [[number, *row[1:]] for number, row in enumerate(left, 1)]
    for told_rows in (left, counted):
        faults = check(changed(found, at, rows=told_rows))
        named = {(one.log, f"{one.log}-{one.n}") for one in faults if one.kind == "copy-dropped"}
        assert named == {(gone[1], gone[2])}, faults


@few
@given(steps, st.data())
def test_a_copy_that_looked_less_far_than_what_stood_is_found(steps: list[Any], data: st.DataObject) -> None:
    found = history([("release", "council", "one", ""), *steps, ("copy", "trust", "", "")])
    at = data.draw(st.sampled_from(copies(found)))
    seen = found.sights[at].sealed["seen"][""]  # type: ignore[index]
    assume(seen)
    log = data.draw(st.sampled_from(sorted(seen)))
    faults = check(changed(found, at, seen={"": {**seen, log: seen[log] - 1}}))
    late = [(one.log, one.n) for one in faults if one.kind == "copy-behind"]
    assert late == [(log, seen[log])], faults


@few
@given(steps, st.data())
def test_what_was_held_back_and_told_all_the_same_is_found(steps: list[Any], data: st.DataObject) -> None:
    found = history([one for one in steps if one[0] != "let go"])
    found.release("trust", "two", "concern")
    hidden = found.sights[-1].row.entry["event_id"]
    found.copy("council")
    at = len(found.sights) - 1
    rows = found.sights[at].sealed["rows"]  # type: ignore[index]
    more = [*rows, [len(rows) + 1, "trust", hidden]]
    assert [one.kind for one in check(changed(found, at, rows=more))] == ["copy-added"]


@few
@given(steps, st.data())
def test_a_number_that_is_missing_double_or_moved_is_found(steps: list[Any], data: st.DataObject) -> None:
    start = [("release", "council", "one", ""), ("release", "trust", "one", ""), ("copy", "trust", "", "")]
    found = history([*start, *steps, ("copy", "trust", "", "")])
    at = data.draw(st.sampled_from(copies(found)))
    rows = found.sights[at].sealed["rows"]  # type: ignore[index]
    numbers = data.draw(
        st.lists(st.integers(1, len(rows) + 1), min_size=len(rows), max_size=len(rows)), label="numbers"
    )
    assume(numbers != [number for number, _, _ in rows])
    # The very first copy may count as it likes, as long as it counts: those after it may not.
    assume(at != copies(found)[0] or sorted(numbers) != list(range(1, len(rows) + 1)))
    other = [[number, *row[1:]] for number, row in zip(numbers, rows, strict=True)]
    assert "copy-number" in {one.kind for one in check(changed(found, at, rows=other))}


def test_a_copy_that_does_not_open_and_an_answer_without_a_note_are_named() -> None:
    found = history([("release", "council", "one", ""), ("copy", "trust", "", "")])
    unread = [*found.sights[:-1], Sight(found.sights[-1].row, None)]
    assert [one.kind for one in check(unread)] == ["copy-unread"]
    bare = [Sight(found.sights[0].row, None)]
    assert tellable(bare) == []
    faults = check(found.sights, [found.sights[0].row])
    assert [(one.kind, one.log, one.n) for one in faults] == [("copy-unnoted", "council", 1)]


def test_only_the_organisation_that_released_lets_go() -> None:
    found = history([("release", "council", "one", "purpose")])
    found.put("trust", "subject.let-go", None, ref={"log": "council", "event_id": "council-1"})
    assert tellable(found.sights) == []
    found.put("council", "subject.let-go", None, ref={"log": "council", "event_id": "council-1"})
    assert len(tellable(found.sights)) == 1


def test_what_stands_in_an_emergency_log_is_let_go_of_from_the_organisations_own() -> None:
    found = history([])
    note = {"kinds": [], "held_back": "purpose"}
    asker = {"organisation": "council", "role": "GP"}
    found.put("emergency-0", "release.intent", note, case_hash="one", asker=asker)
    assert [one.row.log for one in held(found.sights, "council")] == ["emergency-0"]
    found.put("council", "subject.let-go", None, ref={"log": "emergency-0", "event_id": "emergency-0-1"})
    assert len(tellable(found.sights)) == 1 and held(found.sights, "council") == []


@few
@given(st.binary(min_size=16, max_size=16), st.sampled_from(("", "concern")))
def test_a_note_counts_only_where_the_entry_commits_to_it_and_for_whom_it_is(salt: bytes, why: str) -> None:
    part = canonical({"own": {"handle": "h", "kinds": [], "held_back": why}, "salt": b64u(salt)})
    plain = canonical({"part_digests": [b64u(digest(part))]})
    entry = {"decision_digest": b64u(digest(plain))}
    assert note_of(Opened(plain, (part,), 0, 0), entry, "h") == {
        "handle": "h",
        "kinds": [],
        "held_back": why,
    }
    assert note_of(Opened(plain, (part,), 0, 0), entry, "other") is None
    assert note_of(Opened(plain, (part,), 0, 0), {"decision_digest": "x"}, "h") is None
    forged = canonical({"own": {"handle": "h", "kinds": [], "held_back": ""}})
    assert note_of(Opened(plain, (forged,), 0, 0), entry, "h") is None
    assert note_of(None, entry, "h") is None
    assert copy_of(Opened(plain, (), 0, 0), {"body": {"digest": b64u(digest(plain))}}) is not None
    assert copy_of(Opened(plain, (), 0, 0), {"body": {"digest": "x"}}) is None
