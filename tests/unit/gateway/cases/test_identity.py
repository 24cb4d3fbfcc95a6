"""Promise: wrong, unknown and unopenable answer alike and count alike.

What was confirmed holds for that case only; protections are ended by the flagging organisation's Privacy
Officer alone.
"""

from dataclasses import replace
from typing import Any

import pytest

from services.contract.publishing import Protection
from services.gateway.candidates import Candidates
from services.gateway.cases.states import case_state
from tests.fake_ledger import LedgerThatIsDown
from tests.fakes import IndexThatIsDown
from tests.gateway_world import World
from tests.unit.gateway.cases.test_open import body
from tests.unit.gateway.cases.test_states import asker, opened

RIGHT = {"given": "Mia", "birth_date": "2019-05-07"}


@pytest.fixture
def case(world: World) -> str:
    world.index.people["person-mia"] = {**RIGHT, "family": "Reid", "nhs_number": "9991000011"}
    return opened(world, body(), "worker", "SW-CHILD")


def token(
    world: World, case: str, asked: tuple[str, ...] = ("given", "family"), person: str = "person-mia"
) -> str:
    me = asker(world, "worker", "SW-CHILD")
    return Candidates(world.parts.keys, world.parts.clock).seal(person, me, case, asked)


def confirm(
    world: World, case: str, candidate: str, identifiers: dict[str, str], user: str = "worker"
) -> Any:
    sent = {"candidate": candidate, "identifiers": identifiers}
    return world.http.post(f"/cases/{case}/identities", json=sent, headers=world.person(user, "SW-CHILD"))


def test_two_identifiers_confirm_for_this_case(world: World, case: str) -> None:
    other = opened(world, body(), "worker", "SW-CHILD")
    answer = confirm(world, case, token(world, case), RIGHT)
    assert (answer.status_code, answer.json()) == (200, {"confirmed": True, "tries_left": 4})
    me = asker(world, "worker", "SW-CHILD")
    assert case_state(world.parts, me, case).confirmed == {"person-mia"}
    assert case_state(world.parts, me, other).confirmed == frozenset()
    entry = world.ledger.entries[-1]
    assert (entry.log, entry.kind) == ("northshire-csc", "identity.confirmed")
    assert [(one.subject, one.leaves) for one in entry.subjects] == [("person-mia", 0)]
    assert dict(entry.facts) == {"identifiers": ["birth_date", "given"]}


def test_wrong_unknown_and_unopenable_answer_alike(world: World, case: str) -> None:
    wrong = RIGHT | {"birth_date": "2019-07-05"}
    answers = [
        confirm(world, case, token(world, case), wrong),
        confirm(world, case, token(world, case, person="person-gone"), RIGHT),
        confirm(world, case, "x" * 80, RIGHT),
    ]
    assert {one.status_code for one in answers} == {200}
    assert [one.json() for one in answers] == [{"confirmed": False, "tries_left": left} for left in (4, 3, 2)]
    assert len(world.index.compared) == 3
    assert world.ledger.kinds()[1:] == ["identity.refused"] * 3
    assert all(not entry.subjects for entry in world.ledger.entries[1:])
    assert case_state(world.parts, asker(world, "worker", "SW-CHILD"), case).confirmed == frozenset()


def test_five_tries_an_hour(world: World, case: str) -> None:
    for _ in range(5):
        assert confirm(world, case, "x" * 80, RIGHT).status_code == 200
    assert confirm(world, case, token(world, case), RIGHT).status_code == 429
    assert len(world.index.compared) == 5
    world.clock.move(minutes=61)
    assert confirm(world, case, token(world, case), RIGHT).json()["confirmed"]


def test_a_token_is_its_askers_its_cases_and_short(world: World, case: str) -> None:
    me = asker(world, "worker", "SW-CHILD")
    candidates = Candidates(world.parts.keys, world.parts.clock)
    sealed = token(world, case)
    assert candidates.open(sealed, me, case) == "person-mia"
    assert candidates.open(sealed, replace(me, user="another"), case) is None
    assert candidates.open(sealed, me, "another-case") is None
    assert candidates.open(sealed[:-2] + "AA", me, case) is None
    world.clock.move(seconds=900)
    assert candidates.open(sealed, me, case) is None


def test_tokens_have_one_length(world: World, case: str) -> None:
    assert len(token(world, case, ())) == len(token(world, case, ("given", "family", "sex")))


def test_one_identifier_must_be_new(world: World, case: str) -> None:
    answer = confirm(world, case, token(world, case, ("given", "birth_date", "sex")), RIGHT)
    assert answer.status_code == 422
    assert world.index.compared == []


@pytest.mark.parametrize(
    "identifiers",
    [{"given": "Mia"}, {"given": "Mia", "postcode": "ZZ99 3VZ"}, {}, {"Mia": "x", "sex": "male"}],
)
def test_a_closed_list_without_location(world: World, case: str, identifiers: dict[str, str]) -> None:
    answer = confirm(world, case, token(world, case), identifiers)
    assert answer.status_code == 422
    assert "Mia" not in answer.text
    assert "ZZ99" not in answer.text


def test_nothing_is_told_without_an_entry_or_an_index(world: World, case: str) -> None:
    header = world.person("worker", "SW-CHILD")
    sent = {"candidate": token(world, case), "identifiers": RIGHT}
    bodies = set()
    for parts in ({"ledger": LedgerThatIsDown()}, {"index": IndexThatIsDown()}):
        answer = world.with_parts(**parts).post(f"/cases/{case}/identities", json=sent, headers=header)
        assert answer.status_code == 503
        bodies.add((answer.content, tuple(sorted(answer.headers.items()))))
    assert len(bodies) == 1
    assert case_state(world.parts, asker(world, "worker", "SW-CHILD"), case).confirmed == frozenset()


@pytest.mark.parametrize("outcome", ["ended", "continued"])
def test_a_privacy_officer_reviews_a_protection(world: World, outcome: str) -> None:
    world.index.protections["p-1"] = Protection("p-1", "L:SAFEADDR", "northshire-csc", "2026-01-01")
    sent = {"outcome": outcome, "reason": "the family asked in person"}
    answer = world.http.post(
        "/protections/p-1/review", json=sent, headers=world.person("officer", "PRIVACY-OFFICER")
    )
    assert answer.status_code == 200
    assert world.index.protections["p-1"].ended == (outcome == "ended")
    (entry,) = world.ledger.entries
    assert (entry.log, entry.kind, entry.facts["outcome"]) == ("hub", "protection.reviewed", outcome)
    assert "p-1" not in str(entry.facts)


def test_nobody_else_reviews_it(world: World) -> None:
    world.index.protections["p-1"] = Protection("p-1", "L:SAFEADDR", "northshire-csc", "2026-01-01")
    sent = {"outcome": "ended", "reason": "because"}
    theirs = world.person("neighbour", "PRIVACY-OFFICER", "eastmoor-system")
    other = world.http.post("/protections/p-1/review", json=sent, headers=theirs)
    none = world.http.post("/protections/p-2/review", json=sent, headers=theirs)
    assert (other.status_code, none.status_code) == (404, 404)
    assert other.content == none.content
    worker = world.person("worker", "SW-CHILD")
    assert world.http.post("/protections/p-1/review", json=sent, headers=worker).status_code == 403
    down = world.with_parts(ledger=LedgerThatIsDown())
    officer = world.person("officer", "PRIVACY-OFFICER")
    assert down.post("/protections/p-1/review", json=sent, headers=officer).status_code == 503
    assert not world.index.protections["p-1"].ended
    assert world.ledger.kinds() == []
