"""Composed tables against a real OPA server: 20,000 cells, 100,000 with LONG=1; and tables that the server itself made."""

import os
from collections.abc import Callable, Iterator

import pytest

from services.policy.opa import ServerEngine
from services.policy.tables.artefact import as_bytes
from services.policy.tables.build import build_tables
from services.policy.tables.walk import Walk
from tests.policy_world import served, shipped_book
from tests.real.find import Server
from tests.tables_world import compared, shipped_tables

LONG = os.environ.get("LONG") == "1"
# The embedded engine is held against all of them in every run (tests/properties/policy/test_tables.py).
CELLS = 100_000 if LONG else 20_000
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
    assert (
        min(effects[effect] for effect in ("release", "generalise", "ask-owner", "withhold")) > CELLS * 0.007
    )


def test_tables_that_the_server_made_are_the_same_bytes(server: ServerEngine) -> None:
    by_server, by_wasm = build_tables(shipped_book(), server), shipped_tables()
    differing = [
        ours.node.name
        for ours, theirs in zip(by_wasm.tables, by_server.tables, strict=True)
        if ours != theirs
    ]
    assert differing == []
    assert as_bytes(by_server) == as_bytes(by_wasm)
