"""The tables of the shipped book, and their answers beside an engine's, for tests of tables."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from services.policy.ports import Engine, EngineFailed
from services.policy.tables.artefact import Table, Tables
from services.policy.tables.build import build_tables
from services.policy.tables.walk import Walk
from services.runtime.book import Book
from tests.policy_world import embedded, hostile_question, shipped_book


@cache
def shipped_tables() -> Tables:
    """Built once, by the embedded engine."""
    engine = embedded()
    try:
        return build_tables(shipped_book(), engine)
    finally:
        engine.close()


def questions(seed: int) -> Iterator[dict[str, Any]]:
    """Questions at random without an end, a third of them malformed."""
    draw = random.Random(seed)
    while True:
        yield hostile_question(draw)


def cells_in(answer: Any) -> int:
    """How many cells an answer has."""
    return sum(len(row) for row in answer["cells"] if row) if isinstance(answer, dict) else 0


@cache
def commenced_book() -> Book:
    """The shipped book with the one duty in force that it holds ready (Children Act 2004 section 16LA)."""
    book, revision = shipped_book(), "c" * 16
    ready = {
        name: {**gateway, "from": "2025-04-01", "last": "2031-03-31"}
        if gateway["holder_decides"]
        else gateway
        for name, gateway in book.data["gateways"].items()
    }
    data = {**book.data, "revision": revision, "gateways": ready}
    return replace(book, digest="c" * 64, revision=revision, data=data)


@cache
def commenced_tables() -> Tables:
    """Its tables, made from the shipped ones."""
    engine = embedded()
    try:
        return build_tables(commenced_book(), engine, shipped_tables())
    finally:
        engine.close()


def compared(
    walk: Walk, engine: Engine, seed: int, cells: int, book: Book | None = None
) -> tuple[list[int], dict[str, int]]:
    """Numbers of the questions that come out otherwise, and how often each effect came out."""
    wrong, effects, seen = [], dict[str, int](), 0
    for number, asked in enumerate(questions(seed)):
        try:
            wanted = engine.ask(book or shipped_book(), asked)
        except EngineFailed:
            wanted = None
        found = walk.answer(asked)
        if found != wanted:
            wrong.append(number)
        seen += cells_in(found)
        for cell in (cell for row in found["cells"] if row for cell in row):
            effects[cell["effect"]] = effects.get(cell["effect"], 0) + 1
        if seen >= cells:
            return wrong, effects
    raise AssertionError


def with_table(tables: Tables, name: str, kind: str, cells: Sequence[int]) -> Tables:
    """The same tables, but for the rows of one."""

    def changed(table: Table) -> Table:
        hit = table.node.name == name and (table.node.kind == "group") == (kind == "group")
        return replace(table, cells=tuple(cells)) if hit else table

    return replace(tables, tables=tuple(changed(table) for table in tables.tables))
