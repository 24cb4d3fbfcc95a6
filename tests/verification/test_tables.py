"""Composed tables against a real OPA server: 100,000 cells, and tables that the server itself made."""

from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from services.policy.opa import ServerEngine
from services.policy.tables.build import build_tables
from services.policy.tables.walk import Walk
from tests.policy_world import served, shipped_book
from tests.real.find import Server
from tests.tables_world import compared, questions, shipped_tables

CELLS = 100_000
SEED = 20261201


@pytest.fixture(scope="module")
def server(
    opa_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerEngine]:
    engine, _ = served(opa_server, tmp_path_factory.mktemp("tables"))
    yield engine
    engine.close()


def test_composed_tables_are_the_servers_answer(server: ServerEngine) -> None:
    wrong, effects = compared(Walk(shipped_tables()), server, SEED, CELLS)
    assert wrong == []
    assert min(effects[effect] for effect in ("release", "generalise", "ask-owner", "withhold")) > 700


def test_tables_that_the_server_made_give_the_same_answers(server: ServerEngine) -> None:
    # Not the same bytes: the two engines give the members of some groups in another order, which no rule reads.
    by_server, by_wasm = Walk(build_tables(shipped_book(), server)), Walk(shipped_tables())
    assert [
        asked for asked in islice(questions(SEED), 1_000) if by_server.answer(asked) != by_wasm.answer(asked)
    ] == []
