"""Recorded decisions decided again: the same, or named with the reason; equal bytes once."""

from collections.abc import Sequence

import pytest

from services.contract.canonical import canonical, parse
from services.contract.decisions import Answer, Cell, Context, Profile
from services.contract.vocabulary import codes
from services.gateway.trail import Trail
from services.policy.ports import EngineFailed
from services.policy.recorded import Recorded
from services.policy.replay import replay
from tests.policy_world import context, profile

DIGEST = "d" * 64
RELEASE, OWNER = (
    Cell("release"),
    Cell("ask-owner", "OWNER_APPROVAL", "OWNER_APPROVAL", missing=("owner-approval",)),
)


class Counting:
    """Rows that give detail to the owner and everything else out; counts what it decides."""

    def __init__(self, detail: Cell = OWNER) -> None:
        self.decided, self.detail = 0, detail

    def rows(
        self, context: Context, profiles: Sequence[Profile], classes: Sequence[str] | None = None
    ) -> Sequence[tuple[Cell, ...]]:
        self.decided += len(profiles)
        return [
            tuple(self.detail if one == "DM5" else RELEASE for one in classes or codes("classes"))
            for _ in profiles
        ]


def _record(event: str, about: Context, *profiles: Profile) -> Recorded:
    trail = Trail(about)
    rows = Counting().rows(about, profiles)
    trail.keep(Answer("d" * 16, DIGEST, tuple(rows), (), profiles, codes("classes")))
    return Recorded(event, DIGEST, trail.sealed_form().whole())


def test_what_was_decided_comes_out_again_and_equal_bytes_are_decided_once() -> None:
    one, other = profile(), profile(labels=("MH",))
    records = [_record(str(number), context(), one, other) for number in range(50)]
    rows = Counting()
    found = replay(records, {DIGEST: rows})
    assert (found.records, found.same, found.rows, dict(found.failed)) == (50, 50, 100, {})
    assert rows.decided == 2


def test_any_difference_is_named_with_its_place() -> None:
    found = replay([_record("a", context(), profile())], {DIGEST: Counting(RELEASE)})
    assert found.named == [("a", "decided-otherwise", "call 0 DM5")]
    again = replay(
        [_record("a", context(), profile()), _record("b", context(), profile())], {DIGEST: Counting(RELEASE)}
    )
    assert again.failed["decided-otherwise"] == 2


def test_one_changed_cell_is_not_taken_for_the_one_that_was_seen() -> None:
    first = _record("a", context(), profile())
    assert first.body is not None
    document = parse(first.body)
    place = codes("classes").index("DM5")
    row = document["calls"][0]["cells"][0]
    row[place] = row[0]
    forged = Recorded("b", DIGEST, canonical(document))
    found = replay([first, forged], {DIGEST: Counting()})
    assert [(event, why) for event, why, _ in found.named] == [("b", "decided-otherwise")]


def test_what_cannot_be_replayed_is_counted_with_its_reason() -> None:
    whole = _record("a", context(), profile())
    assert whole.body is not None
    gone = Recorded("b", DIGEST, None)
    other_book = Recorded("c", "e" * 64, whole.body.replace(DIGEST.encode(), b"e" * 64))
    unknown = Recorded("d", DIGEST, whole.body.replace(b'"harm_link"', b'"harm_links"'))
    damaged = Recorded("e", DIGEST, whole.body[:-10])
    found = replay([whole, gone, other_book, unknown, damaged], {DIGEST: Counting()})
    assert found.same == 1
    assert dict(found.failed) == {"record-gone": 1, "book-missing": 1, "another-version": 2}


def test_only_a_salt_is_left_out_of_what_makes_two_records_equal() -> None:
    body = _record("a", context(), profile(), profile(own=True)).body
    assert body is not None
    salt = parse(body)["salt"].encode()
    others = {
        body.replace(salt, b"another"): True,
        body.replace(salt, b'x","calls":"'): False,
        body.replace(b',"salt":"', b', "salt":"'): False,
        body + b" ": False,
        body.replace(b'"own":true', b'"own":false'): False,
        body.replace(b'"case":"OPEN"', b'"case":"NONE"'): False,
    }
    for other, equal in others.items():
        assert other != body
        rows = Counting()
        replay([Recorded("a", DIGEST, body), Recorded("b", DIGEST, other)], {DIGEST: rows})
        whole = Counting()
        replay([Recorded("b", DIGEST, other)], {DIGEST: whole})
        assert rows.decided == 2 + (0 if equal else whole.decided)


def test_an_engine_that_did_not_answer_is_asked_again() -> None:
    class Once(Counting):
        def rows(
            self, context: Context, profiles: Sequence[Profile], classes: Sequence[str] | None = None
        ) -> Sequence[tuple[Cell, ...]]:
            if not self.decided:
                self.decided = 1
                raise EngineFailed("Timeout")
            return super().rows(context, profiles, classes)

    record = _record("a", context(), profile())
    found = replay([record, record], {DIGEST: Once()})
    assert (found.same, dict(found.failed)) == (1, {"engine-failed": 1})


def test_memories_are_begun_anew_and_nothing_is_taken_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REMEMBERED", "CELLS"):
        monkeypatch.setattr(f"services.policy.replay.{name}", 1)
    records = [_record(name, context(), profile(own=name == "b")) for name in "abab"]
    rows = Counting()
    assert replay(records, {DIGEST: rows}).same == 4
    assert rows.decided == 4


def test_a_record_that_gives_more_or_fewer_rows_than_profiles_is_of_another_shape() -> None:
    body = _record("a", context(), profile(), profile(own=True)).body
    assert body is not None
    document = parse(body)
    document["calls"][0]["cells"].pop()
    found = replay([Recorded("a", DIGEST, canonical(document))], {DIGEST: Counting()})
    assert dict(found.failed) == {"another-version": 1}
