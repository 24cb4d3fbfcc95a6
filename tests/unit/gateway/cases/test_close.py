"""Promise: at its close a case answers one question by code, in the entry; the words beside it are sealed."""

from typing import Any

import pytest
from sqlmodel import select

from services.contract.vocabulary import code_list
from services.gateway.store.tables import CaseRow
from tests.gateway_world import World

CASE = {
    "purpose": "C-S17",
    "ground": {"code": "child-in-need"},
    "subjects": [{"about": {"given": "Mia", "family": "Reid"}, "as": "child"}],
    "members": [{"organisation": "northshire-csc", "team": "south"}],
}
ANSWER = {"changed": "yes", "outcome": "safer-plan", "text": "the grandmother was asked too"}


def test_whoever_opened_it_closes_it_and_says_what_it_changed(world: World) -> None:
    opener = world.person("worker", "SW-CHILD")
    opened = world.http.post("/cases", json=CASE, headers=opener).json()["id"]
    mate = world.person("teammate", "SW-CHILD")
    assert world.http.post(f"/cases/{opened}/close", json=ANSWER, headers=mate).status_code == 403
    assert world.http.post(f"/cases/{opened}/close", json=ANSWER, headers=opener).json()["state"] == "CLOSED"
    assert world.http.post(f"/cases/{opened}/close", json=ANSWER, headers=opener).status_code == 409
    assert world.ledger.kinds() == ["case.opened", "case.closed"]
    assert world.ledger.entries[-1].facts == {"changed": "yes", "code": "safer-plan"}
    with world.parts.store.begin() as session:
        row = session.exec(select(CaseRow)).one()
    assert b"grandmother" not in row.sealed
    assert world.parts.store.open(row.sealed, f"case:{opened}")["closing"]["text"] == ANSWER["text"]
    late = world.http.post(f"/cases/{opened}/evidence", json={"kind": "override"}, headers=opener)
    assert late.status_code == 409


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"changed": "yes"},
        {"changed": "perhaps", "outcome": "safer-plan"},
        {"changed": "yes", "outcome": "nothing-new"},
        {"changed": "no", "outcome": "went-further"},
        {"changed": "no", "outcome": "sunshine"},
    ],
)
def test_a_case_is_not_closed_without_an_answer_that_fits(world: World, said: dict[str, Any]) -> None:
    opener = world.person("worker", "SW-CHILD")
    opened = world.http.post("/cases", json=CASE, headers=opener).json()["id"]
    answer = world.http.post(f"/cases/{opened}/close", json=said, headers=opener)
    assert answer.status_code == 422
    assert "perhaps" not in answer.text and "sunshine" not in answer.text
    assert world.http.get("/cases", headers=opener).json()["cases"][0]["state"] == "OPEN"
    assert world.ledger.kinds() == ["case.opened"]


def test_every_answer_can_be_given() -> None:
    goes_with = {one for row in code_list("case-outcomes").values() for one in row["answers"]}
    assert goes_with == set(code_list("decision-changed"))
