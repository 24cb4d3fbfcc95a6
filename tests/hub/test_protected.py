"""Witness protection, as the officer who answers for it tells it: "Nobody may find them through you, not even learn that there is
somebody. But the minute anyone asks, I want to know, and I must be able to find them myself."
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from services.cli.demo.enrol import enrol_staff
from services.contract.cases import Asker, DecideTask
from services.contract.people import About
from services.contract.problems import NotFound, TooMany
from services.contract.views import Refused, ViewRequest
from services.gateway.access.staff import Staff
from services.gateway.ask import ask
from services.gateway.parts import stamp
from services.gateway.protected.alerting import KIND
from services.gateway.protected.designated import designate
from services.gateway.protected.finding import Found, find_protected
from services.gateway.store.tables import StaffRow
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import opened, waiting
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.tables import TaskRow
from services.gateway.tasks.working_off import work_off
from tests.hub.inboxes import notes
from tests.hub.test_rights_pages import browser
from tests.hub.world import MANAGER, World, a_person, a_world, shape
from tests.unit.index.northshire import flag, home, patient, relative

CSC, NHS = "northshire-csc", "northshire-nhs"
NUMBER, OF_GIRL = "9993000019", "9993000027"
BORN = "1988-04-03"
ADRIAN = About(nhs_number=NUMBER, birth_date=BORN)
QUESTIONS = {
    "by number": ADRIAN,
    "by name": About(given="Adrian", family="Vance", birth_date=BORN),
    "by name and place": About(given="Adrian", family="Vance", postcode="ZZ98 7QQ"),
    "by his number and a wrong date": About(nhs_number=NUMBER, birth_date="1988-03-04"),
    "his child": About(relation="child", of=ADRIAN),
}
"""Ways to ask for him."""


def publish(world: World, *, protected: bool) -> None:
    """A man under witness protection, and his daughter, of whom nothing is known but that he is her father."""
    world.publish(CSC, patient("girl", "Wren Hollis", "2015-06-07", OF_GIRL))
    if protected:
        where = home("7 Quiet Row", "ZZ98 7QQ")
        world.publish(
            CSC,
            patient("adrian", "Adrian Vance", BORN, NUMBER, address=[where]),
            flag("f", "adrian", "L:PROTECTED"),
            relative("r", "adrian", "Wren Hollis", "CHILD", nhs=OF_GIRL, born="2015-06-07"),
        )
        # Another agency knows him, and nothing of the protection.
        world.publish(NHS, patient("av", "Adrian Vance", BORN, NUMBER, address=[where]))


@pytest.fixture(scope="module")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """A hub without him and one with him, each with a designated officer at the council."""
    made = []
    for protected in (False, True):
        world = a_world(tmp_path_factory.mktemp("protected"), families=False)
        enrol_staff(world.parts, "http://127.0.0.1:1")
        publish(world, protected=protected)
        designate(
            world.parts.store,
            Staff(world.parts.store, world.parts.keys),
            officer(world).user,
            stamp(world.parts.now()),
        )
        made.append(world)
    yield made[0], made[1]
    for world in made:
        world.close()


def officer(world: World, organisation: str = CSC, **more: Any) -> Asker:
    """The privacy officer of the cast, as they sign in."""
    with world.parts.store.begin() as session:
        rows = session.exec(select(StaffRow).where(StaffRow.organisation == organisation)).all()
    user = next(row.id for row in rows if "PRIVACY-OFFICER" in row.roles)
    return a_person("PRIVACY-OFFICER", organisation, user=user, **more)


def alerts(world: World, by: Asker | None = None) -> list[TaskRow]:
    """What waits of it for somebody; for the officer by default."""
    work_off(world.parts)
    return [one for one in waiting(world.parts, by or officer(world)) if one.kind == KIND]


@pytest.mark.parametrize("way", QUESTIONS)
def test_whoever_asks_is_answered_as_if_there_were_nobody_and_the_officer_alone_hears_of_it(
    hubs: tuple[World, World], way: str
) -> None:
    answers, told = [], []
    for world in hubs:
        case = world.s47((QUESTIONS[way], "adult"))
        before = len(alerts(world))
        view = world.view(case, QUESTIONS[way])
        answers.append((shape(view), len(world.leaves(CSC)[-1]), len(notes(world)[-1].sealed)))
        told.append(len(alerts(world)) - before)
        # Asked again it is one task, and nobody else has any.
        world.view(case, QUESTIONS[way])
        assert len(alerts(world)) == before + told[-1]
        colleague = a_person("PRIVACY-OFFICER", user="a colleague")
        for other in (
            colleague,
            officer(world, NHS),
            a_person("DUTY-MANAGER"),
            a_person("CALDICOTT"),
            MANAGER,
        ):
            assert alerts(world, other) == []
    assert answers[0] == answers[1]
    assert told == [0, 1]


def test_the_task_says_who_asked_for_what_and_shows_the_organisations_own_records(
    hubs: tuple[World, World],
) -> None:
    _, world = hubs
    before = {one.id for one in alerts(world)}
    world.view(world.s47((ADRIAN, "adult")), ADRIAN, by=a_person("SW-EDT", user="somebody at night"))
    # Of two raised within one second either may be listed first.
    (row,) = [one for one in alerts(world) if one.id not in before]
    facts = opened(world.parts, row).facts
    assert (facts["asking_role"], facts["asking_organisation"], facts["asked_for"]) == (
        "SW-EDT",
        CSC,
        "C-S47",
    )
    told = open_task(world.parts, officer(world), row.id)
    assert not isinstance(told, Refused)
    assert told["about"]["name"][0]["family"] == "Vance"
    assert {one["resource"]["resourceType"] for one in told["items"]} == {"Patient", "Flag", "RelatedPerson"}
    (entry,) = [one for one in world.entries(CSC) if one["event_id"] == told["receipt"]["id"]]
    assert entry["kind"] == "task.opened"
    assert "case_hash" not in entry
    page = browser(world, "PRIVACY-OFFICER").get(f"/your-tasks/{row.id}").text
    assert "Child protection enquiry" in page
    for other in (a_person("PRIVACY-OFFICER", user="a colleague"), officer(world, NHS)):
        with pytest.raises(NotFound):
            open_task(world.parts, other, row.id)
    decided = decide_task(
        world.parts, officer(world), row.id, DecideTask(answer="noted", reason="He was warned.")
    )
    assert not isinstance(decided, Refused)
    # The next time is another alert.
    world.view(world.s47((ADRIAN, "adult")), ADRIAN, by=a_person("SW-EDT", user="somebody at night"))
    assert [one.id for one in alerts(world) if one.id == row.id] == []
    assert len(alerts(world)) > 0


def test_a_question_that_may_mean_many_alerts_nobody(hubs: tuple[World, World]) -> None:
    _, world = hubs
    namesakes = [patient(f"n{n}", f"Adrian Vanc{end}", f"198{n}-01-01") for n, end in enumerate("ards")]
    world.publish(NHS, *namesakes)
    before = len(alerts(world))
    vague = About(given="Adrian", family="Vanc", born_from=1980, born_to=1989)
    world.view(world.s47((vague, "adult")), vague)
    assert len(alerts(world)) == before


def test_a_refused_question_alerts_too(hubs: tuple[World, World]) -> None:
    _, world = hubs
    before = len(alerts(world))
    case = world.s47((ADRIAN, "adult"))
    refused = ask(world.parts, a_person("RESEARCHER", user="curious"), ViewRequest(about=ADRIAN, case=case))
    assert isinstance(refused, Refused)
    assert len(alerts(world)) == before + 1


def test_the_officer_finds_him_and_is_given_the_own_records_after_an_entry(hubs: tuple[World, World]) -> None:
    without, world = hubs
    found = find_protected(world.parts, officer(world), ADRIAN)
    assert isinstance(found, Found)
    assert {one["resourceType"] for one in found.resources} == {"Patient", "Flag", "RelatedPerson"}
    assert "northshire-nhs" not in json.dumps([dict(one) for one in found.resources], default=str)
    (entry,) = [one for one in world.entries(CSC) if one["event_id"] == found.receipt.id]
    assert (entry["kind"], [one["leaves"] for one in entry["subjects"]]) == ("protected.found", [4])
    nobody = find_protected(without.parts, officer(without), ADRIAN)
    assert isinstance(nobody, Found)
    assert nobody.resources == ()
    assert without.entries(CSC)[-1]["kind"] == "protected.found"


def test_for_everybody_else_there_is_no_such_page_and_the_other_holders_officer_does_not_find_him(
    hubs: tuple[World, World],
) -> None:
    _, world = hubs
    for other in (a_person("PRIVACY-OFFICER", user="a colleague"), MANAGER, a_person("CALDICOTT")):
        with pytest.raises(NotFound, match="no such page is yours to read"):
            find_protected(world.parts, other, ADRIAN)
    # In another role the officer is a worker like any.
    with pytest.raises(NotFound):
        find_protected(world.parts, a_person("DPO", user=officer(world).user), ADRIAN)
    register = Staff(world.parts.store, world.parts.keys)
    designate(world.parts.store, register, officer(world, NHS).user, stamp(world.parts.now()))
    theirs = find_protected(world.parts, officer(world, NHS), ADRIAN)
    assert isinstance(theirs, Found)
    assert theirs.resources == ()


def test_an_officer_who_is_of_the_family_is_refused(hubs: tuple[World, World]) -> None:
    _, world = hubs
    kin = officer(world, own=(ADRIAN,))
    refused = find_protected(world.parts, kin, ADRIAN)
    assert isinstance(refused, Refused)
    assert refused.code == "CONFLICT_OF_INTEREST"


def test_the_pages(hubs: tuple[World, World]) -> None:
    _, world = hubs
    mine, other = browser(world, "PRIVACY-OFFICER"), browser(world, "IG-LEAD")
    assert "Protected people" in mine.get("/your-tasks").text
    assert "Protected people" not in other.get("/your-tasks").text
    never = other.get("/no-such-page")
    assert other.get("/protected").status_code == never.status_code == 404
    asked = {"nhs_number": NUMBER, "born-day": "3", "born-month": "4", "born-year": "1988"}
    shown = mine.post("/protected", data=asked)
    assert shown.status_code == 200
    assert "Adrian Vance" in shown.text
    assert mine.post("/protected", data={}).status_code == 422
    assert "Nobody was found" in mine.post("/protected", data=asked | {"nhs_number": OF_GIRL}).text


def test_the_officer_searches_no_more_than_anybody(tmp_path_factory: pytest.TempPathFactory) -> None:
    world = a_world(tmp_path_factory.mktemp("limit"), families=False, searches_an_hour=1)
    enrol_staff(world.parts, "http://127.0.0.1:1")
    designate(
        world.parts.store,
        Staff(world.parts.store, world.parts.keys),
        officer(world).user,
        stamp(world.parts.now()),
    )
    try:
        find_protected(world.parts, officer(world), ADRIAN)
        with pytest.raises(TooMany):
            find_protected(world.parts, officer(world), ADRIAN)
    finally:
        world.close()
