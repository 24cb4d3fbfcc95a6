"""Rows by tables for commands: from the program's own folder, only what differs made anew, and never from MASH_HOME."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.policy.engine_rows import EngineRows
from services.policy.ports import EngineFailed
from services.policy.tabled import Tabled
from services.policy.tables.artefact import read_tables, write_tables
from services.policy.tables.serve import FILE
from services.policy.tables.walk import Walk
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book
from tests.policy_world import context, embedded, profile, shipped_book
from tests.tables_world import shipped_tables, with_table


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedEngine]:
    found = embedded()
    yield found
    found.close()


class Counting:
    """The embedded engine, which counts for how many factors and groups it is asked; or fails."""

    def __init__(self, engine: EmbeddedEngine, *, fails: bool = False) -> None:
        self._engine, self._fails = engine, fails
        self.names: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        if self._fails:
            raise EngineFailed("Timeout")
        self.names |= {name} - {""}
        found: Mapping[str, Any] = self._engine.tabulate(book, name, keys)
        return found


def edited(book: Book, mark: str = "e") -> Book:
    """The book with one gateway not signed, under another digest."""
    gateways = {**book.data["gateways"]}
    name = min(gateways)
    gateways[name] = {**gateways[name], "signed": False}
    return replace(
        book,
        digest=mark * 64,
        revision=mark * 16,
        data={**book.data, "revision": mark * 16, "gateways": gateways},
    )


ASKED = (context(), [profile(), profile(labels=("HIV",)), profile(paper="NONE", isa="", own=True)])


def test_tables_that_stand_in_the_programs_folder_are_taken_as_they_are(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    write_tables(shipped_tables(), tmp_path / FILE)
    counting: Any = Counting(engine)
    rows = Tabled(tmp_path).rows(counting, shipped_book())
    assert isinstance(rows, Walk)
    assert rows.rows(*ASKED) == EngineRows(engine, shipped_book()).rows(*ASKED)
    assert counting.names == set()


def test_of_another_book_only_what_differs_is_made_and_the_file_stays(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    write_tables(shipped_tables(), tmp_path / FILE)
    before = (tmp_path / FILE).read_bytes()
    counting: Any = Counting(engine)
    other = edited(shipped_book())
    tabled = Tabled(tmp_path)
    first, second = tabled.rows(counting, shipped_book()), tabled.rows(counting, other)
    assert 0 < len(counting.names) < len(shipped_tables().tables) / 2
    assert "gateways_for_purpose" in counting.names
    assert first.rows(*ASKED) == EngineRows(engine, shipped_book()).rows(*ASKED)
    assert second.rows(*ASKED) == EngineRows(engine, other).rows(*ASKED)
    assert (tmp_path / FILE).read_bytes() == before


def test_what_was_made_once_is_not_made_again_and_not_of_every_book_for_ever(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    write_tables(shipped_tables(), tmp_path / FILE)
    counting: Any = Counting(engine)
    tabled, others = Tabled(tmp_path), [edited(shipped_book(), mark) for mark in "abc"]
    first = tabled.rows(counting, others[0])
    counting.names.clear()
    assert tabled.rows(counting, others[0]) is first
    assert tabled.tables(counting, others[0]).book == others[0].digest
    assert counting.names == set()
    for other in (shipped_book(), *others[1:]):
        assert tabled.tables(counting, other).book == other.digest
    assert tabled.rows(counting, others[0]) is not first
    assert tabled.rows(counting, others[0]).rows(*ASKED) == first.rows(*ASKED)


def test_where_none_stand_or_they_are_damaged_the_first_are_kept(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    for damage in (None, b"", (b"\0" * 40)):
        if damage is not None:
            (tmp_path / FILE).write_bytes(damage)
        rows = Tabled(tmp_path).rows(engine, shipped_book())
        assert rows.rows(*ASKED) == EngineRows(engine, shipped_book()).rows(*ASKED)
        kept = read_tables(tmp_path / FILE)
        assert kept is not None
        assert kept.book == shipped_book().digest


def test_a_folder_that_cannot_be_written_stops_nothing(engine: EmbeddedEngine, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    rows = Tabled(tmp_path / "file").rows(engine, shipped_book())
    assert isinstance(rows, Walk)


def test_rules_without_tables_are_decided_by_the_engine(engine: EmbeddedEngine, tmp_path: Path) -> None:
    failing: Any = Counting(engine, fails=True)
    rows = Tabled(tmp_path).rows(failing, shipped_book())
    assert isinstance(rows, EngineRows)
    assert rows.rows(*ASKED) == EngineRows(engine, shipped_book()).rows(*ASKED)
    table = next(table for table in shipped_tables().tables if table.node.kind == "factor")
    write_tables(with_table(shipped_tables(), table.node.name, "factor", table.cells[1:]), tmp_path / FILE)
    assert isinstance(Tabled(tmp_path).rows(engine, shipped_book()), EngineRows)
