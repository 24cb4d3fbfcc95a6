"""Erasing a person in a real browser: a privacy officer asks, a hold stops the second person, two release it, and it is done."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from services.cli.demo.cast import STAFF
from tests.e2e.stage import Stage, a_stage
from tests.e2e.test_approval import sign_in
from tests.e2e.test_journey import Walk, walking

OFFICER, LEAD = (
    next(one for one in STAFF if (one.organisation, one.role) == ("northshire-csc", role))
    for role in ("PRIVACY-OFFICER", "IG-LEAD")
)
ABOUT = ("mia", "reid", "9991000")
WHO = {"given": "Mia", "family": "Reid", "nhs_number": "999 100 0011"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    floors = "child-safeguarding=0,adult-safeguarding=0,care=0,rights=0"
    with a_stage(tmp_path_factory.mktemp("stage"), retention=floors) as found:
        yield found


def test_erasure_from_request_to_done(stage: Stage, browser: Browser) -> None:
    stage.world.view(stage.world.s47())
    with walking(browser, stage, javascript=False) as walk:
        sign_in(walk, OFFICER)
        walk.page.goto(f"{stage.url}/your-tasks")
        walk.page.get_by_role("link", name="Erase a person from the ledger").click()
        walk.look("Erase a person from the ledger")
        walk.press("Ask a second person")
        assert walk.page.get_by_text("There is a problem").count() == 1
        walk.look("Erase a person from the ledger")
        walk.page.get_by_label("No longer needed").check()
        walk.fill(**WHO)
        walk.press("Ask a second person")
        walk.look("Erase a person from the ledger")
        assert "Waiting for a second person" in walk.page.inner_text("main")
        walk.page.goto(f"{stage.url}/legal-holds")
        walk.page.get_by_label("Coroner").check()
        walk.fill(**WHO)
        walk.press("Set the hold")
        walk.look("Legal holds")
        walk.page.get_by_role("button", name="Ask that the hold").click()
        walk.look("Legal holds")
        assert not [url for url in walk.asked for word in ABOUT if word in url.lower()]
    with walking(browser, stage, javascript=False) as walk:
        sign_in(walk, LEAD)
        agree(walk, "A person is to be erased from the ledger")
        walk.look("This cannot be done")
        assert "A legal hold stands" in walk.page.inner_text("main")
        agree(walk, "A legal hold is to be released")
        walk.look("Your tasks")
        agree(walk, "A person is to be erased from the ledger")
        walk.look("Your tasks")
    kinds = [one["kind"] for one in stage.world.entries("hub")]
    assert [kind for kind in kinds if kind.split(".")[0] in ("hold", "erasure", "subject")] == [
        "erasure.asked", "hold.set", "hold.release-asked", "erasure.refused", "hold.released", "subject.shredded",
    ]  # fmt: skip


def agree(walk: Walk, title: str) -> None:
    walk.page.goto(f"{walk.stage.url}/your-tasks")
    walk.page.get_by_role("link", name=title).first.click()
    walk.look(title)
    walk.page.get_by_label("Agree", exact=True).check()
    walk.fill(reason="as the schedule says")
    walk.press("Record the decision")
