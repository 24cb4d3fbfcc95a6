"""The invariants hold of the shipped rules, and each of them can fail: rules that give too much, or speak, are found out."""

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from services.contract.decisions import AXES, Cell, Context, Profile
from services.contract.vocabulary import codes
from services.policy.engine_rows import EngineRows
from services.policy.invariants.every import listed
from services.policy.invariants.invariant import reveals_more
from services.policy.invariants.run import Found, hold
from services.policy.ports import Rows
from services.runtime.book import Book
from tests.policy_world import embedded, shipped_book

SOME = ("FAM-OVERVIEW", "C-S47", "A-S42", "TREAT", "ETREAT", "CP-ALERT", "COMMISSION")
PURPOSES = ("FAM-OVERVIEW", "C-S47", "TREAT", "BTG", "HRESCH", "PATRQT")
"""Enough for each invariant to have something to say."""
RELEASED = Cell("release")
SHOWN = Cell("withhold", "MINIMISATION", "MINIMISATION")


@pytest.fixture(scope="module")
def shipped() -> Iterator[EngineRows]:
    engine = embedded()
    yield EngineRows(engine, shipped_book())
    engine.close()


class Everything:
    """Rules that give everything to everybody."""

    def rows(
        self, context: Context, profiles: Sequence[Profile], classes: Sequence[str] | None = None
    ) -> Sequence[tuple[Cell, ...]]:
        return [(RELEASED,) * len(codes("classes")) for _ in profiles]


class Anything:
    """Rules that say one of several things, the same each time for the same question, and some of them rude."""

    SAID = (
        RELEASED,
        SHOWN,
        Cell("withhold", "SENSITIVE_CATEGORY", visibility="silent"),
        Cell("withhold", "SENSITIVE_CATEGORY", "SENSITIVE_CATEGORY", "silent", missing=("HIV",)),
        Cell("generalise", "MINIMISATION", "MINIMISATION", how={"date": "year"}),
        Cell("withhold", "NO-SUCH-REASON", "HARM_LOCATION"),
        Cell("ask-owner", "OWNER_APPROVAL", "OWNER_APPROVAL", obligations=("DELAU",)),
    )

    def rows(
        self, context: Context, profiles: Sequence[Profile], classes: Sequence[str] | None = None
    ) -> Sequence[tuple[Cell, ...]]:
        return [
            tuple(self._said(f"{context}{profile}{code}") for code in codes("classes"))
            for profile in profiles
        ]

    def _said(self, question: str) -> Cell:
        return self.SAID[zlib.crc32(question.encode()) % len(self.SAID)]


def held(rows: Rows, *purposes: str) -> Found:
    return hold(shipped_book(), rows, quick=True, purposes=purposes)


def opened() -> Book:
    """The shipped book with no purpose closed."""
    book, clinician = shipped_book(), "ED-DOCTOR"
    return replace(
        book, role_purposes={**book.role_purposes, clinician: book.role_purposes[clinician] | {"BTG"}}
    )


def test_the_shipped_rules_hold(shipped: EngineRows) -> None:
    found = held(shipped, *SOME)
    assert [breach.told for breach in found.breaches] == []
    assert found.rows > 5_000
    assert found.changes > 10_000


def test_each_invariant_can_fail() -> None:
    broken = {
        name
        for rows in (Everything(), Anything())
        for name in hold(opened(), rows, quick=True, purposes=PURPOSES).counted
    }
    assert {name for name, _, _ in listed()} - broken == set()


def test_a_breach_is_told_in_words() -> None:
    found = held(Everything(), "HRESCH")
    told = next(one.told for one in found.breaches if one.invariant == "class-matrix")
    assert told.startswith("RESEARCHER of northshire-")
    assert "asks for HRESCH on 2026-11-23" in told
    assert told.endswith("release. But at least withhold is due.")


def test_the_first_breaches_of_a_kind_are_told_and_all_are_counted() -> None:
    found = held(Everything(), "HRESCH")
    assert found.counted["class-matrix"] > 1_000
    assert len([one for one in found.breaches if one.invariant == "class-matrix"]) == 3


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        (SHOWN, RELEASED, "withhold becomes release"),
        (Cell("withhold", "X", visibility="silent"), SHOWN, "what was silent is shown"),
        (
            Cell("generalise", how={"date": "year"}),
            Cell("generalise", how={"date": "month"}),
            "finer in date",
        ),
        (SHOWN, replace(SHOWN, shown_as="SENSITIVE_CATEGORY"), "says more about the person"),
        (replace(SHOWN, shown_as="SENSITIVE_CATEGORY"), SHOWN, ""),
        (SHOWN, Cell("withhold", "X", visibility="silent"), ""),
        (RELEASED, SHOWN, ""),
    ],
)
def test_what_reveals_more(before: Cell, after: Cell, more: str) -> None:
    found = reveals_more(after, before)
    assert more in found
    assert bool(found) == bool(more)


def test_a_coarser_level_on_one_axis_does_not_make_up_for_a_finer_one_on_another() -> None:
    draw = random.Random(7)
    for _ in range(200):
        one, other = ({axis: draw.choice(levels) for axis, levels in AXES.items()} for _ in range(2))
        finer = any(AXES[axis].index(other[axis]) < AXES[axis].index(one[axis]) for axis in AXES)
        assert bool(reveals_more(Cell("generalise", how=other), Cell("generalise", how=one))) == finer
