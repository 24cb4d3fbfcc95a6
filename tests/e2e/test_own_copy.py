"""A person's own copy in a real browser: made as text and as a page; what is held back is looked at and let go."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from services.cli.demo.cast import STAFF
from services.contract.problems import LedgerUnavailable
from tests.e2e.stage import Stage, a_stage
from tests.e2e.test_approval import sign_in
from tests.e2e.test_erasure import ABOUT, WHO
from tests.e2e.test_journey import Walk, walking

OFFICER, LEAD = (
    next(one for one in STAFF if (one.organisation, one.role) == ("northshire-csc", role))
    for role in ("PRIVACY-OFFICER", "IG-LEAD")
)
DAY = {"checked__day": "2", "checked__month": "11", "checked__year": "2025"}
PAGE = "A copy for the person"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("stage")) as found:
        yield found


def test_a_copy_is_made_and_what_is_held_back_is_let_go(stage: Stage, browser: Browser) -> None:
    stage.world.view(stage.world.s47())
    with walking(browser, stage, javascript=False) as walk:
        sign_in(walk, OFFICER)
        walk.page.goto(f"{stage.url}/your-tasks")
        walk.page.get_by_role("link", name=PAGE).click()
        walk.look(PAGE)
        walk.press("Make the copy")
        assert walk.page.get_by_text("There is a problem").count() == 1
        walk.look(PAGE)
        assert "lists no answers" in downloaded(walk, "your-copy.txt")
        walk.fill(**WHO, **DAY)
        walk.press("Look at what is held back")
        walk.look("Held back from the person")
        walk.page.get_by_role("button", name="Let the person know").click()
        assert walk.page.get_by_text("There is a problem").count() == 1
        walk.look("Held back from the person")
        walk.fill(reason="the enquiry is over")
        walk.page.get_by_role("button", name="Let the person know").click()
        walk.look("Held back from the person")
        assert "holds nothing back" in walk.page.inner_text("main")
        walk.page.goto(f"{stage.url}/own-copy")
        walk.page.get_by_label("A page to print").check()
        copy = downloaded(walk, "your-copy.html")
        assert "Child protection enquiry" in copy and "<script" not in copy
        on_paper(walk, copy)
        assert not [url for url in walk.asked for word in ABOUT if word in url.lower()]
    with walking(browser, stage, javascript=False) as walk:
        sign_in(walk, LEAD)
        walk.page.goto(f"{stage.url}/own-copy")
        assert walk.page.get_by_role("button", name="Make the copy").count() == 0
    kinds = [one["kind"] for one in stage.world.entries("northshire-csc")]
    assert [kind for kind in kinds if kind.startswith("subject.")] == [
        "subject.report", "subject.let-go", "subject.report",
    ]  # fmt: skip


def test_while_the_ledger_takes_nothing_no_copy_comes(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(_: Any) -> None:
        raise LedgerUnavailable("no")

    stage.world.view(stage.world.s47())
    with walking(browser, stage, javascript=False) as walk:
        sign_in(walk, OFFICER)
        for button in ("Make the copy", "Look at what is held back"):
            walk.page.goto(f"{stage.url}/own-copy")
            walk.fill(**WHO, **DAY)
            with (
                monkeypatch.context() as patch,
                walk.page.expect_response(lambda found: "/own-copy" in found.url) as answer,
            ):
                patch.setattr(stage.world.parts.ledger._sequencer, "submit", no)  # type: ignore[attr-defined]
                walk.press(button)
            assert answer.value.status == 503
            assert not [word for word in ("Mia", "Reid", "9991000011") if word in answer.value.text()]
        walk.complaints.clear()


def downloaded(walk: Walk, name: str) -> str:
    walk.fill(**WHO, **DAY)
    with walk.page.expect_download() as coming:
        walk.press("Make the copy")
    assert coming.value.suggested_filename == name
    return Path(coming.value.path()).read_text(encoding="utf-8")


def on_paper(walk: Walk, copy: str) -> None:
    """It stands by itself, away from the hub."""
    page = walk.page.context.new_page()
    page.set_content(copy)
    assert page.locator("tbody tr").count() == 1
    page.close()
