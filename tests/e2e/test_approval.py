"""Owner approval in a real browser: a worker asks, the owner approves one note, the worker sees exactly that note."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from services.cli.demo.cast import SOCIAL_WORKER, STAFF, Member
from tests.e2e.stage import Stage, a_stage
from tests.e2e.test_journey import Walk, walking

OWNER = next(one for one in STAFF if one.organisation == "haven-sms" and one.role == "CALDICOTT")
NOTE = "Therapy session notes"
WORDS = "She asked that this stays in the room."
ABOUT = ("dana", "mia", "reid", "9991000", "needed%20to%20plan", "needed+to+plan", "therapy")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("stage")) as found:
        yield found


def sign_in(walk: Walk, member: Member) -> None:
    walk.page.goto(f"{walk.stage.url}/sign-in")
    walk.page.fill("input[name=sub]", member.sign_in)
    walk.page.click("button[type=submit]")
    walk.look("Your cases")


def show_the_family(walk: Walk, case: str) -> None:
    walk.page.goto(f"{walk.stage.url}/your-cases/{case}")
    walk.look("Child protection enquiry")
    walk.press("Show the family of Mia Reid")
    walk.look("Family of Mia Reid")


def ask_haven(walk: Walk, case: str) -> None:
    show_the_family(walk, case)
    assert WORDS not in walk.page.inner_text("main")
    walk.page.get_by_role("button", name="Ask Haven for: Restricted narrative").click()
    walk.look("Ask Haven")
    walk.press("Ask the owner")
    assert walk.page.get_by_text("There is a problem").count() == 1
    walk.look("Ask Haven")
    walk.fill(reason="Needed to plan for the child")
    walk.press("Ask the owner")
    walk.look("Child protection enquiry")
    told = walk.page.inner_text("main")
    assert "Asked of others" in told and "Restricted narrative, Haven WAITING" in told.replace(
        "Waiting", "WAITING"
    )


def approve(walk: Walk) -> None:
    walk.page.goto(f"{walk.stage.url}/your-tasks")
    walk.look("Your tasks")
    walk.page.get_by_role("link", name="A worker asks for a record of yours").first.click()
    walk.look("A worker asks for a record of yours")
    told = walk.page.inner_text("main")
    for shown in (
        "Dana Reid",
        "Needed to plan for the child",
        NOTE,
        "Social worker",
        "Child protection enquiry",
        WORDS,
    ):
        assert shown in told, shown
    walk.press("Record the decision")
    assert walk.page.get_by_text("There is a problem").count() == 1
    walk.look("A worker asks for a record of yours")
    walk.page.get_by_label("Approve one record for this case").check()
    walk.fill(reason="Bears on the safety plan")
    walk.press("Record the decision")
    walk.look("Your tasks")
    assert "Approve one record for this case" in walk.page.inner_text("main")


def see_that_note(walk: Walk, case: str) -> None:
    walk.page.goto(f"{walk.stage.url}/your-cases/{case}")
    walk.look("Child protection enquiry")
    told = walk.page.inner_text("main")
    assert "for every member of this case" in told
    assert "Bears on the safety plan" not in told
    show_the_family(walk, case)
    told = walk.page.inner_text("main")
    assert WORDS in told
    assert "Do not pass this on without the agreement of the organisation that holds it." in told


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_asked_approved_and_seen(browser: Browser, stage: Stage, javascript: bool) -> None:
    case = stage.world.s47()
    with (
        walking(browser, stage, javascript=javascript) as worker,
        walking(browser, stage, javascript=javascript) as owner,
    ):
        sign_in(worker, SOCIAL_WORKER)
        ask_haven(worker, case)
        sign_in(owner, OWNER)
        approve(owner)
        see_that_note(worker, case)
        addresses = [
            url.lower() for walk in (worker, owner) for url in walk.asked if url.startswith(stage.url)
        ]
        assert len(addresses) > 10
        assert [url for url in addresses if any(value in url for value in ABOUT)] == []


def test_advice_is_asked_and_given(browser: Browser, stage: Stage) -> None:
    case = stage.world.s47()
    lead = next(one for one in STAFF if one.organisation == "northshire-csc" and one.role == "IG-LEAD")
    with (
        walking(browser, stage, javascript=True) as worker,
        walking(browser, stage, javascript=True) as adviser,
    ):
        sign_in(worker, SOCIAL_WORKER)
        worker.page.goto(f"{stage.url}/your-cases/{case}")
        worker.page.get_by_role("link", name="Ask for advice").click()
        worker.look("Ask for advice")
        worker.press("Ask for advice")
        worker.look("Ask for advice")
        worker.page.get_by_label("Information governance lead").check()
        worker.fill(reason="May the school be told of the order?")
        worker.press("Ask for advice")
        worker.look("Child protection enquiry")
        sign_in(adviser, lead)
        adviser.page.goto(f"{stage.url}/your-tasks")
        adviser.page.get_by_role("link", name="A worker asks for your advice").first.click()
        adviser.look("A worker asks for your advice")
        adviser.page.get_by_label("Advice: share a part").check()
        adviser.fill(reason="That there is an order, and not why.")
        adviser.press("Record the decision")
        worker.page.goto(f"{stage.url}/your-cases/{case}")
        told = worker.page.inner_text("main")
        assert "Advice: share a part" in told and "That there is an order, and not why." in told
