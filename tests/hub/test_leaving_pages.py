"""The pages for what was over the API alone: numbers, something for a partner, and the draft for a subject's request."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from services.cli.demo.enrol import enrol_staff
from services.contract.people import About
from services.gateway.cases.draft import LETTER, REMINDS
from services.gateway.tasks.inbox import waiting
from tests.hub.test_rights_pages import browser
from tests.hub.world import MANAGER, MIA, SEAN, World, a_person, a_world

UNIVERSITY, COUNCIL = "northshire-university", "northshire-csc"
REQUEST = {"purpose": "PATRQT", "checked-day": "2", "checked-month": "11", "checked-year": "2026", "given": "Sean",
           "family": "Cole", "nhs_number": "999 100 0054"}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = a_world(tmp_path_factory.mktemp("leaving"))
    enrol_staff(found.parts, "http://127.0.0.1:1")
    yield found
    found.close()


def kinds(world: World, log: str) -> list[str]:
    return [one["kind"] for one in world.entries(log)]


def linked(who: TestClient, address: str) -> bool:
    return f'href="{address}"' in who.get("/your-tasks").text


# --- Numbers ---------------------------------------------------------------------------------------------------


def test_a_researcher_finds_the_page_and_is_given_the_table_after_its_entry(world: World) -> None:
    researcher = browser(world, "RESEARCHER", UNIVERSITY)
    assert linked(researcher, "/numbers") and researcher.get("/numbers").status_code == 200
    asked = {"purpose": "PLANNING", "by": "kind-of-service", "among": "UNDER_13"}
    page = researcher.post("/numbers", data=asked)
    assert page.status_code == 200
    assert "People of one age group by kind of service" in page.text and "fewer than 10, or none" in page.text
    assert kinds(world, UNIVERSITY)[-1] == "counts.given"
    wrong = researcher.post("/numbers", data=asked | {"among": ""})
    assert (wrong.status_code, "Say of which age group" in wrong.text) == (422, True)
    assert researcher.post("/numbers", data={"purpose": "C-S47", "by": "age"}).status_code == 422
    assert kinds(world, UNIVERSITY).count("counts.given") == 1


def test_nobody_else_hears_that_there_are_numbers(world: World) -> None:
    worker = browser(world, "SW-CHILD")
    assert not linked(worker, "/numbers")
    assert worker.get("/numbers").status_code == 404
    assert worker.post("/numbers", data={"purpose": "PLANNING", "by": "age"}).status_code == 404


# --- For a partner ---------------------------------------------------------------------------------------------


def test_a_member_makes_a_sheet_out_of_what_is_chosen(world: World) -> None:
    manager = browser(world, "SW-TEAM-MGR")
    case = opened(manager)
    address = f"/your-cases/{case}/product"
    assert f'href="{address}"' in manager.get(f"/your-cases/{case}").text
    chosen = {"subject": "1", "to": "northshire-education", "action": "watch-and-ring", "text": "he hits her"}
    page = manager.post(address, data=chosen)
    assert page.status_code == 200, page.text
    sheet, _, alone = page.text.partition("For you alone")
    assert "Go on as usual, and ring us at once" in sheet and "Northshire Council Education" in sheet
    assert "Sean" in sheet and "he hits her" not in page.text and alone
    assert "Told officers that he would find her" not in page.text
    last = next(
        one for one in reversed(world.entries(MANAGER.organisation)) if one["kind"] == "release.intent"
    )
    assert (last["facts"]["channel"], last["facts"]["to"]) == ("product", "northshire-education")
    for field, words in (("subject", "whom it is about"), ("to", "which partner"), ("action", "asked to do")):
        bad = manager.post(address, data=chosen | {field: "9"})
        assert (bad.status_code, words in bad.text) == (422, True)
    own = manager.post(address, data=chosen | {"to": MANAGER.organisation})
    assert own.status_code == 422
    assert browser(world, "SW-CHILD").get(address).status_code == 404


def opened(manager: TestClient) -> str:
    """A case of the manager's own, by its page."""
    typed = {"ground": "reasonable-cause", "ground_text": "Seen with bruises", "rag": "RED", "reference": "STRAT-1",
             "subjects-rows": "2"}  # fmt: skip
    page = manager.post(
        "/your-cases/new/C-S47", data=typed | subject(0, MIA, "child") | subject(1, SEAN, "adult")
    )
    assert page.status_code == 303, page.text
    return page.headers["location"].rpartition("/")[2]


def subject(number: int, who: About, as_: str) -> dict[str, str]:
    told = who.model_dump(exclude_none=True, include={"given", "family", "nhs_number"}) | {"as": as_}
    return {f"subjects-{number}-{name}": str(value) for name, value in told.items()}


# --- The draft for a subject's request -------------------------------------------------------------------------


def test_a_reviewer_drafts_an_answer_and_is_reminded_once_by_the_day_it_is_due(world: World) -> None:
    officer = browser(world, "PRIVACY-OFFICER")
    assert linked(officer, "/subject-request")
    for _ in range(2):
        page = officer.post("/subject-request", data=REQUEST)
        assert page.status_code == 200, page.text
    give, _, alone = page.text.partition("For the reviewer alone")
    assert LETTER in give and "2 December 2026" in give and "Cole" in give
    assert "Rowan House" not in page.text and alone
    assert "name not shown" not in page.text
    (task,) = [one for one in waiting(world.parts, a_person("PRIVACY-OFFICER")) if one.kind == REMINDS]
    assert task.due.startswith("2026-12-02T23:59")
    shown = officer.get(f"/your-tasks/{task.id}").text
    assert "2 November 2026" in shown and not re.search("Sean|Cole|9991000054", shown)
    later = officer.post("/subject-request", data=REQUEST | {"waited": "10"})
    assert "12 December 2026" in later.text
    assert len([one for one in waiting(world.parts, a_person("DPO")) if one.kind == REMINDS]) == 2


def test_what_is_wrong_is_told_at_its_field_and_nobody_is_reminded(world: World) -> None:
    officer, before = (
        browser(world, "PRIVACY-OFFICER"),
        len(waiting(world.parts, a_person("PRIVACY-OFFICER"))),
    )
    for field, value, said in (
        ("purpose", "FAMRQT", "Say who asks, with a number"),
        ("purpose", "TREAT", "Say which kind of request it is"),
        ("checked-year", "2999", "Give a day that has been"),
        ("waited", "some", "Give a number of days"),
    ):
        page = officer.post("/subject-request", data=REQUEST | {field: value})
        assert (page.status_code, said in page.text) == (422, True), field
    nobody = officer.post("/subject-request", data=REQUEST | {"nhs_number": "", "family": "Nobody"})
    assert "Nothing was drafted" in nobody.text
    assert len(waiting(world.parts, a_person("PRIVACY-OFFICER"))) == before
    assert browser(world, "SW-CHILD").get("/subject-request").status_code == 404
