"""The reviewer's list reads once what many tasks need: many cost little more than few, and it speaks of the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from services.contract.people import Relate
from services.gateway.parts import stamp
from services.gateway.profiles import day
from services.gateway.reviews.asking import reviewer_of
from services.gateway.reviews.listing import list_reviews
from services.index import relate
from services.index.people import People
from services.index.schema import IDENTITY
from tests.hub.test_reviews import ADMIN, CSC, NHS
from tests.hub.world import SEAN, World, a_person
from tests.reviewing import doubt, item, no_matching
from tests.unit.index.northshire import flag, patient

FEW, MORE, EACH = 3, 9, 20
"""Statements that one task more may cost."""


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What the index's database is asked while the block runs."""
    engine, asked = world.parts.index._store.engine, []  # type: ignore[attr-defined]

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def raise_doubts(world: World, first: int, last: int, *, label: str = "") -> None:
    index: Any = world.parts.index
    for n in range(first, last):
        more = [flag(f"f{n}", f"b{n}", label)] if label else []
        world.publish(CSC, patient(f"a{n}", f"Arthur Fam{chr(97 + n)}", "1950-03-02"))
        world.publish(NHS, patient(f"b{n}", f"Art Fam{chr(97 + n)}", "1950-03-02"), *more)
        doubt(index, item(index, CSC, f"a{n}"), item(index, NHS, f"b{n}"), at=stamp(datetime.now(UTC)))


def test_a_task_more_costs_a_few_statements_more_and_no_opening(empty: World) -> None:
    with no_matching():
        raise_doubts(empty, 0, FEW)
        list_reviews(empty.parts, ADMIN)
        with statements(empty) as few:
            assert len(list_reviews(empty.parts, ADMIN)) == FEW
        raise_doubts(empty, FEW, MORE)
        with statements(empty) as more:
            assert len(list_reviews(empty.parts, ADMIN)) == MORE
    assert len(more) - len(few) <= EACH * (MORE - FEW)


def test_read_together_each_task_is_in_the_queue_that_it_is_in_by_itself(empty: World) -> None:
    officer = a_person("PRIVACY-OFFICER")
    with no_matching():
        raise_doubts(empty, 0, 2)
        raise_doubts(empty, 2, 4, label="L:SAFEADDR")
        raise_doubts(empty, 4, 5)
        for asker, count in ((ADMIN, 3), (officer, 2)):
            listed = list_reviews(empty.parts, asker)
            assert len(listed) == count
            reviewer, on = reviewer_of(empty.parts, asker), day(empty.parts.now())
            alone = [empty.parts.index.reviews.open(reviewer, one.id, on).line for one in listed]
            assert list(listed) == alone


def test_people_read_together_are_as_each_by_themselves(world: World) -> None:
    """Over all of Northshire: the protected, those of concern to them, and who lives with whom among them."""
    index: Any = world.parts.index
    store, book, on = index._store, world.parts.shelf.current(), day(world.parts.now())
    # Of somebody whom others are kept safe from: so that there are harm links, and conflicts.
    asker = reviewer_of(world.parts, replace(ADMIN, own=(SEAN,))).asker
    with store.read() as connection:
        persons = tuple(sorted(set(connection.execute(select(IDENTITY.c.person)).scalars())))
        together = relate.alone(People(connection, store, book, on), persons, asker)
        for person, found in zip(persons, together, strict=True):
            people = People(connection, store, book, on)
            (single,) = relate.relate(people, Relate(person, "person", on, (), asker=asker)).people
            assert found == single
    assert any(one.harm_link for one in together)
    assert any(one.conflict for one in together)
    assert any(one.facts.labels for one in together)


@pytest.mark.parametrize("decided", [False, True])
def test_an_empty_list_is_empty(empty: World, decided: bool) -> None:
    assert list_reviews(empty.parts, ADMIN, decided=decided) == ()
