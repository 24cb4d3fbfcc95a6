"""Both engines behave alike: the embedded one and a real OPA server, on the same book."""

import os
import random
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.contract.decisions import Question
from services.contract.places import policies
from services.contract.problems import PolicyUnavailable
from services.policy.decide import Decider
from services.policy.opa import ServerEngine
from services.policy.ports import EngineFailed
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import read_book
from tests.policy_world import (
    CLASSES,
    context,
    decider,
    embedded,
    profile,
    random_question,
    served,
    shipped_book,
)
from tests.real.find import Server

LONG = os.environ.get("LONG") == "1"
QUESTIONS = 2_000 if LONG else 1_200
WAIT = 0.5


@pytest.fixture(scope="module")
def both(
    opa_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[EmbeddedEngine, ServerEngine, Server]]:
    inside = embedded()
    outside, server = served(opa_server, tmp_path_factory.mktemp("engines"))
    yield inside, outside, server
    inside.close()
    outside.close()


def answer(engine: Any, asked: dict[str, Any]) -> Any:
    """What an engine says, or that it fails: how it fails is its own."""
    try:
        return engine.ask(shipped_book(), asked)
    except EngineFailed:
        return "failed"


def test_they_agree_on_every_cell_of_random_questions_malformed_ones_included(
    both: tuple[EmbeddedEngine, ServerEngine, Server],
) -> None:
    inside, outside, _ = both
    draw = random.Random(20261123)
    effects: dict[str, int] = {}
    for number in range(QUESTIONS):
        asked = random_question(draw)
        found = answer(inside, asked)
        assert found == answer(outside, asked), f"question {number}"
        for row in found["cells"] if isinstance(found, dict) else []:
            for cell in row or []:
                effects[cell["effect"]] = effects.get(cell["effect"], 0) + 1
    # Agreement on refusals alone would prove little.
    assert (
        min(effects[effect] for effect in ("release", "generalise", "ask-owner", "withhold")) > QUESTIONS / 10
    )
    assert effects["release"] > 2.5 * QUESTIONS


@pytest.fixture(params=["embedded", "server"])
def deciding(
    request: pytest.FixtureRequest, both: tuple[EmbeddedEngine, ServerEngine, Server], tmp_path: Path
) -> Decider:
    inside, outside, _ = both
    return decider(inside if request.param == "embedded" else outside, tmp_path)


def test_every_profile_and_class_has_a_cell_in_the_order_asked(deciding: Decider) -> None:
    near, far = profile(), profile(harm_link=True)
    asked = Question(shipped_book().revision, context(), (near, far, near), ("DM2", "DM0"))
    found = deciding.decide(asked)
    assert [[cell.effect for cell in row] for row in found.cells] == [
        ["release", "release"], ["withhold", "release"], ["release", "release"],
    ]  # fmt: skip
    assert found.revision == shipped_book().revision
    assert found.digest == shipped_book().digest
    assert [each.paper for each in found.profiles] == ["CURRENT"] * 3


def test_it_is_ready_under_the_book_in_force(deciding: Decider) -> None:
    assert deciding.ready()


def test_many_threads_get_each_its_own_answer(deciding: Decider) -> None:
    wrong: list[object] = []

    def ask(number: int) -> None:
        harm = number % 2 == 0
        asked = Question(shipped_book().revision, context(), (profile(harm_link=harm),), ("DM2",))
        for _ in range(15):
            effect = deciding.decide(asked).cells[0][0].effect
            if effect != ("withhold" if harm else "release"):
                wrong.append((number, effect))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# --- A server that is not there, hangs, or has another book ------------------------------------------------


@pytest.fixture
def own_server(
    opa_server: Callable[..., Server], tmp_path: Path
) -> Iterator[tuple[Decider, Server, Question]]:
    engine, server = served(opa_server, tmp_path, WAIT)
    deciding = decider(engine, tmp_path)
    yield deciding, server, Question(shipped_book().revision, context(), (profile(),), CLASSES)
    deciding.close()


def refused_within(deciding: Decider, asked: Question, seconds: float) -> None:
    started = time.monotonic()
    with pytest.raises(PolicyUnavailable):
        deciding.decide(asked)
    assert time.monotonic() - started < seconds
    assert not deciding.ready()


def test_a_stopped_server_is_no_answer_and_a_started_one_is(
    own_server: tuple[Decider, Server, Question],
) -> None:
    deciding, server, asked = own_server
    server.stop()
    refused_within(deciding, asked, 4 * WAIT)
    server.start()
    # It listens before it has read its bundle again, and until then nothing is an answer.
    give_up = time.monotonic() + 20
    while not deciding.ready():
        assert time.monotonic() < give_up
        time.sleep(0.05)
    assert deciding.decide(asked).cells[0]


