"""The journey of a doctor who has to break the glass, and of the privacy officer who looks at it afterwards, in a real browser.

Signing in again is done at the demonstration's provider, and what was typed is there after it. Each page is held against axe.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from services.gateway.access import fresh
from services.gateway.tasks.working_off import work_off
from tests.e2e.stage import Stage, a_stage
from tests.e2e.test_journey import WIDE, Walk
from tests.hub.test_break_glass import opened_to_health

DOCTOR = "kofi.doctor@northshire-nhs.example"
OFFICER = "ruth.privacy@northshire-nhs.example"
REASON = "Collapsed in the waiting room, not responding"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("glass"), edit=opened_to_health) as found:
        yield found


@contextmanager
def signed_in(browser: Browser, stage: Stage, who: str, *, javascript: bool = True) -> Iterator[Walk]:
    context = browser.new_context(viewport=WIDE, java_script_enabled=javascript)
    try:
        walk = Walk(context.new_page(), stage, axe=javascript)
        walk.page.goto(f"{stage.url}/sign-in")
        prove(walk, who)
        walk.look("Your cases")
        yield walk
    finally:
        context.close()


def prove(walk: Walk, who: str) -> None:
    """At the provider."""
    walk.page.fill("input[name=sub]", who)
    walk.page.click("button[type=submit]")


def keep(walk: Walk, name: str, folder: Path) -> None:
    walk.page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_doctor_breaks_the_glass_and_the_officer_looks_at_it(
    browser: Browser, stage: Stage, tmp_path: Path, javascript: bool
) -> None:
    with signed_in(browser, stage, DOCTOR, javascript=javascript) as walk:
        walk.page.get_by_role("button", name="Open a case").click()
        walk.page.check("input[value=BTG]")
        walk.press("Continue")
        walk.look("Sign in again to break the glass")
        keep(walk, "again", tmp_path)
        walk.press("Sign in again")
        prove(walk, DOCTOR)
        walk.look("Break glass")
        keep(walk, "form", tmp_path)
        walk.page.check('input[name="subjects-0-as"][value=adult]')
        walk.fill(subjects__0__given="Joan", subjects__0__family="Pike", subjects__0__nhs_number="9991000100")
        walk.press("Break the glass")
        # Without a reason nothing happens, and what was typed is still there.
        assert walk.page.get_by_text("There is a problem").count() == 1
        walk.fill(ground_text=REASON)
        walk.press("Break the glass")
        walk.look("Break glass")
        told = walk.page.inner_text("main")
        assert "Reference of broken glass" in told
        reference = told.split("Reference of broken glass")[1].split()[0]
        keep(walk, "case", tmp_path)
        walk.page.get_by_role("button", name="Show the family of Joan Pike").click()
        walk.look("Joan Pike")
        keep(walk, "view", tmp_path)
        shown = walk.page.inner_text("main")
        assert "Allegation" in shown and "Status not given" in shown
        assert "No CPR decision is shown here" in shown
    work_off(stage.world.parts)
    with signed_in(browser, stage, OFFICER, javascript=javascript) as walk:
        walk.page.goto(f"{stage.url}/your-tasks")
        walk.look("Your tasks")
        walk.page.get_by_role("link", name="Uses of broken glass").click()
        walk.look("Uses of broken glass")
        assert reference in walk.page.inner_text("main") and "Pike" not in walk.page.inner_text("main")
        keep(walk, "uses", tmp_path)
        walk.page.get_by_role("link", name=f"Not reviewed yet of {reference}").click()
        walk.look("Somebody here broke the glass")
        keep(walk, "task", tmp_path)
        walk.page.get_by_label("Appropriate", exact=True).check()
        walk.fill(reason="Spoke to the doctor")
        walk.press("Record the decision")
        for page, heading in (("/given", "Who was given our records"), ("/held-back", "What is held back")):
            walk.page.goto(stage.url + page)
            walk.look(heading)
            keep(walk, page.strip("/"), tmp_path)
        walk.page.goto(f"{stage.url}/break-glass")
        row = walk.page.locator("tr", has_text=reference)
        assert "Appropriate" in row.inner_text()
    addresses = [url.lower() for url in walk.asked if url.startswith(stage.url)]
    assert not [url for url in addresses if "pike" in url or "9991000100" in url or "collapsed" in url]


def test_what_was_typed_is_there_after_signing_in_again(
    browser: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with signed_in(browser, stage, DOCTOR) as walk:
        walk.page.goto(f"{stage.url}/your-cases/new/BTG/again")
        prove(walk, DOCTOR)
        walk.look("Break glass")
        walk.page.check('input[name="subjects-0-as"][value=adult]')
        walk.fill(ground_text=REASON, subjects__0__given="Joan", subjects__0__family="Pike")
        with monkeypatch.context() as late:
            # The five minutes are over before the button is pressed.
            late.setattr(fresh, "FRESH", -1)
            walk.press("Break the glass")
            walk.look("Sign in again to break the glass")
        walk.press("Sign in again")
        prove(walk, DOCTOR)
        walk.look("Break glass")
        assert walk.page.input_value("[name=ground_text]") == REASON
        assert walk.page.input_value('[name="subjects-0-family"]') == "Pike"
        walk.press("Break the glass")
        assert "Reference of broken glass" in walk.page.inner_text("main")
        # Once the glass is broken nothing of it is kept for another time.
        walk.page.goto(f"{stage.url}/your-cases/new/BTG")
        assert walk.page.input_value("[name=ground_text]") == ""


def test_somebody_without_a_page_finds_none(browser: Browser, stage: Stage) -> None:
    with signed_in(browser, stage, "amara.okafor@northshire-csc.example") as walk:
        for page in ("/given", "/held-back", "/break-glass", "/your-cases/new/BTG"):
            walk.page.goto(stage.url + page)
            walk.look("There is no such page or record")
        walk.page.goto(f"{stage.url}/your-cases/new")
        assert walk.page.locator("input[value=BTG]").count() == 0


def test_a_manager_reads_what_is_held_back_and_closes_with_an_answer(
    browser: Browser, stage: Stage, tmp_path: Path
) -> None:
    with signed_in(browser, stage, "marian.cope@northshire-csc.example") as walk:
        walk.page.goto(f"{stage.url}/your-cases/new/C-S47")
        walk.page.check('input[name="subjects-0-as"][value=child]')
        walk.fill(ground_text="as recorded", reference="CS/9", subjects__0__given="Mia")
        walk.fill(subjects__0__family="Reid", subjects__0__nhs_number="9991000011")
        walk.press("Open the case")
        walk.page.get_by_role("button", name="Show the family of Mia Reid").click()
        keep(walk, "family", tmp_path)
        assert "How sure each statement is" in walk.page.inner_text("main")
        work_off(stage.world.parts)
        walk.page.goto(f"{stage.url}/held-back")
        walk.look("What is held back")
        keep(walk, "held", tmp_path)
        walk.page.get_by_role("button", name="Let the holders know").first.click()
        assert walk.page.get_by_text("There is a problem").count() == 1
        walk.look("What is held back")
        walk.page.goto(f"{stage.url}/your-cases")
        walk.page.get_by_role("link", name="Mia Reid").first.click()
        walk.page.get_by_role("button", name="Close the case").click()
        walk.look("Close the case")
        keep(walk, "close", tmp_path)
        walk.page.check("input[name=changed][value=partly]")
        walk.page.check("input[name=outcome][value=other-people]")
        walk.press("Close the case")
        walk.look("Your cases")
