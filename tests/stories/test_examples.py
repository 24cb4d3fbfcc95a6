"""The stories of policies/examples, against both engines: what the IG leads wrote is what comes out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from services.contract.places import policies
from services.policy.stories import Story, read_stories
from services.policy.story_words import headline
from services.policy.telling import Teller
from services.runtime.book import BadBook
from tests.policy_world import embedded, served

STORIES = read_stories(policies())
ROWS = {str(number) for number in range(1, 16)} | {"X1", "X2", "X3"}
LETTERS = {
    "1": "b", "2": "bcd", "4": "bcdefgh", "5": "bcdefghi", "6": "bc", "7": "bc", "8": "bc", "9": "bc", "10": "bcde",
    "11": "bcde", "12": "abcde", "13": "bc", "14": "b", "15": "bc",
}  # fmt: skip
CASES = {"1-EDT", *(row + letter for row, letters in LETTERS.items() for letter in letters)}
"""The lettered cases of the rows that policy decides; 8d (what an alert carries) and 9d (differencing) are told of beside."""


@pytest.fixture(scope="module", params=["embedded", "server"])
def teller(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    if request.param == "embedded":
        found = Teller(policies(), embedded())
    else:
        folder = tmp_path_factory.mktemp("policy")
        found = Teller(policies(), served(request.getfixturevalue("opa_server"), folder)[0])
    yield found
    found.close()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: f"{story.row}: {story.title}"[:90])
def test_what_the_story_says_is_what_the_rules_say(story: Story, teller: Teller) -> None:
    assert teller.tell(story) == []


def test_every_row_and_every_lettered_case_has_stories() -> None:
    assert {story.row for story in STORIES} == ROWS
    told = {headline(story)[0] for story in STORIES}
    assert CASES - told == set()


@pytest.fixture
def inside() -> Iterator[Teller]:
    found = Teller(policies(), embedded())
    yield found
    found.close()


def test_a_story_that_does_not_hold_is_told(inside: Teller) -> None:
    then = {"DM0": "release", "DM5": {"withhold": "OBJECTION"}, "DM4r": {"release": True, "owes": ["DELAU"]}}
    told = inside.tell(replace(STORIES[0], then=then, warnings=("DSPT_LAPSED",)))
    assert [line.split(":")[0] for line in told] == ["DM0", "DM5", "DM4r", "warnings"]
    assert "OWNER_APPROVAL" in told[1]


# --- Under edits of the policies ---------------------------------------------------------------------------

ENDED = {"file": "isa/safeguarding-children.yaml", "set": {"last_day": "2026-11-01"}}
SUSPENDED = {"file": "organisations.yaml", "of": "haven-sms", "set": {"suspended": True}}


def first(given: tuple[Mapping[str, Any], ...] = (), warnings: tuple[str, ...] | None = None) -> Story:
    return replace(STORIES[0], then={"DM4r": "release"}, given=given, warnings=warnings)


def test_an_edit_is_in_force_for_its_story_and_for_no_other(inside: Teller) -> None:
    assert inside.tell(first()) == []
    assert "PARTNER_SUSPENDED" in inside.tell(first(given=(SUSPENDED,)))[0]
    lapsed = first(given=(ENDED,), warnings=("AGREEMENT_LAPSED",))
    assert inside.tell(lapsed) == []
    assert inside.tell(first()) == []
    assert inside.tell(first(warnings=("AGREEMENT_LAPSED",))) != []


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        ({"file": "organisations.yaml", "of": "nobody", "set": {"suspended": True}}, "nobody"),
        ({"file": "organisations.yaml", "of": "haven-sms", "set": {"suspended": "yes"}}, "true or false"),
        ({"file": "isa/safeguarding-children.yaml", "set": {"last_day": "2026-02-30"}}, "2026-02-30"),
        ({"file": "isa/no-such.yaml", "set": {"last_day": "2026-02-28"}}, "no-such"),
    ],
)
def test_an_edit_is_checked_like_a_file_and_the_story_is_named(
    inside: Teller, edit: dict[str, object], word: str
) -> None:
    with pytest.raises(BadBook) as refused:
        inside.tell(first(given=(edit,)))
    finding = refused.value.findings[0]
    assert word in finding.what
    assert (finding.file, finding.line) == (STORIES[0].file, STORIES[0].line)
