"""Which changes may be found to narrow: those of the kinds that take away, and then only after every question was asked."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.policy.lifecycle import cell_by_cell as comparing
from services.policy.lifecycle.cell_by_cell import in_words, weighed
from services.policy.lifecycle.impact import Found
from services.policy.lifecycle.proposals import Version, version_in
from services.policy.lifecycle.takes_away import takes_away
from tests.signing_world import a_folder, edit, key

ISA = "isa/panels.yaml"
CHILDREN = "isa/safeguarding-children.yaml"
CLAUSE = "releases_without_asking:\n  - {holder: brook-hospice, purposes: [C-S47], classes: [DM5]}\n"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_folder(tmp_path_factory.mktemp("shipped") / "policies", {"amina.shah": key("amina.shah")})


@pytest.fixture
def edited(shipped: Path, tmp_path: Path) -> Callable[..., tuple[Version, Version]]:
    def change(*edits: tuple[str, str, str]) -> tuple[Version, Version]:
        folder = tmp_path / "policies"
        shutil.copytree(shipped, folder)
        for file, old, new in edits:
            edit(folder, file, old, new)
        return version_in(shipped), version_in(folder)

    return change


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (ISA, "last_day: 2031-03-31", "last_day: 2031-03-30"),
        (ISA, "status: signed", "status: suspended"),
        (ISA, "effective_from: 2025-04-01", "effective_from: 2025-05-01"),
    ],
)
def test_what_takes_away(
    edited: Callable[..., tuple[Version, Version]], file: str, old: str, new: str
) -> None:
    before, after = edited((file, old, new))
    assert takes_away(before, after)
    # The other way round it gives.
    assert not takes_away(after, before)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (ISA, "title: ", "title: The "),
        ("organisations.yaml", "retention_days: 3650", "retention_days: 3651"),
        ("rego/ask/ask.rego", "package mash.ask", "package mash.ask\n"),
    ],
)
def test_what_is_not_known_to_take_away(
    edited: Callable[..., tuple[Version, Version]], file: str, old: str, new: str
) -> None:
    before, after = edited((file, old, new))
    assert not takes_away(before, after)
    assert weighed(before, after).widens


def test_a_change_that_takes_away_is_asked_about_before_it_is_said_to_narrow(
    edited: Callable[..., tuple[Version, Version]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def compared(before: Version, after: Version) -> Found:
        asked.append(after.book.revision)
        return Found(True, ())

    monkeypatch.setattr(comparing, "cell_by_cell", compared)
    before, after = edited((ISA, "last_day: 2031-03-31", "last_day: 2031-03-30"))
    assert weighed(before, after).widens
    assert asked == [after.book.revision]


def test_what_a_holder_no_longer_releases_without_being_asked_is_taken_away(
    edited: Callable[..., tuple[Version, Version]],
) -> None:
    before, with_clause = edited((CHILDREN, "lawful_basis:", f"{CLAUSE}lawful_basis:"))
    assert takes_away(with_clause, before)
    assert not takes_away(before, with_clause)
    back = weighed(with_clause, before)
    assert (back.widens, bool(back.lines)) == (False, True)


def test_signers_read_what_the_questions_say_of_a_change_that_counts_as_widening(
    edited: Callable[..., tuple[Version, Version]],
) -> None:
    before, after = edited((CHILDREN, "lawful_basis:", f"{CLAUSE}lawful_basis:"))
    told = in_words(before, after)
    assert told.widens
    assert any("Brook Hospice" in line.text and "DM5" in line.text and line.widens for line in told.lines)
    assert any(line.text.startswith(CHILDREN) for line in told.lines)
    assert weighed(before, after).widens


def test_the_same_book_narrows_nothing_and_widens_nothing(shipped: Path) -> None:
    version = version_in(shipped)
    assert not weighed(version, version).widens