def test_a_frozen_server_is_no_answer_in_bounded_time(own_server: tuple[Decider, Server, Question]) -> None:
    deciding, server, asked = own_server
    server.freeze()
    try:
        refused_within(deciding, asked, 6 * WAIT)
    finally:
        server.thaw()
    assert deciding.decide(asked).cells[0]


def test_a_server_with_another_book_is_no_answer(opa_server: Callable[..., Server], tmp_path: Path) -> None:
    edited = edited_folder(tmp_path)
    engine, _ = served(opa_server, tmp_path)
    deciding = decider(engine, tmp_path, edited)
    book = read_book(edited)
    with pytest.raises(PolicyUnavailable):
        deciding.decide(Question(book.revision, context(), (profile(),), CLASSES))
    assert not deciding.ready()
    deciding.close()


def edited_folder(tmp_path: Path) -> Path:
    """The shipped policies with the safeguarding ISA ended: another revision."""
    folder = tmp_path / "policies"
    shutil.copytree(policies(), folder)
    edit_isa(folder)
    return folder


def edit_isa(folder: Path, last_day: str = "2026-11-01") -> None:
    isa = folder / "isa/safeguarding-children.yaml"
    lines = isa.read_text(encoding="utf-8").splitlines()
    changed = [f"last_day: {last_day}" if line.startswith("last_day:") else line for line in lines]
    scratch = isa.with_suffix(".new")
    scratch.write_text("\n".join(changed) + "\n", encoding="utf-8")
    scratch.rename(isa)


# --- An edited ISA is live without a restart and without a failed request ----------------------------------


@pytest.fixture(params=["embedded", "server"])
def watched(
    request: pytest.FixtureRequest, opa_server: Callable[..., Server], tmp_path: Path
) -> Iterator[tuple[Decider, Path]]:
    folder = tmp_path / "policies"
    shutil.copytree(policies(), folder)
    engine: Any = embedded() if request.param == "embedded" else served(opa_server, tmp_path)[0]
    deciding = decider(engine, tmp_path, folder, watch=True)
    yield deciding, folder
    deciding._shelf.close()
    deciding.close()


def test_an_edited_isa_is_live_in_seconds_and_no_request_fails(watched: tuple[Decider, Path]) -> None:
    deciding, folder = watched
    shelf = deciding._shelf
    screening = context(purpose="C-SCREEN", evidence=(), ground="none")
    agreed = profile(agreement="AGREED", source_organisation="northshire-gp", source_kind="gp")
    ended, seen, failed = threading.Event(), list[tuple[str, str]](), list[str]()

    def ask() -> None:
        while not ended.is_set():
            book = shelf.current()
            try:
                found = deciding.decide(Question(book.revision, screening, (agreed,), ("DM1",)))
            except PolicyUnavailable as problem:
                failed.append(problem.detail)
                continue
            seen.append((found.revision, found.cells[0][0].shown_as))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    before = shelf.current().revision
    for last_day in ("2026-11-01", "2031-03-31", "2026-11-02"):
        was = shelf.current().revision
        edit_isa(folder, last_day)
        give_up = time.monotonic() + 20
        while shelf.current().revision == was and time.monotonic() < give_up:
            time.sleep(0.05)
        assert shelf.current().revision != was
        time.sleep(0.3)
    ended.set()
    for thread in threads:
        thread.join()
    assert failed == []
    # Each revision has one meaning: an answer never mixes the paper of one with the rules of another.
    assert len(set(seen)) == len({revision for revision, _ in seen}) == 3
    assert (before, "") in seen
    assert seen[-1][1] == "AGREEMENT_EXPIRED"


def test_a_broken_edit_keeps_the_last_good_book(watched: tuple[Decider, Path]) -> None:
    deciding, folder = watched
    shelf = deciding._shelf
    before = shelf.current().revision
    isa = folder / "isa/safeguarding-children.yaml"
    isa.write_text(isa.read_text(encoding="utf-8").replace("[C-SCREEN,", "[C-SCREAN,"), encoding="utf-8")
    give_up = time.monotonic() + 10
    while not shelf.trouble() and time.monotonic() < give_up:
        time.sleep(0.05)
    assert "C-SCREAN" in str(shelf.trouble()[0])
    assert "Did you mean C-SCREEN?" in str(shelf.trouble()[0])
    assert deciding.decide(Question(before, context(), (profile(),), ("DM0",))).revision == before
