"""Deciding: what of an engine's answer is believed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from services.contract.decisions import WITHHELD_UNAVAILABLE, Question
from services.contract.places import policies
from services.contract.problems import BadSetting, PolicyUnavailable
from services.policy.build import BUILT, Manifest, write_built
from services.policy.decide import Decider
from services.policy.ports import EngineFailed
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book, Shelf
from tests.policy_world import context, profile, shipped_book

RELEASE = {"effect": "release"}


@dataclass
class Scripted:
    """An engine that answers what it is told, and keeps what it was asked."""

    answers: list[Any]
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def rehearse(self, book: Book) -> None: ...
    def prepare(self, book: Book) -> None: ...

    def ask(self, book: Book, question: Mapping[str, Any]) -> Any:
        self.asked.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ready(self, book: Book) -> bool:
        return True

    def close(self) -> None: ...


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


Deciding = Callable[..., tuple[Decider, Scripted]]


@pytest.fixture
def deciding(home: Path) -> Iterator[Deciding]:
    def make(*answers: Any) -> tuple[Decider, Scripted]:
        engine = Scripted(list(answers))
        return Decider(Shelf(policies(), home), engine), engine

    return make  # type: ignore[return-value]


def says(cells: Any, **more: Any) -> dict[str, Any]:
    return {"revision": shipped_book().revision, "warnings": [], "cells": cells, **more}


def ask(decider: Decider, *profiles: Any, revision: str = "") -> Any:
    asked = Question(revision or shipped_book().revision, context(), profiles or (profile(),), ("DM0",))
    return decider.decide(asked)


def test_a_cell_that_is_missing_or_malformed_is_withheld_and_the_rest_stand(deciding: Deciding) -> None:
    decider, _ = deciding(says([[RELEASE], [{"effect": "alow"}], []]))
    found = ask(decider, profile(), profile(own=True), profile(conflict=True))
    assert [row[0].effect for row in found.cells] == ["release", "withhold", "withhold"]
    assert found.cells[1][0] == found.cells[2][0] == WITHHELD_UNAVAILABLE


def test_equal_profiles_are_decided_once(deciding: Deciding) -> None:
    decider, engine = deciding(says([[RELEASE]]))
    assert len(ask(decider, profile(), profile(), profile()).cells) == 3
    assert len(engine.asked[0]["profiles"]) == 1


@pytest.mark.parametrize(
    "answer",
    [
        EngineFailed("Timeout"),
        None,
        {},
        says(None),
        says([]),
        says([[RELEASE]], revision=None),
        says([[RELEASE]] * 2),
    ],
    ids=str,
)
def test_a_call_that_fails_or_has_no_rows_is_unavailable(deciding: Deciding, answer: Any) -> None:
    decider, _ = deciding(answer)
    with pytest.raises(PolicyUnavailable):
        ask(decider)


def test_an_answer_under_another_revision_is_none(deciding: Deciding) -> None:
    decider, _ = deciding(says([[RELEASE]], revision="0" * 16))
    with pytest.raises(PolicyUnavailable):
        ask(decider)


def test_a_question_under_another_revision_is_not_put(deciding: Deciding) -> None:
    decider, engine = deciding()
    with pytest.raises(PolicyUnavailable):
        ask(decider, revision="0" * 16)
    assert engine.asked == []


def test_warnings_are_codes_and_a_lapsed_dspt_is_one(deciding: Deciding) -> None:
    decider, _ = deciding(
        says([[RELEASE]], warnings=["AGREEMENT_LAPSED", 7]), says([[RELEASE]], warnings="x")
    )
    assert ask(decider).warnings == ("AGREEMENT_LAPSED",)
    late = Question(shipped_book().revision, context(on="2027-07-01"), (profile(),), ("DM0",))
    assert decider.decide(late).warnings == ("DSPT_LAPSED",)


def test_a_book_that_decides_is_kept_whole(deciding: Deciding, home: Path) -> None:
    decider, _ = deciding(says([[RELEASE]]), says([[RELEASE]]))
    assert not (home / "books").exists()
    ask(decider)
    kept = home / "books" / shipped_book().digest
    assert {path.name for path in kept.iterdir()} == {
        "data.json", "organisations.yaml", "labels.yaml", "frameworks", "isa", "gateways", "catalogue", "rego", "built",
    }  # fmt: skip
    assert (kept / "isa/housing.yaml").read_bytes() == (policies() / "isa/housing.yaml").read_bytes()
    before = kept.stat().st_mtime_ns
    ask(decider)
    assert kept.stat().st_mtime_ns == before


def test_a_book_that_cannot_be_kept_decides_nothing(deciding: Deciding, home: Path) -> None:
    (home / "books").write_text("in the way", encoding="utf-8")
    decider, _ = deciding(says([[RELEASE]]))
    with pytest.raises(PolicyUnavailable):
        ask(decider)


def test_the_engine_is_shown_no_more_than_codes(deciding: Deciding) -> None:
    decider, engine = deciding(says([[RELEASE]]))
    ask(decider)
    assert set(engine.asked[0]) == {"context", "profiles", "classes"}
    assert set(engine.asked[0]["context"]) == set(context().__dataclass_fields__)
    assert set(engine.asked[0]["profiles"][0]) == set(profile().__dataclass_fields__)


# --- The embedded engine -----------------------------------------------------------------------------------


def test_wasm_of_other_sources_is_refused(tmp_path: Path) -> None:
    wasm = (BUILT / "policy.wasm").read_bytes()
    from services.contract.canonical import digest

    write_built(
        wasm,
        Manifest("0" * 64, "1.22.2", ["mash/main/answer", "mash/tables/answer"], digest(wasm).hex()),
        tmp_path,
    )
    with pytest.raises(BadSetting, match="mash policy build"):
        EmbeddedEngine(tmp_path, 5).prepare(shipped_book())


@pytest.mark.parametrize("how", ["missing", "changed", "no manifest"])
def test_wasm_that_is_damaged_is_refused(tmp_path: Path, how: str) -> None:
    for name in ("policy.wasm", "manifest.json"):
        (tmp_path / name).write_bytes((BUILT / name).read_bytes())
    if how == "changed":
        (tmp_path / "policy.wasm").write_bytes(b"\0asm" + b"\0" * 100)
    else:
        (tmp_path / ("policy.wasm" if how == "missing" else "manifest.json")).unlink()
    with pytest.raises(BadSetting, match="mash policy build"):
        EmbeddedEngine(tmp_path, 5).prepare(shipped_book())


def test_a_question_that_breaks_the_engine_leaves_it_answering(tmp_path: Path) -> None:
    engine = EmbeddedEngine(BUILT, 10)
    with pytest.raises(EngineFailed):
        engine.ask(shipped_book(), {"context": {}, "profiles": [object()]})
    assert engine.ready(shipped_book())
    engine.close()
    assert engine.ready(shipped_book())
    engine.close()
