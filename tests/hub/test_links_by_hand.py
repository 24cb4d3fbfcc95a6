"""A link withdrawn where two have to say so, and the page on which people are taken apart or asked about."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.cli.demo.enrol import enrol_staff
from services.contract.cases import AskAboutLink, RecordName, WithdrawLink
from services.contract.people import About
from services.contract.problems import Conflict, LedgerUnavailable, NotAllowed, NotFound, TooMany
from services.gateway.links.asking import ask_about_link
from services.gateway.links.withdrawing import Waits, Withdrawn, withdraw_link
from services.gateway.pages import words
from services.gateway.parts import moment
from services.gateway.reviews.deciding import Undone, undo_review
from services.gateway.tasks.inbox import waiting
from tests.hub.test_rights_pages import browser
from tests.hub.world import WORKER, World, a_person, a_world
from tests.hub.wrongly_joined import CSC, NHS, PLAIN, SAFE, WHY, one_person, publish

ADMIN, OFFICER, OTHER_OFFICER = (
    a_person("MASH-ADMIN"),
    a_person("PRIVACY-OFFICER"),
    a_person("PRIVACY-OFFICER", NHS),
)


def record(source: str, id: str) -> RecordName:
    return RecordName(source=source, id=id)


def wrongly(name: str) -> WithdrawLink:
    """Take the hospital's record of a name from the council's."""
    return WithdrawLink(record=record(NHS, name), apart_from=record(CSC, name), reason=WHY)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A hub that takes two pairs of girls for one each; one of the girls has a safe address."""
    made = a_world(tmp_path, families=False)
    enrol_staff(made.parts, "http://127.0.0.1:1")
    publish(made)
    assert one_person(made, "safe")
    assert one_person(made, "plain")
    yield made
    made.close()


def test_of_somebody_protected_two_officers_have_to_say_so_and_then_it_is_a_link_withdrawn_like_any(
    world: World,
) -> None:
    case = world.s47((About(nhs_number=SAFE, birth_date="2019-05-07"), "child"))
    shown = world.view(case, About(nhs_number=SAFE, birth_date="2019-05-07"))
    assert shown.receipt is not None
    first = withdraw_link(world.parts, OFFICER, wrongly("safe"))
    assert isinstance(first, Waits)
    assert one_person(world, "safe")
    assert "link.withdrawn" not in [one["kind"] for one in world.entries("hub")]
    with pytest.raises(Conflict, match="answered already"):
        withdraw_link(world.parts, OFFICER, wrongly("safe"))
    done = withdraw_link(world.parts, OTHER_OFFICER, wrongly("safe"))
    assert isinstance(done, Withdrawn)
    assert not one_person(world, "safe")
    assert shown.receipt.id in {event for one in done.recipients for event in one.events}
    assert abs(moment(done.deadline) - datetime.now(UTC) - timedelta(hours=72)) < timedelta(minutes=5)
    (entry,) = [one for one in world.entries("hub") if one["kind"] == "link.withdrawn"]
    assert entry["event_id"] == done.receipt.id
    assert [one.kind for one in waiting(world.parts, OTHER_OFFICER)] == ["link-withdrawn"]
    # And back: one officer alone does not bring the two together again.
    undone = undo_review(world.parts, OFFICER, first.task, "They were one after all.")
    assert undone == Undone(None, waits=True)
    assert undo_review(world.parts, OTHER_OFFICER, first.task, "So they were.") == Undone(None)


def test_whoever_may_not_decide_is_told_as_of_records_that_are_not_there(world: World) -> None:
    told = []
    for name in ("safe", "nobody"):
        for act in (
            lambda name=name: withdraw_link(world.parts, ADMIN, wrongly(name)),
            lambda name=name: ask_about_link(
                world.parts,
                ADMIN,
                AskAboutLink(record=record(NHS, name), other=record(CSC, name), reason=WHY),
            ),
        ):
            before = len(world.entries("hub")), len(world.entries(CSC))
            with pytest.raises(NotFound) as problem:
                act()
            after = len(world.entries("hub")), len(world.entries(CSC))
            told.append(
                (str(problem.value), problem.value.next_step, after[0] - before[0], after[1] - before[1])
            )
    assert told[:2] == told[2:]
    assert one_person(world, "safe")
    # Those who decide have it all the same.
    assert "Somebody asks whether" in browser(world, "PRIVACY-OFFICER").get("/your-reviews").text
    assert "Somebody asks whether" not in browser(world, "MASH-ADMIN").get("/your-reviews").text


