"""Erasing a person on a whole hub: asked for on a page, agreed to in a task, counted by replay; what is about others stays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from services.cli.ledger.replay import decide_again
from services.contract.cases import DecideTask
from services.contract.people import About
from services.contract.problems import NotAllowed, NotFound
from services.contract.releases import Erasure, Hold
from services.contract.views import FamilyView, Refused
from services.gateway.notices.tables import GivenRow
from services.gateway.rights import erasure
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import opened, waiting
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.working_off import work_off
from services.ledger.erasure import shred
from services.ledger.reading import Reading
from tests.hub.world import MIA, World, a_person, a_world
from tests.named import named

ANY_DAY = "child-safeguarding=0,adult-safeguarding=0,care=0,rights=0"
OFFICER, LEAD = a_person("PRIVACY-OFFICER"), a_person("IG-LEAD")
LEO = About(nhs_number="9991000038", given="Leo", family="Reid")
WHY = "the retention schedule says so"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = a_world(tmp_path, retention=ANY_DAY)
    yield found
    found.close()


def asked(world: World, about: About = MIA) -> str:
    """The task in which the second person finds the request."""
    found = erasure.ask_erasure(world.parts, OFFICER, about, "no-longer-needed")
    assert isinstance(found, Erasure), found
    (row,) = [one for one in waiting(world.parts, LEAD) if one.kind == erasure.AGREE_ERASURE]
    return row.id


def decided(world: World, task: str, answer: str = "agree", by: Any = LEAD) -> Any:
    return decide_task(world.parts, by, task, DecideTask(answer=answer, reason=WHY))


def person(world: World, about: About) -> str:
    from services.gateway.rights.whom import Whom, settle

    found = settle(world.parts, OFFICER, about)
    assert isinstance(found, Whom), found
    return found.person


def replayed(world: World) -> dict[str, Any]:
    """Every decision on record decided again, as `mash ledger replay` does it."""
    with Reading(world.parts.settings, world.parts.keys) as reading:
        return decide_again(reading, world.home)


def test_two_people_erase_one_and_replay_counts_it_and_decides_the_rest(world: World) -> None:
    view = world.view(world.s47())
    work_off(world.parts)
    mia, leo = person(world, MIA), person(world, LEO)
    before = len(world.parts.ledger.about(leo).rows)
    assert world.parts.ledger.about(mia).rows and before
    found = replayed(world)
    assert (found["otherwise"], found["unreplayable"]) == ({}, {})
    task = asked(world)
    told = open_task(world.parts, LEAD, task)
    assert not isinstance(told, Refused) and told["facts"]["name"] == "Mia Reid"
    assert decided(world, task)["state"] == "DECIDED"
    assert world.parts.ledger.about(mia).rows == ()
    assert len(world.parts.ledger.about(leo).rows) == before
    found = replayed(world)
    assert (found["otherwise"], found["unknown"]) == ({}, {})
    assert found["unreplayable"]["shredded"] >= 1
    # What is about the others of the same answer was decided again, in part.
    assert found["rows"] > 0
    assert view.receipt is not None
    opening = json.loads(world.parts.ledger.opening(view.receipt.id) or b"")
    gone = [one for one in opening["subjects"] if one is None]
    assert len(gone) == 1 < len(opening["subjects"])
    record = json.loads(world.parts.ledger.decision(view.receipt.id) or b"")  # type: ignore[attr-defined]
    ages = {profile["subject_age"] for call in record["calls"] for profile in call["profiles"]}
    assert ages, "nothing is left of the decisions about the others"


def test_nothing_that_the_gateway_keeps_of_it_names_the_person(world: World) -> None:
    world.view(world.s47())
    work_off(world.parts)
    mia = person(world, MIA)
    task = asked(world)
    decided(world, task)
    parts = world.parts
    with parts.store.begin() as session:
        given = session.exec(select(GivenRow)).all()
    assert given
    for row in given:
        kept = parts.store.open(row.sealed, f"given:{row.id}")
        assert mia not in json.dumps(kept)
    (closed,) = [one for one in waiting(parts, LEAD, decided=True) if one.id == task]
    words = json.dumps(opened(parts, closed).facts)
    assert not named(words, ("Mia", "Reid", "9991000011", "2019-05-07", mia))
    entries = json.dumps(world.entries("hub"))
    assert named(entries, ("northshire-hub",)) and not named(entries, ("Mia", "Reid", "9991000011", mia))


def test_whoever_asked_does_not_agree_and_others_do_not_find_it(world: World) -> None:
    world.view(world.s47())
    task = asked(world)
    both = a_person("IG-LEAD", user=OFFICER.user)
    with pytest.raises(NotAllowed):
        decided(world, task, by=both)
    with pytest.raises(NotFound):
        decided(world, task, by=a_person("IG-LEAD", "northshire-nhs"))
    with pytest.raises(NotFound):
        decided(world, task, by=OFFICER)
    assert decided(world, task, "do-not-agree")["answer"] == "do-not-agree"
    assert world.parts.ledger.about(person(world, MIA)).rows
    assert [one["facts"]["code"] for one in world.entries("hub") if one["kind"] == "erasure.refused"] == [
        "NOT_AGREED"
    ]


def test_a_hold_stops_the_second_person_until_two_release_it(world: World) -> None:
    world.view(world.s47())
    task = asked(world)
    hold = erasure.set_hold(world.parts, LEAD, MIA, "court")
    assert isinstance(hold, Hold)
    stopped = decided(world, task)
    assert isinstance(stopped, Refused) and stopped.code == "LEGAL_HOLD"
    assert isinstance(erasure.ask_release(world.parts, OFFICER, hold.id), Hold)
    (release,) = [one for one in waiting(world.parts, LEAD) if one.kind == erasure.AGREE_RELEASE]
    assert decided(world, release.id)["answer"] == "agree"
    assert world.parts.ledger.holds.listed(LEAD.organisation) == ()
    assert decided(world, task)["answer"] == "agree"


def test_before_the_floor_it_is_refused_with_the_day(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    world.view(world.s47())
    found = erasure.ask_erasure(world.parts, OFFICER, MIA, "no-longer-needed")
    assert isinstance(found, Refused) and found.code == "RETENTION_FLOOR"
    year = world.parts.now().year + 21
    assert f"{year}." in found.sentence
    assert not waiting(world.parts, LEAD)
    world.close()


def test_nobody_is_found_by_less_than_a_number_and_a_second_detail(world: World) -> None:
    world.view(world.s47())
    answers = [
        erasure.ask_erasure(world.parts, OFFICER, about, "unlawful")
        for about in (
            About(nhs_number="9991000011"),
            About(given="Mia", family="Reid", birth_date="2019-05-07"),
            About(nhs_number="9991009999", given="Nobody", family="Atall"),
            About(nhs_number="9991000011", given="Mia", family="Reid", birth_date="2001-01-01"),
        )
    ]
    assert {one.code for one in answers if isinstance(one, Refused)} == {"IDENTITY_NOT_CONFIRMED"}
    assert len(answers) == len([one for one in answers if isinstance(one, Refused)])
    assert isinstance(world.view(world.s47()), FamilyView)


def test_a_part_that_went_without_an_entry_is_a_finding(world: World) -> None:
    """Whoever holds the database and destroys a person's keys is found out, though nothing of the entries changed."""
    world.view(world.s47())
    ledger: Any = world.parts.ledger
    ledger._vault.base.execute("DELETE FROM subject WHERE id=?", (ledger._vault.id_of(person(world, MIA)),))
    assert set(replayed(world)["otherwise"]) == {"part-gone"}


def test_more_shredded_than_was_entered_is_a_finding(world: World) -> None:
    """Parts taken out with the hub's own keys, as an erasure does it, and no entry."""
    world.view(world.s47())
    ledger: Any = world.parts.ledger
    vault, id = ledger._vault, ledger._vault.id_of(person(world, MIA))
    shred.destroy(vault, shred.Owed(bytes(16), (id,), ""), shred.find(vault, [id]))
    assert set(replayed(world)["otherwise"]) == {"shredded-without-entry"}
