"""Under which ids a person's records ever stood, on both databases: held against the index as it was seen after every step."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from services.contract.reviews import KnownAs, Span, known_alone
from services.index.index import Index
from services.index.schema import IDENTITY
from tests.properties.index.test_unlinking import BORN, COMES_FIRST
from tests.unit.index.links_world import Publish, Step, Withdraw, do
from tests.unit.index.northshire import MIA, patient
from tests.verification.index_stores import index, opened
from tests.verification.test_index_links import BY_HAND, KEPT_APART, LATER, UNLINK

__all__ = ["index", "opened"]
MOVES: list[Step] = [
    # A record leaves somebody who stays, and comes back.
    Publish("gp", (patient("a", "Leo Cole", "2001-01-01"),)),
    Publish("gp", (patient("a", "Mia Reid", BORN[0], MIA),)),
]
HISTORIES: dict[str, list[Step]] = {
    "never": [],
    "changes": [*LATER, UNLINK],
    "by-hand": [*BY_HAND, UNLINK],
    "moves": [*MOVES, UNLINK],
    "twice": [
        Publish("police", (patient("b", "Mia Reid", BORN[0], MIA),)),
        UNLINK,
        Withdraw(("police", "b"), ("csc", "a")),
    ],
    "apart": [*KEPT_APART, LATER[-1], UNLINK],
}


def moment(number: int) -> str:
    return f"2026-11-01T09:{number // 60:02}:{number % 60:02}Z"


def standing(index: Index) -> dict[str, str]:
    with index._store.read() as connection:
        rows = connection.execute(select(IDENTITY.c.item, IDENTITY.c.person)).all()
    return {row.item: row.person for row in rows}


def has(spans: Sequence[Span], at: str) -> bool:
    return any(since <= at and (not until or at <= until) for since, until in spans)


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_every_id_and_its_times_are_those_that_were_seen(index: Index, history: list[Step]) -> None:
    seen: list[tuple[str, dict[str, str]]] = []
    for number, step in enumerate([*COMES_FIRST, *history]):
        do(index, [(number, step)])
        seen.append((moment(number), standing(index)))
    last = seen[-1][1]
    for person in set(last.values()):
        known = index.links.known_as(person)
        mine = {item for item, of in last.items() if of == person}
        _held_against(known, mine, seen)
        stood = {stands[item] for _, stands in seen for item in mine & stands.keys()}
        assert {one.id for one in known.ids} == stood
        others = {
            of
            for at, stands in seen
            for item, id in stands.items()
            if id in stood and item not in mine
            for of in (last[item],)
        }
        assert others <= known.beside | stood
        assert known.id == person and not known.beside & stood


def _held_against(known: KnownAs, mine: set[str], seen: list[tuple[str, dict[str, str]]]) -> None:
    for at, stands in seen:
        for one in known.ids:
            own = any(stands.get(item) == one.id for item in mine)
            other = any(id == one.id and item not in mine for item, id in stands.items())
            # At the second of a change both are right.
            if own:
                assert has(one.spans, at), (at, one)
            if own and other:
                assert has(one.mixed, at), (at, one)
            if other and not own and not _edge(one.spans, at):
                assert not has(one.spans, at), (at, one)


def _edge(spans: Sequence[Span], at: str) -> bool:
    return any(at in span for span in spans)


def test_an_id_that_nobody_ever_had_stands_for_itself(index: Index) -> None:
    assert index.links.known_as("nobody") == known_alone("nobody")
