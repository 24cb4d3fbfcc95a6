"""The stories of policies/examples, against both engines: what the IG leads wrote is what comes out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.contract.places import policies
from services.policy.decide import Decider
from services.policy.stories import Story, read_stories, tell
from tests.policy_world import decider, embedded, served, shipped_book

STORIES = read_stories(policies())
ROWS = {"1", "2", "3", "4", "5", "7", "10", "11", "X1"}


@pytest.fixture(scope="module", params=["embedded", "server"])
def deciding(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Decider]:
    folder = tmp_path_factory.mktemp("policy")
    if request.param == "embedded":
        found = decider(embedded(), folder)
    else:
        found = decider(served(request.getfixturevalue("opa_server"), folder)[0], folder)
    yield found
    found.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.row}: {story.title}"[:90])
def test_what_the_story_says_is_what_the_rules_say(story: Story, deciding: Decider) -> None:
    assert tell(story, deciding, shipped_book()) == []


def test_every_row_has_stories() -> None:
    assert {story.row for story in STORIES} == ROWS


def test_a_story_that_does_not_hold_is_told(tmp_path: Path) -> None:
    deciding = decider(embedded(), tmp_path)
    story = replace(
        STORIES[0], then={"DM0": "release", "DM5": {"withhold": "OBJECTION"}}, warnings=("DSPT_LAPSED",)
    )
    told = tell(story, deciding, shipped_book())
    deciding.close()
    assert [line.split(":")[0] for line in told] == ["DM0", "DM5", "warnings"]
    assert "OWNER_APPROVAL" in told[1]
