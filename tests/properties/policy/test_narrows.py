"""What is said to narrow narrows: after edits at random, no whole decision of a large sample releases more than it did."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract.decisions import Cell, Context, Profile
from services.contract.vocabulary import codes
from services.policy.circumstances import Asking, Circumstance, circumstances, in_circumstance, that_apply
from services.policy.comparing.beyond import beyond
from services.policy.comparing.shifts import Compared, compared
from services.policy.impact.compare import direction
from services.policy.impact.report import WIDER
from services.policy.paper import with_papers
from services.policy.tables.artefact import Tables
from services.policy.tables.build import build_tables
from services.policy.tables.walk import Walk
from services.policy.wasm import EmbeddedEngine
from services.runtime.book import Book
from tests.policy_edits import edited
from tests.policy_world import embedded, random_context, random_profile, shipped_book
from tests.tables_world import shipped_tables

SINCE = "2026-11-29"
DAYS = (SINCE, "2026-12-25", "2027-07-01", "2031-03-31", "2040-01-01")
EXAMPLES, SAMPLE = (60, 400) if os.environ.get("LONG") else (4, 150)


@pytest.fixture(scope="module")
def engine() -> Iterator[EmbeddedEngine]:
    found = embedded()
    yield found
    found.close()


def _whole(members: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}


def _at_random(draw: random.Random) -> tuple[Context, Profile]:
    about = random_context(draw)
    context = replace(Context(**_whole(about)), on=draw.choice(DAYS))
    return context, Profile(**_whole(random_profile(draw, about)))


@lru_cache(maxsize=4)
def _circumstances(of: str, book: "_ByDigest") -> tuple[Circumstance, ...]:
    return circumstances(book.book)


@dataclass(frozen=True)
class _ByDigest:
    """A book, told from others by its digest alone."""

    book: Book = field(compare=False)


def _usual(draw: random.Random, book: Book) -> tuple[Context, Profile]:
    """A question with everything in place but for one circumstance: most of what is released at all."""
    role = draw.choice(sorted(book.role_purposes))
    purpose = draw.choice(sorted(book.role_purposes[role]) or [*codes("purposes")])
    source = draw.choice([*book.sources.values()])
    asking = Asking(draw.choice(sorted(book.organisations)), role, purpose, draw.choice(DAYS))
    return in_circumstance(book, asking, source, draw.choice(that_apply(asking, source, circumstances(book))))


def _cells(book: Book, walk: Walk, context: Context, profile: Profile) -> tuple[Cell, ...]:
    return walk.rows(context, with_papers(book, context, (profile,)))[0]


def _wider(
    sides: tuple[tuple[Book, Walk], tuple[Book, Walk]], draw: random.Random, number: int
) -> list[tuple[Context, Profile]]:
    """The questions of a sample under which more is released on the second side."""
    found = []
    for place in range(number):
        asked = _at_random(draw) if place % 3 == 0 else _usual(draw, draw.choice(sides)[0])
        was, now = (_cells(book, walk, *asked) for book, walk in sides)
        if any(direction(one, other) == WIDER for one, other in zip(was, now, strict=True)):
            found.append(asked)
    return found


def _both_ways(
    engine: EmbeddedEngine, draw: random.Random
) -> Iterator[tuple[tuple[Book, Tables], tuple[Book, Tables]]]:
    book = edited(draw, draw.choice([1, 1, 2]))
    engine.prepare(book)
    one, other = (shipped_book(), shipped_tables()), (book, build_tables(book, engine, shipped_tables()))
    yield one, other
    yield other, one


def _said_to_widen(before: tuple[Book, Tables], after: tuple[Book, Tables]) -> bool:
    found: Compared = compared(before, after, SINCE)
    return found.widens or bool(beyond(before[0], after[0]))


@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_is_said_to_narrow_releases_no_more(engine: EmbeddedEngine, seed: int) -> None:
    draw = random.Random(seed)
    for before, after in _both_ways(engine, draw):
        if not _said_to_widen(before, after):
            sides = (before[0], Walk(before[1])), (after[0], Walk(after[1]))
            assert _wider(sides, draw, SAMPLE) == []
