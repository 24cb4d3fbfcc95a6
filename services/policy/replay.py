"""Recorded decisions decided again, from the records, the books and their rows alone.

Promise: a record whose every cell comes out as it was is counted, and any other is named with the reason; equal bytes are
decided once, which is sound because a record is canonical JSON and a decision reads nothing but its record and its book.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.contract.decisions import Context
from services.policy.ports import EngineFailed, Rows
from services.policy.raw_record import Pieces, RawCall, pieces_of
from services.policy.recorded import AnotherShape, Call, Recorded, read_record, told

RECORD_GONE, BOOK_MISSING = "record-gone", "book-missing"
ANOTHER_SHAPE, OTHERWISE, NO_ENGINE = "another-version", "decided-otherwise", "engine-failed"
WHY: Mapping[str, str] = {
    RECORD_GONE: "the decision record is gone: somebody in it was forgotten, or it was never kept",
    BOOK_MISSING: "the book that decided is not kept here, or its rules cannot be run here",
    ANOTHER_SHAPE: "the record was made by another version of the hub",
    OTHERWISE: "the book decides otherwise than was recorded",
    NO_ENGINE: "the rules did not answer",
}
"""Why a record could not be replayed, or came out otherwise -> in words."""


@dataclass(slots=True)
class Replay:
    """What came of it."""

    records: int = 0
    rows: int = 0
    """Profiles decided, each over all the classes of its call."""
    same: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    named: list[tuple[str, str, str]] = field(default_factory=list)
    """(event id, reason, place) of each that was not the same, the first thousand."""


NAMED = 1000


class Replayer:
    """Remembers what it has decided. `books`: digest of a book -> its rows; a digest that is not there is missing."""

    def __init__(self, books: Mapping[str, Rows]) -> None:
        self._books = books
        self._known: dict[tuple[bytes, ...], str] = {}

    def replay(self, records: Iterable[Recorded]) -> Replay:
        """Every record in turn."""
        found = Replay()
        for record in records:
            found.records += 1
            wrong, place, rows = self._one(record)
            found.rows += rows
            if not wrong:
                found.same += 1
                continue
            found.failed[wrong] += 1
            if len(found.named) < NAMED:
                found.named.append((record.event, wrong, place))
        return found

    def _one(self, record: Recorded) -> tuple[str, str, int]:
        """The reason ("" where all is the same), the place, and how many rows were decided."""
        if record.body is None:
            return RECORD_GONE, "", 0
        pieces = pieces_of(record.body)
        if pieces is None:
            return self._whole(record.body)
        rows = 0
        for number, call in enumerate(pieces.calls):
            wrong, place = self._call(record.body, pieces, call, number)
            rows += len(call.profiles)
            if wrong:
                return wrong, place, rows
        return "", "", rows

    def _call(self, body: bytes, pieces: Pieces, call: RawCall, number: int) -> tuple[str, str]:
        """Each profile by its bytes; where one was not met before, the whole call is read and decided."""
        head = (pieces.context, pieces.cells, call.head)
        for profile, row in zip(call.profiles, call.rows, strict=True):
            verdict = self._known.get((*head, profile, row))
            if verdict is None:
                return self._read(body, head, call, number)
            if verdict:
                return verdict, f"call {number}"
        return "", ""

    def _read(self, body: bytes, head: tuple[bytes, ...], raw: RawCall, number: int) -> tuple[str, str]:
        try:
            decision = read_record(body)
        except AnotherShape:
            return ANOTHER_SHAPE, ""
        verdicts = self._decide(decision.context, decision.calls[number])
        for profile, row, verdict in zip(raw.profiles, raw.rows, verdicts, strict=True):
            self._known[(*head, profile, row)] = verdict.partition(" ")[0]
        wrong = next((verdict for verdict in verdicts if verdict), "")
        reason, _, place = wrong.partition(" ")
        return reason, f"call {number} {place}".strip() if reason else ""

    def _whole(self, body: bytes) -> tuple[str, str, int]:
        """A record that is not in the form that the hub writes: read, never by its bytes."""
        try:
            decision = read_record(body)
        except AnotherShape:
            return ANOTHER_SHAPE, "", 0
        rows = 0
        for number, call in enumerate(decision.calls):
            rows += len(call.profiles)
            wrong = next((one for one in self._decide(decision.context, call) if one), "")
            if wrong:
                return wrong.partition(" ")[0], f"call {number} {wrong.partition(' ')[2]}", rows
        return "", "", rows

    def _decide(self, context: Context, call: Call) -> list[str]:
        """For each profile "", or the reason and the class at which it came out otherwise."""
        rows = self._books.get(call.digest)
        if rows is None:
            return [BOOK_MISSING] * len(call.profiles)
        try:
            decided = rows.rows(context, call.profiles, call.classes)
        except EngineFailed:
            return [NO_ENGINE] * len(call.profiles)
        return [
            next(
                (
                    f"{OTHERWISE} {class_}"
                    for class_, cell, was in zip(call.classes, row, recorded, strict=True)
                    if told(cell) != was
                ),
                "",
            )
            for row, recorded in zip(decided, call.cells, strict=True)
        ]


def replay(records: Iterable[Recorded], books: Mapping[str, Rows]) -> Replay:
    """Every record decided again under the book that its own calls name."""
    return Replayer(books).replay(records)
