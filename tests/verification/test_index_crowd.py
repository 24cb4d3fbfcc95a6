"""What a crowd costs: a key that very many share is met and left, whoever holds the number is found all the same."""

from typing import Any

import pytest
from sqlalchemy import event, insert, select

from services.index.index import Index
from services.index.matching import blocking, candidates, first_look
from services.index.matching.decide import decide
from services.index.matching.verdict import Decision
from services.index.people import People
from services.index.read import summarise
from services.index.schema import IDENTITY, LOOK_UP
from tests.unit.index.northshire import MIA, ON, home, patient, publish
from tests.verification.index_stores import Opened, index, opened
from tests.verification.test_index_matching import at_elm, person_of

__all__ = ["Opened", "index", "opened"]

AT_ELM = at_elm("m", nhs=MIA)


@pytest.fixture
def came_to(monkeypatch: pytest.MonkeyPatch) -> list[Decision]:
    found: list[Decision] = []

    def noted(*given: Any, **more: Any) -> Decision:
        found.append(decide(*given, **more))
        return found[-1]

    monkeypatch.setattr("services.index.link.decide", noted)
    return found


def crowd(index: Index, resource: dict[str, Any]) -> int:
    """Give everything that the record would be found by, but its number, to very many others; how many rows."""
    store = index._store
    summary = summarise(resource, False, "N")
    number = {store.mac.number("match-number", one.value) for one in summary.numbers}
    keys = blocking.of_record(store.mac, summary, placed=True) - number
    items = [f"crowd-{n}" for n in range(first_look.MET // 4)]
    rows = [{"key": key, "item": item} for key in keys for item in items]
    publish(index, "csc", patient("crowd", "Ugo Cole", "1950-02-03"))
    with store.write() as connection:
        somebody = select(IDENTITY).where(IDENTITY.c.item == store.item("csc", "Patient", "crowd"))
        one = dict(connection.execute(somebody).mappings().one())
        connection.execute(insert(IDENTITY), [{**one, "item": item} for item in items])
        connection.execute(insert(LOOK_UP), rows)
    return len(rows)


def test_a_crowd_is_left_aside_and_the_number_links_all_the_same(
    index: Index, came_to: list[Decision]
) -> None:
    publish(index, "csc", AT_ELM)
    assert crowd(index, AT_ELM) > first_look.MET
    publish(index, "gp", at_elm("g", nhs=MIA))
    assert came_to[-1].truncated
    assert person_of(index, "gp", "g") == person_of(index, "csc", "m")
    publish(index, "police", at_elm("p"))
    assert came_to[-1].truncated
    assert person_of(index, "police", "p") != person_of(index, "csc", "m")


def test_whoever_shares_a_key_with_few_is_still_met_in_a_crowd(index: Index, came_to: list[Decision]) -> None:
    phone: dict[str, Any] = {"telecom": [{"system": "phone", "value": "01632 960001"}]}
    publish(index, "csc", AT_ELM)
    crowd(index, AT_ELM)
    publish(index, "gp", at_elm("g", nhs=MIA, **phone))
    publish(index, "police", at_elm("p", **phone))
    assert came_to[-1].truncated
    assert person_of(index, "csc", "m") in {doubt.person for doubt in came_to[-1].doubts}


def test_no_statement_reads_more_of_a_crowd_than_its_bound(index: Index) -> None:
    publish(index, "csc", AT_ELM)
    crowd(index, AT_ELM)
    store = index._store
    item = store.item("police", "Patient", "p")
    summary = summarise(AT_ELM, False, "N")
    with store.read() as connection:
        people = People(connection, store, index._shelf.current(), ON)
        first = first_look.look(people, item, summary)
        assert {row.met for row in first.alike} == {first_look.MET + 1}
        statements: list[str] = []
        event.listen(store.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        found = candidates.find(people, item, summary, first)
    assert found.truncated
    assert len(statements) <= 2 * len(first.keys) + 4


def test_a_street_of_which_every_town_has_one_makes_no_crowd(index: Index) -> None:
    """By street and given name alone, half the Mias of a country would be weighed for each of them."""
    mac = index._store.mac

    def street_keys(born: str, name: str) -> set[int]:
        one = summarise(patient("x", name, born, address=[home("1 High Street", "ZZ98 1AA")]), False, "N")
        other = summarise(patient("x", name, born, address=[home("1 Elm Walk", "ZZ98 1AA")]), False, "N")
        return blocking.of_record(mac, one, True) - blocking.of_record(mac, other, True)

    mine = street_keys("2019-05-07", "Mia Reid")
    assert mine and not mine & street_keys("1990-02-11", "Mia Cole")
    assert mine & street_keys("2019-11-01", "Mia Cole")
    assert mine & street_keys("", "Mia Reid")
