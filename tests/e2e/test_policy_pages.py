"""The pages of those who answer for the policies, in a real browser: they find what they came for, with and without a script.

Each page is held against axe (WCAG 2.2 AA) and must fit 320 px. `MASH_TEST_SHOTS=FOLDER` keeps a picture of each.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from services.cli.demo.cast import MANAGER, STAFF, Member
from tests.e2e.stage import Stage, a_stage

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
WIDE, NARROW = ViewportSize(width=1300, height=1000), ViewportSize(width=320, height=700)
IG_LEAD = next(member for member in STAFF if member.role == "IG-LEAD")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("stage")) as found:
        yield found


def _signed_in(browser: Browser, stage: Stage, member: Member, *, scripts: bool = True) -> Page:
    page = browser.new_context(viewport=WIDE, java_script_enabled=scripts).new_page()
    page.goto(stage.url)
    page.get_by_role("button", name="Sign in").click()
    page.fill("input[name=sub]", member.sign_in)
    page.click("button[type=submit]")
    return page


def _look(page: Page, name: str) -> None:
    """Clean, and fits a narrow window."""
    found: dict[str, Any] = Axe().run(page, options=RULES).response
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    page.set_viewport_size(WIDE)
    if os.environ.get("MASH_TEST_SHOTS"):
        page.screenshot(path=Path(os.environ["MASH_TEST_SHOTS"]) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False])
def test_an_ig_lead_finds_why_a_care_plan_is_not_seen(browser: Browser, stage: Stage, scripts: bool) -> None:
    page = _signed_in(browser, stage, IG_LEAD, scripts=scripts)
    page.get_by_role("link", name="What is shared").click()
    page.select_option("select[name=role]", "SW-CHILD")
    page.select_option("select[name=purpose]", "C-S47")
    page.select_option("select[name=holder]", "brook-hospice")
    page.get_by_role("button", name="Show").click()
    first = page.locator("table").first
    place = (
        first.locator("thead th")
        .all_inner_texts()
        .index(next(text for text in first.locator("thead th").all_inner_texts() if "DM5" in text))
    )
    row = first.locator("tbody tr", has_text="an adult of the case")
    assert row.locator("th, td").nth(place).inner_text() == "? Owner is asked\nThe owner decides"
    assert "isa/safeguarding-children.yaml" in page.inner_text("main")
    if scripts:
        _look(page, "matrix")
    page.context.close()


def test_an_ig_lead_reads_how_information_was_shared(browser: Browser, stage: Stage) -> None:
    world = stage.world
    world.view(world.s47(), scope="person")
    page = _signed_in(browser, stage, IG_LEAD)
    page.get_by_role("link", name="Report").click()
    told = page.inner_text("main")
    assert "That you read this is an entry in the ledger" in told
    assert "fewer than 10, or kept back" in told
    _look(page, "report")
    page.context.close()


def test_a_social_worker_is_not_shown_the_policies_in_full(browser: Browser, stage: Stage) -> None:
    page = _signed_in(browser, stage, MANAGER)
    assert page.get_by_role("link", name="What is shared").count() == 0
    answer = page.goto(f"{stage.url}/policy/matrix?role=SW-CHILD&purpose=C-S47")
    assert answer is not None and answer.status == 403
    page.context.close()


def test_a_word_that_nobody_knows_is_told(browser: Browser, stage: Stage) -> None:
    page = _signed_in(browser, stage, IG_LEAD)
    answer = page.goto(f"{stage.url}/policy/matrix?role=SW-CHILDS&purpose=C-S47")
    assert answer is not None and answer.status == 422
    assert "Did you mean SW-CHILD?" in page.inner_text("main")
    page.context.close()
