"""Recorded decisions decided again, from the records, the books and their rows alone.

Promise: a record whose every cell comes out as it was is counted, and any other is named with the reason; what is equal but for
its salt is decided once, which is sound because a decision reads nothing but its record and its book.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.contract.canonical import digest
from services.contract.decisions import Cell, Context
from services.policy.ports import EngineFailed, Rows
from services.policy.recorded import AnotherShape, Call, Recorded, Told, read_record, told

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
REMEMBERED, CELLS = 1_000_000, 50_000
"""Records and cells that are remembered at most; beyond it a memory is begun anew."""
_SALT = re.compile(rb',"salt":"[A-Za-z0-9_-]*"\}')


class Replayer:
    """Remembers what it has decided. `books`: digest of a book -> its rows; a digest that is not there is missing."""

    def __init__(self, books: Mapping[str, Rows]) -> None:
        self._books = books
        self._known: dict[bytes, tuple[str, str, int]] = {}
        """Digest of a record without its salt -> what came of it."""
        self._told: dict[int, tuple[Cell, Told]] = {}
        """Address of a cell -> the cell, kept so that no other can have it, and what a record says of it."""

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
        unsalted = _unsalted(record.body)
        found = self._known.get(unsalted) if unsalted else None
        if found is None:
            found = self._read(record.body)
            # An engine that gave no answer may give one the next time.
            if unsalted and found[0] != NO_ENGINE:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[unsalted] = found
        return found

    def _read(self, body: bytes) -> tuple[str, str, int]:
        try:
            decision = read_record(body)
        except AnotherShape:
            return ANOTHER_SHAPE, "", 0
        rows = 0
        for number, call in enumerate(decision.calls):
            rows += len(call.profiles)
            reason, class_ = self._decide(decision.context, call)
            if reason:
                return reason, f"call {number} {class_}".strip(), rows
        return "", "", rows

    def _decide(self, context: Context, call: Call) -> tuple[str, str]:
        """Nothing, or the reason and the class at which it came out otherwise."""
        rows = self._books.get(call.digest)
        if rows is None:
            return BOOK_MISSING, ""
        try:
            decided = rows.rows(context, call.profiles, call.classes)
        except EngineFailed:
            return NO_ENGINE, ""
        if len(call.cells) != len(decided):
            return ANOTHER_SHAPE, ""
        for row, recorded in zip(decided, call.cells, strict=True):
            now = tuple(map(self._as_told, row))
            if now != recorded:
                return OTHERWISE, next(
                    (
                        class_
                        for class_, one, was in zip(call.classes, now, recorded, strict=False)
                        if one != was
                    ),
                    "",
                )
        return "", ""

    def _as_told(self, cell: Cell) -> Told:
        """What a record says of the cell; tables hand out equal cells as one."""
        found = self._told.get(id(cell))
        if found is None:
            if len(self._told) >= CELLS:
                self._told.clear()
            found = self._told[id(cell)] = (cell, told(cell))
        return found[1]


def _unsalted(body: bytes) -> bytes:
    """The digest of everything before the salt, which is drawn for each record and decides nothing; "" where it is elsewhere.

    What stands before decides how the rest is read, and a salt holds no quotation mark: equal digests, equal decisions.
    """
    at = body.rfind(b',"salt":"')
    return digest(body[:at]) if at > 0 and _SALT.fullmatch(body, at) else b""


def replay(records: Iterable[Recorded], books: Mapping[str, Rows]) -> Replay:
    """Every record decided again under the book that its own calls name."""
    return Replayer(books).replay(records)
