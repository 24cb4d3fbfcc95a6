"""Records published before there were the keys of today, on both databases: found again as if they had come today."""

from collections.abc import Mapping

import pytest
from sqlalchemy import delete, select

from services.index import rekey
from services.index.index import Index
from services.index.schema import HOME, LOOK_UP
from tests.properties.index.test_unlinking import BORN, HOMES, QUESTIONS
from tests.unit.index.links_world import answers
from tests.unit.index.northshire import LEO, MIA, flag, home, patient, publish
from tests.verification.index_stores import index, opened

__all__ = ["index", "opened"]


def keys_of(index: Index) -> Mapping[str, set[tuple[str, int]]]:
    with index._store.read() as connection:
        return {
            table.name: {(row.item, row.key) for row in connection.execute(select(table))}
            for table in (HOME, LOOK_UP)
        }


def filled(index: Index) -> None:
    """Of three people one is protected, and shares a home with another."""
    protected = patient("a", "Leo Cole", BORN[1], LEO, address=[home(HOMES[0])]), flag("f", "a", "L:SAFEADDR")
    publish(index, "csc", patient("a", "Mia Reid", BORN[0], MIA, address=[home(HOMES[0])]), received=at(1))
    publish(index, "gp", *protected, received=at(2))
    publish(
        index, "police", patient("a", "Dana Reid", "1990-01-01", address=[home(HOMES[1])]), received=at(3)
    )


def at(day: int) -> str:
    return f"2026-11-{day:02}T09:00:00Z"


def older(index: Index) -> None:
    """As a hub of before had left it: half of the keys were not made."""
    with index._store.write() as connection:
        for row in sorted(connection.execute(select(LOOK_UP)).all())[::2]:
            connection.execute(delete(LOOK_UP).where(LOOK_UP.c.item == row.item, LOOK_UP.c.key == row.key))
        connection.execute(delete(HOME))


def test_the_same_keys_and_answers_as_of_records_that_came_today(index: Index) -> None:
    filled(index)
    whole, told = keys_of(index), answers(index, QUESTIONS)
    assert not index.keys_lacking() and index.rekey() == 0
    older(index)
    assert keys_of(index) != whole and index.keys_lacking()
    steps: list[tuple[int, int]] = []
    assert index.rekey(lambda done, of: steps.append((done, of))) == 3
    assert keys_of(index) == whole and answers(index, QUESTIONS) == told
    assert steps[-1] == (3, 3) and not index.keys_lacking() and index.rekey() == 0


def test_ended_half_way_it_is_still_said_to_be_needed_and_goes_on(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(index)
    whole = keys_of(index)
    older(index)
    monkeypatch.setattr(rekey, "_BATCH", 1)

    def ended(done: int, _: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.rekey(ended)
    assert keys_of(index) != whole and index.keys_lacking()
    assert 0 < index.rekey() < 3
    assert keys_of(index) == whole and not index.keys_lacking()
