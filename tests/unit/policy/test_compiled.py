"""One process compiles the rules once, and shares nothing but machine code between the books that run on it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import wasmtime
from opapywasm import OpaEvaluationError, OpaInvalidPolicyError, OpaWasmPolicy, PolicyConfig

from services.policy.build import ENTRYPOINT, read_built
from services.policy.compiled import machine_code, runnable
from services.policy.wasm import EmbeddedEngine
from tests.policy_world import CLASSES, context, embedded, profile, question, shipped_book

WASM = read_built()[0]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What was compiled, from nothing kept on."""
    seen: list[bytes] = []
    usual = wasmtime.Module.__init__

    def counted(self: Any, engine: Any, wasm: bytes) -> None:
        seen.append(wasm)
        usual(self, engine, wasm)

    monkeypatch.setattr(wasmtime.Module, "__init__", counted)
    machine_code.cache_clear()
    yield seen
    machine_code.cache_clear()


def asked(profiles: int) -> bytes:
    return json.dumps(question(context(), *[profile()] * profiles)).encode()


def policy(revision: str, seconds: float = 20.0) -> OpaWasmPolicy:
    """The rules over the shipped book, which is called `revision` here."""
    made = runnable(WASM, PolicyConfig(eval_timeout_seconds=seconds, max_memory_pages=4096))
    made.set_data({"book": {**shipped_book().data, "revision": revision}})
    return made


def answer(of: OpaWasmPolicy, profiles: int = 1) -> Any:
    return of.evaluate(asked(profiles), ENTRYPOINT)


def test_however_many_books_are_opened_the_rules_are_compiled_once(compiled: list[bytes]) -> None:
    engines: list[EmbeddedEngine] = [embedded() for _ in range(3)]
    for engine in engines:
        assert (
            engine.ask(shipped_book(), question(context(), profile()))["revision"] == shipped_book().revision
        )
        engine.close()
    assert compiled == [WASM]


def test_other_rules_are_compiled_for_themselves(compiled: list[bytes]) -> None:
    # A custom section that nobody reads: the same rules in other bytes.
    other = WASM + b"\x00\x02\x01x"
    for wasm in (WASM, other, WASM):
        runnable(wasm, PolicyConfig()).close()
    assert compiled == [WASM, other]


@pytest.mark.parametrize(
    "bad", [b"", WASM[:-1], b"\x7fELF" + WASM[4:]], ids=["none", "cut", "another format"]
)
def test_what_is_no_wasm_is_refused_and_so_is_machine_code_itself(bad: bytes) -> None:
    with pytest.raises(OpaInvalidPolicyError):
        runnable(bad, PolicyConfig())
    # What was compiled elsewhere is never run: it could do anything that this process can.
    with pytest.raises(OpaInvalidPolicyError):
        runnable(bytes(machine_code(WASM)), PolicyConfig())


def test_two_books_on_one_compilation_answer_each_under_its_own() -> None:
    one, two = policy("one"), policy("two")
    # On one engine each one's clock would tick for the other as well, and halve its time.
    assert one._factory.engine is not two._factory.engine
    found = [answer(each)["revision"] for each in (one, two, one)]
    assert found == ["one", "two", "one"]
    one.close()
    assert answer(two)["revision"] == "two"
    two.close()


def test_each_has_its_own_clock_and_is_stopped_by_that_alone() -> None:
    short, long = policy("short", seconds=0.01), policy("long")
    with pytest.raises(OpaEvaluationError, match="exceeded"):
        answer(short, 400)
    short.close()
    cells = answer(long, 400)["cells"]
    assert len(cells) == 400 and all(len(row) == len(CLASSES) for row in cells)
    long.close()
