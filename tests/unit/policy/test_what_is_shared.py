"""The pages made from the stories: each story once, in words, on the page of whoever asks; and the check that compares."""

import re
from pathlib import Path, PurePosixPath

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.contract.places import policies
from services.contract.vocabulary import code_list, codes
from services.policy.stories import read_stories
from services.policy.story_words import headline
from services.policy.what_is_shared import FOLDER, INDEX, file_of, pages
from tests.policy_world import shipped_book

STORIES = read_stories(policies())
PAGES = pages(STORIES, shipped_book())
CODE = re.compile(r"\b(DM\d\w?|[A-Z]+(_[A-Z0-9]+)+|L:[A-Z]+)\b")


def page_of(role: str) -> str:
    return PAGES[PurePosixPath(FOLDER, file_of(role))]


def test_there_is_a_page_for_every_role_and_a_list_of_them() -> None:
    assert {path.name for path in PAGES} == {INDEX, *(file_of(role) for role in codes("roles"))}
    listed = PAGES[PurePosixPath(INDEX)]
    assert all(f"({FOLDER}/{file_of(role)})" in listed for role in codes("roles"))


def test_each_story_is_told_on_the_page_of_whoever_asks() -> None:
    assert len(STORIES) > 150
    for story in STORIES:
        page = page_of(story.asks["who"])
        number, title = headline(story)
        assert f"**{title}.** (Example {number})" in page
        assert story.also in page


def test_what_is_kept_back_has_its_sentence_and_who_can_change_it() -> None:
    for story in STORIES:
        for then in story.then.values():
            for word in ("withhold", "ask-owner"):
                if isinstance(then, dict) and word in then:
                    reason = code_list("reasons")[then[word]]
                    page = page_of(story.asks["who"])
                    assert reason["sentence"] in page
                    assert reason["who_can_change"].lower() in page.lower()


@pytest.mark.parametrize("path", sorted(PAGES), ids=str)
def test_no_code_is_left_for_a_reader_to_look_up(path: PurePosixPath) -> None:
    assert CODE.findall(PAGES[path]) == []


def test_the_check_fails_where_a_page_differs_and_the_command_mends_it(tmp_path: Path) -> None:
    run = CliRunner()
    made = ["policy", "what-is-shared", "--into", str(tmp_path)]
    assert run.invoke(app, [*made, "--check"]).exit_code == 1
    assert run.invoke(app, made).exit_code == 0
    assert run.invoke(app, [*made, "--check"]).exit_code == 0
    page = tmp_path / FOLDER / "sw-child.md"
    page.write_text(page.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    (tmp_path / FOLDER / "no-role.md").write_text("left over", encoding="utf-8")
    told = run.invoke(app, [*made, "--check"])
    assert told.exit_code == 1
    assert "no-role.md" in told.output and "sw-child.md" in told.output
    run.invoke(app, made)
    assert run.invoke(app, [*made, "--check"]).exit_code == 0
    assert not (tmp_path / FOLDER / "no-role.md").exists()
