"""Finding somebody on the pages: nothing has to be typed twice, and what is said of somebody not yet born is true."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.cli.demo.enrol import enrol_staff
from services.contract.people import About
from services.gateway.pages.question import Offer
from tests.hub.test_rights_pages import browser
from tests.hub.world import World, a_world
from tests.unit.index.northshire import home, patient, relative

CSC = "northshire-csc"
HALF = {"family": "Lom", "street": "Quarry", "scope": "person"}
MOTHER = "9993000019"
CARRIED = {
    "relation": "unborn-child",
    "of-nhs_number": MOTHER,
    "of-born-day": "11",
    "of-born-month": "2",
    "of-born-year": "1990",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("pages"), families=False)
    enrol_staff(made.parts, "http://127.0.0.1:1")
    there = [home("21 Quarry Lane", "ZZ98 1AA")]
    made.publish(
        CSC,
        patient("k", "Kerry Lomax", "1991-12-02", address=there),
        patient("t", "Tyler Lomax", "2018-08-16", address=there),
        patient("m", "Dana Hale", "1990-02-11", MOTHER, gender="female"),
        relative("u", "m", "Unborn Hale", "CHILD", born="2099-02-10"),
    )
    yield made
    made.close()


@pytest.fixture
def case(world: World) -> str:
    return world.s47((About(given="Tyler", family="Lomax"), "child"))


@pytest.fixture
def worker(world: World) -> TestClient:
    return browser(world, "SW-CHILD")


def fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form with this address."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {name: unescape(value) for name, value in found}


def test_a_question_is_changed_with_everything_typed_kept(worker: TestClient, case: str) -> None:
    nobody = worker.post(
        "/find", data={"case": case, "family": "Lom", "street": "Nowhere", "scope": "person"}
    )
    assert "Nobody was found" in nobody.text
    assert "Two things have to fit" in nobody.text
    again = fields(nobody.text, "/find")
    assert again == {"again": "yes", "case": case, "scope": "person", "family": "Lom", "street": "Nowhere"}
    back = worker.post("/find", data=again)
    assert back.status_code == 200
    assert 'value="Lom"' in back.text
    assert 'value="Nowhere"' in back.text
    assert "There is a problem" not in back.text


def test_changing_a_question_asks_nothing(worker: TestClient, case: str, world: World) -> None:
    before = len(world.entries(CSC))
    worker.post("/find", data=HALF | {"case": case, "again": "yes"})
    assert len(world.entries(CSC)) == before


def test_a_forgotten_choice_keeps_the_people_offered(worker: TestClient, case: str) -> None:
    found = worker.post("/find", data=HALF | {"case": case})
    assert "Which person do you mean?" in found.text
    sent = fields(found.text, "/find/confirm")
    bad = worker.post("/find/confirm", data=sent)
    assert bad.status_code == 422
    assert "Say which of these people you mean" in bad.text
    for words in ("Tyler Lomax", "born in 2018", "Kerry Lomax"):
        assert words in bad.text
    # Chosen now, with what was asked for still there to be changed.
    sent = fields(bad.text, "/find/confirm")
    assert (sent["family"], sent["street"]) == ("Lom", "Quarry")
    tyler = next(sent[f"offered-{n}"] for n in (1, 2) if sent[f"offered-{n}-name"] == "Tyler Lomax")
    born = {"confirm-born-day": "16", "confirm-born-month": "8", "confirm-born-year": "2018"}
    wrong = worker.post(
        "/find/confirm",
        data=sent | {"candidate": tyler, "confirm-given": "Tyler"} | born | {"confirm-born-day": "17"},
    )
    assert "4 tries are left" in wrong.text
    assert re.search(rf'value="{re.escape(tyler)}"[^>]*checked', wrong.text)
    done = worker.post("/find/confirm", data=sent | {"candidate": tyler, "confirm-given": "Tyler"} | born)
    assert "Tyler Lomax" in done.text
    assert done.status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        {"offered-1": "x" * 2000, "offered-1-name": "A", "offered-1-year": "2018"},
        {"offered-1": "x", "offered-1-name": "A" * 201, "offered-1-year": "2018"},
        {"offered-1": "x", "offered-1-name": "A", "offered-1-year": "20<8"},
    ],
)
def test_what_no_page_wrote_is_left_out(worker: TestClient, case: str, bad: dict[str, Any]) -> None:
    told = worker.post("/find/confirm", data={"case": case} | bad)
    assert told.status_code == 422
    assert "Possible people" not in told.text


def test_an_invented_candidate_opens_nothing(worker: TestClient, case: str) -> None:
    forged = {"offered-1": "forged", "offered-1-name": "Mia Reid", "offered-1-year": "2019"}
    told = {"candidate": "forged", "confirm-given": "Mia", "confirm-sex": "female"}
    answer = worker.post("/find/confirm", data={"case": case} | forged | told)
    assert "The identifiers do not agree" in answer.text


def test_a_child_not_yet_born_is_expected_and_not_born(worker: TestClient, case: str) -> None:
    found = worker.post("/find", data=CARRIED | {"case": case, "scope": "person"}).text
    assert "expected in 2099" in found
    assert "born in 2099" not in found


@pytest.mark.parametrize(
    ("year", "words"),
    [
        ("2027", "expected in 2027"),
        ("2026", "born or expected in 2026"),
        ("2025", "born in 2025"),
        ("", "no birth on record"),
    ],
)
def test_the_year_in_words_says_no_more_than_the_year(year: str, words: str) -> None:
    assert Offer("x", "Unborn Hale", year).born(datetime(2026, 11, 30, 10, tzinfo=UTC)) == words
