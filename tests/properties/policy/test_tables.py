"""Composed tables give what the engine gives: every cell of 100,000, malformed ones among them."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from services.contract.decisions import Context, Profile
from services.contract.vocabulary import codes
from services.policy.engine_rows import EngineRows
from services.policy.tables.artefact import Table
from services.policy.tables.walk import Walk
from services.policy.wasm import EmbeddedEngine
from tests.policy_world import embedded, random_context, random_profile, shipped_book
from tests.tables_world import (
    commenced_book,
    commenced_tables,
    compared,
    questions,
    shipped_tables,
    with_table,
)

CELLS = 100_000
SEED = 20261130


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedEngine]:
    found = embedded()
    yield found
    found.close()


def test_composed_tables_are_the_engines_answer(engine: EmbeddedEngine) -> None:
    wrong, effects = compared(Walk(shipped_tables()), engine, SEED, CELLS)
    assert wrong == []
    # Agreement on refusals alone would prove little.
    assert min(effects[effect] for effect in ("release", "generalise", "ask-owner", "withhold")) > 700


# --- A table that is not what the engine says is seen -------------------------------------------------------


@pytest.fixture(scope="module")
def asked_before() -> list[tuple[dict[str, Any], Any]]:
    walk = Walk(shipped_tables())
    return [(asked, walk.answer(asked)) for asked in islice(questions(SEED), 1_500)]


@pytest.mark.parametrize(
    "table",
    [
        table
        for table in shipped_tables().tables
        # Which duties the purpose has is nothing to anybody before one is in force: it is shifted below.
        if len(table.values) > 1 and table.node.name != "duties_for_purpose"
    ],
    ids=lambda table: f"{table.node.kind}-{table.node.name}",
)
def test_a_table_with_other_rows_is_seen(
    table: Table, asked_before: list[tuple[dict[str, Any], Any]]
) -> None:
    shifted = [(place + 1) % len(table.values) for place in table.cells]
    broken = Walk(with_table(shipped_tables(), table.node.name, table.node.kind, shifted))
    assert any(broken.answer(asked) != before for asked, before in asked_before)


DUTIES = ("duties_for_purpose", "duties", "holder_decides", "duty_reach")


def test_once_the_duty_is_in_force_tables_are_the_engines_answer_and_each_of_its_tables_is_seen(
    engine: EmbeddedEngine,
) -> None:
    tables, draw = commenced_tables(), list(islice(questions(SEED), 1_500))
    wrong, _ = compared(Walk(tables), engine, SEED, 20_000, commenced_book())
    assert wrong == []
    whole = Walk(tables)
    before = [whole.answer(asked) for asked in draw]
    for table in (table for table in tables.tables if table.node.name in DUTIES):
        assert len(table.values) > 1, table.node.name
        shifted = [(place + 1) % len(table.values) for place in table.cells]
        broken = Walk(with_table(tables, table.node.name, table.node.kind, shifted))
        assert any(broken.answer(asked) != was for asked, was in zip(draw, before, strict=True)), table.node


def test_one_row_that_is_broken_is_seen(engine: EmbeddedEngine) -> None:
    table = next(table for table in shipped_tables().tables if table.node.name == "harm")
    cells = list(table.cells)
    place = shipped_tables().domains["harm_link"].index(True)
    cells[place] = table.cells[shipped_tables().domains["harm_link"].index(False)]
    broken = Walk(with_table(shipped_tables(), "harm", "factor", cells))
    wrong, _ = compared(broken, engine, SEED, 20_000)
    assert wrong


# --- The port that others look through ----------------------------------------------------------------------


def typed(members: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}


def test_rows_are_those_of_the_engine_whether_seen_before_or_not(engine: EmbeddedEngine) -> None:
    walk, slow = Walk(shipped_tables()), EngineRows(engine, shipped_book())
    draw = random.Random(SEED)
    for _ in range(60):
        about = random_context(draw)
        context = Context(**typed(about))
        profiles = [Profile(**typed(random_profile(draw, about))) for _ in range(12)]
        first = walk.rows(context, profiles)
        assert first == slow.rows(context, profiles)
        assert walk.rows(context, profiles) == first
        some = ("DM4", "UNCLASSIFIED", "ASK", "DM4")
        assert walk.rows(context, profiles, some) == slow.rows(context, profiles, some)
        assert {len(row) for row in first} == {len(codes("classes"))}


def test_a_number_is_no_truth_value_even_after_the_truth_was_seen(engine: EmbeddedEngine) -> None:
    walk, slow = Walk(shipped_tables()), EngineRows(engine, shipped_book())
    draw = random.Random(SEED)
    about = {**random_context(draw), "purpose": "C-S47", "role": "SW-EDT", "opened_by_asker": True}
    usual = typed(random_profile(draw, about))
    for flag in ("own", "conflict", "harm_link", "family_child", "same_place", "source_concern"):
        for value in (True, 1, 1.0, False, 0, "", None):
            odd: Any = Profile(**{**usual, flag: value})
            assert walk.rows(Context(**typed(about)), [odd]) == slow.rows(Context(**typed(about)), [odd])
    for value in (True, 1, 0, False, None):
        context = Context(**typed({**about, "opened_by_asker": value}))
        profile = Profile(**{**usual, "labels": ("HIV",), "family_child": True, "subject_age": "13_17"})
        assert walk.rows(context, [profile]) == slow.rows(context, [profile])


def test_a_list_where_a_word_should_be_is_decided_too(engine: EmbeddedEngine) -> None:
    walk, slow = Walk(shipped_tables()), EngineRows(engine, shipped_book())
    draw = random.Random(SEED)
    about = random_context(draw)
    odd: Any = Profile(**{**typed(random_profile(draw, about)), "identity": ["MATCH"], "labels": 7})
    stranger: Any = Context(**{**typed(about), "role": ["SW-CHILD"]})
    for context in (Context(**typed(about)), stranger):
        for _ in range(2):
            assert walk.rows(context, [odd]) == slow.rows(context, [odd])
