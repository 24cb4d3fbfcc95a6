"""Statements that go straight to the driver: they find what SQLAlchemy finds, and fail as everything else does."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import bindparam, event, literal_column, select

from services.contract.problems import IndexUnavailable
from services.index import barred, keys, link, people
from services.index.index import Index
from services.index.matching import blocking, candidates, first_look, room
from services.index.prepared import Prepared
from services.index.read import summarise
from services.index.schema import DOUBT, IDENTITY, PROTECTION, RECORD
from tests.unit.index.northshire import MIA, publish
from tests.verification.index_stores import Opened, index, opened
from tests.verification.test_index_matching import at_elm

__all__ = ["Opened", "index", "opened"]

ROOMS: tuple[ModuleType, ...] = (barred, candidates, first_look, link, people, room)
ONE = at_elm("m", nhs=MIA)


def every() -> Iterator[Prepared]:
    """Each statement of these rooms."""
    for module in ROOMS:
        for found in vars(module).values():
            yield from (
                one for one in (found if isinstance(found, tuple) else (found,)) if isinstance(one, Prepared)
            )


def named(row: Any) -> tuple[str, ...]:
    """Names of its columns, without those that have none of their own."""
    return tuple(name for name in row._fields if name.islower() and not name.startswith("_"))


@pytest.fixture
def wanted(index: Index) -> dict[str, Any]:
    """Two records of one child; something to find for every parameter."""
    publish(index, "csc", ONE)
    publish(index, "gp", at_elm("g", nhs=MIA))
    mac, summary = index._store.mac, summarise(ONE, False, "N")
    bare, looked = blocking.of_search(mac, summary)
    with index._store.read() as connection:
        row = connection.execute(select(IDENTITY).where(IDENTITY.c.source == "csc")).one()
        items, persons = (
            sorted(connection.execute(select(column)).scalars().all())
            for column in (IDENTITY.c.item, IDENTITY.c.person)
        )
        records = connection.execute(select(RECORD.c.id)).scalars().all()
    return {"item": row.item, "person": row.person, "items": items, "persons": persons, "ids": records, "wanted": looked,
            "bare": bare, "keys": looked,
            "homes": keys.of_homes(mac, summary), "key": mac.number("match-number", MIA), "most": 9,
            "values": [*items, *persons]}  # fmt: skip


def test_each_statement_finds_what_sqlalchemy_finds(index: Index, wanted: dict[str, Any]) -> None:
    found = 0
    with index._store.read() as connection:
        for statement in every():
            compiled = statement.statement.compile(dialect=connection.dialect)
            given = {name: wanted[name] for name, bind in compiled.binds.items() if bind.required}
            theirs = connection.execute(statement.statement, given).all()
            ours = statement.rows(connection, given)
            # Where no order was asked for, none is promised.
            assert sorted(map(repr, map(tuple, ours))) == sorted(map(repr, map(tuple, theirs)))
            assert ours == [] or named(ours[0]) == named(theirs[0])
            found += bool(ours)
    # All but those of who is protected, of whom there is nobody here.
    assert found >= len([*every()]) - 2


def test_whoever_listens_to_statements_hears_of_each(index: Index, wanted: dict[str, Any]) -> None:
    told: list[str] = []

    def noted(*given: Any) -> None:
        told.append(given[2])

    one = Prepared(select(IDENTITY.c.person).where(IDENTITY.c.item == bindparam("item")))
    with index._store.read() as connection:
        quick = one.rows(connection, {"item": wanted["item"]})
        event.listen(index._store.engine, "before_cursor_execute", noted)
        heard = one.rows(connection, {"item": wanted["item"]})
        event.remove(index._store.engine, "before_cursor_execute", noted)
        assert len(told) == 1
        assert [row.person for row in heard] == [row.person for row in quick] == [wanted["person"]]
        one.rows(connection, {"item": wanted["item"]})
    assert len(told) == 1


def test_values_come_back_in_the_form_of_their_column(index: Index, wanted: dict[str, Any]) -> None:
    row = {"item": wanted["item"], "person": wanted["person"], "other": "", "rule": "r", "restricted": True, "at": "2026-11-20",
           "evidence": b"sealed"}  # fmt: skip
    with index._store.write() as connection:
        connection.execute(DOUBT.insert(), row)
        (found,) = Prepared(select(DOUBT)).rows(connection, {})
    assert found.restricted is True
    assert found.evidence == b"sealed"
    assert isinstance(found.evidence, bytes)


def test_a_parameter_left_out_is_no_empty_one(index: Index, wanted: dict[str, Any]) -> None:
    with index._store.read() as connection, pytest.raises(KeyError):
        link._WITH_OTHERS.rows(connection, {"person": wanted["person"]})


def test_a_list_that_would_have_many_texts_is_refused(index: Index) -> None:
    listed = Prepared(select(PROTECTION.c.label).where(PROTECTION.c.item.in_(["one", "two"])))
    with index._store.read() as connection, pytest.raises(TypeError, match="among"):
        listed.rows(connection, {})


@pytest.mark.parametrize("lost", [False, True], ids=["refused", "connection lost"])
def test_a_database_that_fails_is_a_problem_that_tells_no_value(index: Index, lost: bool) -> None:
    wrong = Prepared(select(literal_column("no_such_column")).where(IDENTITY.c.item == bindparam("item")))
    with pytest.raises(IndexUnavailable) as told:
        _ask(index, wrong, lost)
    assert "a-value" not in f"{told.value} {told.value.detail} {told.value.__cause__}"
    # The next question has a connection that works.
    with index._store.read() as connection:
        assert link._PERSON_OF.rows(connection, {"item": "nobody"}) == []


def _ask(index: Index, statement: Prepared, lost: bool) -> None:
    with index._store.read() as connection:
        if lost:
            driver: Any = connection.connection.driver_connection
            driver.close()
        statement.rows(connection, {"item": "a-value"})
