"""Searches per person and hour: a refusal with its entry and an alert; in an enquiry the alert alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.contract.people import About
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway.ask import rehearsed
from tests.hub.inboxes import tasks
from tests.hub.world import MIA, NOW, WORKER, World, a_person, a_world

NOBODY = About(given="Zebedee", family="Nowhere", birth_date="1950-01-01")


@pytest.fixture
def few(tmp_path: Path) -> Iterator[World]:
    """A hub in which three searches an hour may be made."""
    made = a_world(tmp_path, families=False, searches_an_hour=3)
    made.at(NOW)
    yield made
    made.close()


def alerts(world: World) -> list[dict[str, object]]:
    return [dict(task.facts) for task in tasks(world, "northshire-csc", "privacy-officer")
            if task.row.kind == "search-limit"]  # fmt: skip


def test_the_search_after_the_last_is_refused_entered_and_told_to_the_privacy_officer(few: World) -> None:
    case = few.open("C-SCREEN", "contact-received", (MIA, "child"))
    # Somebody known and somebody unknown count alike.
    answers = [few.ask(case, about) for about in (NOBODY, MIA, NOBODY)]
    assert all(isinstance(one, FamilyView) for one in answers)
    assert alerts(few) == []
    refused = few.ask(case, NOBODY)
    assert isinstance(refused, Refused)
    assert refused.code == "SEARCH_LIMIT"
    entry = few.entries("northshire-csc")[-1]
    assert (entry["kind"], entry["facts"]["code"]) == ("release.refused", "SEARCH_LIMIT")
    assert isinstance(few.ask(case, NOBODY), Refused)
    told = {"worker": WORKER.user, "asking_role": "SW-CHILD", "refused": "yes"}
    assert alerts(few) == [told]
    # Another person's searches are another's, and an hour later one may go on.
    assert isinstance(few.ask(case, NOBODY, by=a_person("SW-TEAM-MGR")), FamilyView)
    few.at(NOW + timedelta(minutes=59))
    assert isinstance(few.ask(case, NOBODY), Refused)
    few.at(NOW + timedelta(hours=2))
    assert isinstance(few.ask(case, NOBODY), FamilyView)


def test_in_a_child_protection_enquiry_nobody_is_refused_and_the_privacy_officer_is_told(few: World) -> None:
    case = few.s47()
    for _ in range(5):
        assert isinstance(few.ask(case, NOBODY), FamilyView)
    assert alerts(few) == [{"worker": WORKER.user, "asking_role": "SW-CHILD", "refused": "no"}]


def test_what_describes_nobody_and_what_leaves_nothing_do_not_count(few: World) -> None:
    case = few.s47()
    for _ in range(5):
        few.ask(case, About(candidate="offered"))
        rehearsed(few.parts, WORKER, ViewRequest(about=NOBODY, case=case))
    assert isinstance(few.ask(case, NOBODY), FamilyView)
    assert alerts(few) == []
