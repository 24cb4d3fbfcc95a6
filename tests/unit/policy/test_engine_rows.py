"""Rows over an engine: all of them, in order, of this book or not at all."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.contract.vocabulary import codes
from services.policy.engine_rows import BATCH, EngineRows
from services.policy.ports import EngineFailed, Rows
from services.runtime.book import Book
from tests.policy_world import context, embedded, profile, shipped_book


def test_one_row_per_profile_one_cell_per_class_in_order() -> None:
    engine = embedded()
    rows: Rows = EngineRows(engine, shipped_book())
    asked = [profile(harm_link=number % 2 == 0) for number in range(2 * BATCH + 1)]
    found = rows.rows(context(), asked)
    place = codes("classes").index("DM2")
    assert [len(row) for row in found] == [len(codes("classes"))] * len(asked)
    assert [row[place].effect for row in found[:2]] == ["withhold", "release"]
    assert found[::2] == [found[0]] * (BATCH + 1)
    assert rows.rows(context(), []) == []
    engine.close()


class Odd:
    """An engine that says what it is told."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def rehearse(self, book: Book) -> None: ...
    def prepare(self, book: Book) -> None: ...

    def ask(self, book: Book, question: Mapping[str, Any]) -> Any:
        return self.answer

    def ready(self, book: Book) -> bool:
        return True

    def close(self) -> None: ...


@pytest.mark.parametrize(
    "answer", [None, {}, {"cells": [[]], "revision": "0" * 16}, {"cells": [], "revision": "right"}]
)
def test_what_is_not_whole_or_of_another_book_is_no_row(answer: Any) -> None:
    if isinstance(answer, dict) and answer.get("revision") == "right":
        answer["revision"] = shipped_book().revision
    with pytest.raises(EngineFailed):
        EngineRows(Odd(answer), shipped_book()).rows(context(), [profile()])