def test_trying_records_is_searching(tmp_path: Path) -> None:
    world = a_world(tmp_path, families=False, searches_an_hour=1)
    try:
        for expected in (NotFound, TooMany):
            with pytest.raises(expected):
                withdraw_link(world.parts, ADMIN, wrongly("nobody"))
    finally:
        world.close()


def test_nobody_else_asks_and_without_an_entry_nothing_is_put(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = AskAboutLink(record=record(NHS, "plain"), other=record(CSC, "plain"), reason=WHY)
    with pytest.raises(NotAllowed):
        ask_about_link(world.parts, WORKER, body)
    with monkeypatch.context() as patched:
        patched.setattr(type(world.parts.ledger), "append", _full)
        with pytest.raises(LedgerUnavailable):
            ask_about_link(world.parts, ADMIN, body)
    assert "Somebody asks whether" not in browser(world, "MASH-ADMIN").get("/your-reviews").text


def test_on_the_page_two_are_taken_apart_at_once_with_the_clock(world: World) -> None:
    admin = browser(world, "MASH-ADMIN")
    form = {
        "act": "apart",
        "record-source": NHS,
        "record-id": "plain",
        "other-source": CSC,
        "other-id": "plain",
    }
    assert "Links between records" in admin.get("/your-tasks").text
    assert admin.post("/links", data=form).status_code == 422
    done = admin.post("/links", data=form | {"reason": WHY})
    assert done.status_code == 200
    assert not one_person(world, "plain")
    (row,) = [one for one in waiting(world.parts, OFFICER) if one.kind == "link-withdrawn"]
    assert words.moment(row.due) in done.text
    again = admin.post("/links", data=form | {"reason": WHY})
    assert again.status_code == 422
    assert "No such records are yours to decide on" in again.text
    # Back: asked, shown side by side, and of children by two.
    put = admin.post("/links", data=form | {"act": "ask", "reason": "The hospital says it is she."})
    assert put.status_code == 303
    page = admin.get(put.headers["location"]).text
    assert "The two are held apart now" in page
    assert "The hospital says it is she." in page
    assert "Two people have to say the same" in page


def test_on_the_page_an_officer_is_taken_to_the_restricted_match(world: World) -> None:
    officer = browser(world, "PRIVACY-OFFICER")
    form = {
        "act": "apart",
        "record-source": NHS,
        "record-id": "safe",
        "other-source": "",
        "other-id": "",
        "reason": WHY,
    }
    waits = officer.post("/links", data=form)
    assert waits.status_code == 303
    assert "A second person has to answer now" in officer.get(waits.headers["location"]).text
    assert one_person(world, "safe")


@pytest.mark.parametrize("role", ["SW-CHILD", "SW-TEAM-MGR", "IG-LEAD"])
def test_nobody_else_finds_the_page(world: World, role: str) -> None:
    assert browser(world, role).get("/links").status_code == 404


def test_the_family_view_names_the_page_to_those_who_review(world: World) -> None:
    asked = {"nhs_number": PLAIN, "born-day": "7", "born-month": "5", "born-year": "2019", "scope": "family"}
    who = About(nhs_number=PLAIN, birth_date="2019-05-07")
    for role, linked in (("MASH-ADMIN", True), ("SW-CHILD", False)):
        case = world.s47((who, "child"))
        text = browser(world, role).post("/find", data=asked | {"case": case}).text
        assert ("/links" in text) == linked, role


def _full(*_: object, **__: object) -> None:
    raise LedgerUnavailable("no")
