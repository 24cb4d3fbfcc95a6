"""A doubtful match in a real browser: found in the list, read side by side, decided, and undone later."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from services.cli.demo.cast import STAFF
from services.gateway.parts import stamp
from tests.e2e.stage import Stage, a_stage
from tests.e2e.test_approval import sign_in
from tests.e2e.test_journey import Walk, walking
from tests.reviewing import doubt, item
from tests.unit.index.northshire import home, patient

ADMIN = next(one for one in STAFF if one.role == "MASH-ADMIN")
ONE, OTHER = "northshire-csc", "northshire-nhs"
ABOUT = ("arthur", "jessop", "1950", "9993000050", "quarry")
LIST, TASK = "Doubtful matches", "Two records may be about one person"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("stage"), families=False) as found:
        yield found


def in_doubt(stage: Stage) -> None:
    index: Any = stage.world.parts.index
    stage.world.publish(
        ONE, patient("one", "Arthur Jessop", "1950-03-02", address=[home("4 Quarry Lane", "ZZ98 1AA")])
    )
    stage.world.publish(OTHER, patient("other", "Art Jessop", "1950-02-03", "9993000050",
                                       address=[home("9 Quarry Lane", "ZZ98 1AB")]))  # fmt: skip
    if not index.reviews.months():
        doubt(index, item(index, ONE, "one"), item(index, OTHER, "other"), at=stamp(stage.world.parts.now()))


def test_a_doubt_is_read_decided_and_undone(stage: Stage, browser: Browser) -> None:
    in_doubt(stage)
    with walking(browser, stage, javascript=False) as walk:
        sign_in(walk, ADMIN)
        walk.page.goto(f"{stage.url}/your-tasks")
        walk.page.get_by_role("link", name=LIST).click()
        walk.look(LIST)
        assert "Jessop" not in walk.page.inner_text("main")
        open_first(walk)
        walk.look(TASK)
        told = walk.page.inner_text("main")
        assert "Arthur Jessop" in told
        assert "Art Jessop" in told
        assert "differs" in told
        assert "9 Quarry Lane" not in told
        walk.press("Record the answer")
        assert walk.page.get_by_text("There is a problem").count() == 1
        walk.look(TASK)
        walk.page.get_by_label("The same person", exact=True).check()
        walk.fill(reason="The GP letter names both.")
        walk.press("Record the answer")
        walk.look(LIST)
        assert "Nothing is waiting." in walk.page.inner_text("main")
        open_first(walk)
        walk.look(TASK)
        assert "The GP letter names both." in walk.page.inner_text("main")
        walk.press("Undo the decision")
        assert walk.page.get_by_text("There is a problem").count() == 1
        walk.fill(reason="He has a cousin of that name.")
        walk.press("Undo the decision")
        walk.look(TASK)
        assert "What taking them apart raised" in walk.page.inner_text("main")
        walk.page.goto(f"{stage.url}/your-reviews")
        walk.look(LIST)
        assert "Undone" in walk.page.inner_text("main")
        assert not [url for url in walk.asked for word in ABOUT if word in url.lower()]
    kinds = [one["kind"] for one in stage.world.entries(ONE)]
    assert [kind for kind in kinds if kind.startswith("review.")] == ["review.answered", "review.undone"]
    # Each look at the task was an entry of its own: opened, with two mistakes, opened again once decided, and shown once undone.
    assert kinds.count("release.intent") == 5


def open_first(walk: Walk) -> None:
    walk.page.locator("tbody th a").first.click()
