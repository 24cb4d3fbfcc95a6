"""Recorded decisions decided again: the same, or named with the reason; equal bytes once."""

from collections.abc import Sequence

from services.contract.canonical import canonical, parse
from services.contract.decisions import Answer, Cell, Context, Profile
from services.contract.vocabulary import codes
from services.gateway.trail import Trail
from services.policy.raw_record import pieces_of
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
    return Recorded(event, DIGEST, trail.sealed_form())


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


def test_a_record_is_cut_only_where_it_is_as_written() -> None:
    body = _record("a", context(), profile(), profile(own=True)).body
    assert body is not None
    pieces = pieces_of(body)
    assert pieces is not None
    assert len(pieces.calls[0].profiles) == len(pieces.calls[0].rows) == 2
    assert pieces_of(body.replace(b",", b", ", 1)) is None or pieces_of(body + b" ") is None
    assert pieces_of(b"{}") is None
