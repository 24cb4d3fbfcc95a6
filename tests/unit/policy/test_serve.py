"""Serving from tables: who answers, when, and what is never waited for."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.contract.decisions import Question
from services.contract.problems import PolicyUnavailable
from services.policy.build import BUILT
from services.policy.open import open_policy
from services.policy.ports import EngineFailed
from services.policy.tables import serve
from services.policy.tables.serve import TableEngine
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, Shelf
from services.runtime.settings import Settings
from tests.policy_world import CLASSES, context, decider, embedded, profile, question, shipped_book


class Behind:
    """The embedded engine, watched: it may be told to fail, and its tables to wait."""

    def __init__(self) -> None:
        self.engine = embedded()
        self.asked: list[Mapping[str, Any]] = []
        self.fails = False
        self.may_build = threading.Event()

    def rehearse(self, book: Book) -> None:
        self.engine.rehearse(book)

    def prepare(self, book: Book) -> None:
        self.engine.prepare(book)

    def ask(self, book: Book, question: Mapping[str, Any]) -> Any:
        self.asked.append(question)
        if self.fails:
            raise EngineFailed("Stopped")
        return self.engine.ask(book, question)

    def tabulate(self, book: Book, name: str, keys: Sequence[Mapping[str, Any]]) -> Any:
        assert self.may_build.wait(timeout=60)
        if self.fails:
            raise EngineFailed("Stopped")
        return self.engine.tabulate(book, name, keys)

    def ready(self, book: Book) -> bool:
        return not self.fails and self.engine.ready(book)

    def close(self) -> None:
        self.engine.close()


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Behind:
    monkeypatch.setattr(serve, "_shared", serve._Shared())
    return Behind()


@pytest.fixture
def engine(behind: Behind, tmp_path: Path) -> Iterator[TableEngine]:
    found = TableEngine(behind, built=tmp_path)
    yield found
    behind.may_build.set()
    found.close()


ASKED = question(context(), profile(), profile(harm_link=True))


def test_until_the_tables_are_built_the_engine_behind_answers_and_nobody_waits(
    behind: Behind, engine: TableEngine
) -> None:
    engine.prepare(shipped_book())
    first = engine.ask(shipped_book(), ASKED)
    assert len(behind.asked) == 1
    behind.may_build.set()
    assert engine.wait(shipped_book(), 60) is not None
    assert engine.ask(shipped_book(), ASKED) == first
    assert len(behind.asked) == 1


def test_a_server_that_has_not_said_that_it_has_the_book_is_asked_and_no_tables_are(
    behind: Behind, engine: TableEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind.may_build.set()
    # Of another hub in this process, or made beforehand: they are there, and of the very book.
    assert engine.wait(shipped_book(), 60) is not None
    behind.fails = True
    first = TableEngine(behind, built=tmp_path, told_first=True)
    deciding = decider(first, tmp_path)
    asked = Question(shipped_book().revision, context(), (profile(),), CLASSES)
    assert first.wait(shipped_book(), 60) is None
    with pytest.raises(PolicyUnavailable):
        deciding.decide(asked)
    behind.fails = False
    monkeypatch.setattr(serve, "AGAIN", 0.0)
    assert first.wait(shipped_book(), 60) is not None
    asked_before = len(behind.asked)
    assert deciding.decide(asked).cells[0]
    assert len(behind.asked) == asked_before
    first.close()


def test_a_decider_gives_the_same_answer_by_tables_and_without(
    behind: Behind, engine: TableEngine, tmp_path: Path
) -> None:
    behind.may_build.set()
    deciding = decider(engine, tmp_path)
    asked = Question(
        shipped_book().revision,
        context(purpose="C-SCREEN", evidence=("perceived-risk",), on="2040-01-01"),
        (profile(), profile(labels=("HIV",)), profile(), profile(own=True)),
        (*CLASSES, "DM0"),
    )
    first = deciding.decide(asked)
    assert engine.wait(shipped_book(), 60) is not None
    assert len(behind.asked) == 1
    assert deciding.decide(asked) == first
    assert len(behind.asked) == 1
    assert first.warnings


def test_tables_go_on_where_the_engine_behind_does_not_and_the_hub_is_not_ready(
    behind: Behind, engine: TableEngine, tmp_path: Path
) -> None:
    behind.may_build.set()
    deciding = decider(engine, tmp_path)
    assert engine.wait(shipped_book(), 60) is not None
    behind.fails = True
    asked = Question(shipped_book().revision, context(), (profile(),), CLASSES)
    assert deciding.decide(asked).cells[0]
    assert not deciding.ready()


def test_a_build_that_fails_leaves_deciding_to_the_engine_and_is_tried_again(
    behind: Behind, engine: TableEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind.may_build.set()
    behind.fails = True
    deciding = decider(engine, tmp_path)
    assert engine.wait(shipped_book(), 60) is None
    asked = Question(shipped_book().revision, context(), (profile(),), CLASSES)
    with pytest.raises(PolicyUnavailable):
        deciding.decide(asked)
    behind.fails = False
    assert deciding.decide(asked).cells[0]
    monkeypatch.setattr(serve, "AGAIN", 0.0)
    assert engine.wait(shipped_book(), 60) is not None


def test_tables_of_another_book_are_not_served(behind: Behind, engine: TableEngine, tmp_path: Path) -> None:
    from dataclasses import replace

    behind.may_build.set()
    assert engine.wait(shipped_book(), 60) is not None
    other = replace(shipped_book(), digest="0" * 64)
    behind.may_build.clear()
    engine.ask(other, ASKED)
    assert len(behind.asked) == 1
    behind.may_build.set()


def test_what_is_made_beforehand_is_taken_where_it_is_of_the_book(behind: Behind, tmp_path: Path) -> None:
    from services.policy.tables.artefact import write_tables
    from tests.tables_world import shipped_tables

    write_tables(shipped_tables(), tmp_path / serve.FILE)
    engine = TableEngine(behind, built=tmp_path)
    # Nothing may be asked of the engine behind, and nothing need be.
    assert engine.wait(shipped_book(), 60) is not None
    behind.may_build.set()
    engine.close()


def test_closing_ends_a_build(behind: Behind, tmp_path: Path) -> None:
    engine = TableEngine(behind, built=tmp_path)
    engine.prepare(shipped_book())
    behind.may_build.set()
    engine.close()
    assert engine.walk(shipped_book()) is None or not engine._building


@pytest.mark.parametrize(
    ("said", "opa", "by_tables"),
    [
        ("tables", "", True),
        ("engine", "", False),
        ("tables", "http://127.0.0.1:1", True),
        ("engine", "http://127.0.0.1:1", False),
    ],
)
def test_the_setting_says_who_answers(said: str, opa: str, by_tables: bool, tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"mode": "demo", "home": tmp_path, "policy_engine": said, "opa": opa, "policy_wait": 20}
    )
    from services.contract.places import policies

    deciding = open_policy(settings, Shelf(policies(), tmp_path))
    assert isinstance(deciding._engine, TableEngine) == by_tables
    if not opa:
        assert isinstance(deciding._engine, TableEngine | EmbeddedEngine)
    deciding.close()
    assert BUILT.is_dir()
