"""A wrong link withdrawn where it is seen: beside the person in the family view, for whoever reviews and for nobody else."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from services.cli.demo.enrol import enrol_staff
from services.contract.people import About
from services.gateway.pages.beside import records_of
from services.gateway.tasks.notes import LIFE
from services.gateway.tasks.tables import ReleaseNoteRow
from tests.hub.test_rights_pages import browser
from tests.hub.world import World, a_world
from tests.hub.wrongly_joined import PLAIN, SAFE, WHY, one_person, publish

PAGE = "/links/beside"
BUTTON = "Not all of this is about"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A hub that takes two pairs of girls for one each; one of the girls has a safe address."""
    made = a_world(tmp_path, families=False)
    enrol_staff(made.parts, "http://127.0.0.1:1")
    publish(made)
    yield made
    made.close()


def shown(world: World, who: TestClient, number: str = PLAIN) -> str:
    """The page of the family view."""
    about = About(nhs_number=number, birth_date="2019-05-07")
    asked = {"nhs_number": number, "born-day": "7", "born-month": "5", "born-year": "2019", "scope": "family"}
    return who.post("/find", data=asked | {"case": world.s47((about, "child"))}).text


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's form about a person's records."""
    form = page.partition(f'action="{PAGE}"')[2].partition("</form>")[0]
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    }


def of(form: dict[str, str], words: str) -> str:
    """The id under which the record left that says this."""
    name = next(name for name, value in form.items() if words in value)
    return form[name.removesuffix("-words")]


def test_the_record_that_does_not_belong_is_taken_away_by_what_the_view_showed(world: World) -> None:
    admin = browser(world, "MASH-ADMIN")
    page = shown(world, admin)
    form = hidden(page)
    # What the source calls it is on no page.
    assert ">plain<" not in page
    assert "plain" not in form.values()
    first = admin.post(PAGE, data=form)
    assert first.status_code == 200
    assert "Which record does not belong?" in first.text
    sent = hidden(first.text)
    assert sent["sent"] == "yes"
    for lacking in ({"reason": WHY}, {"record": of(sent, "Nash")}):
        bad = admin.post(PAGE, data=sent | lacking)
        assert bad.status_code == 422
        assert "There is a problem" in bad.text
        assert "Nash" in bad.text
    done = admin.post(PAGE, data=sent | {"record": of(sent, "Nash"), "reason": WHY})
    assert done.status_code == 200
    assert "The two are taken apart" in done.text
    assert not one_person(world, "plain")
    assert "link.withdrawn" in [one["kind"] for one in world.entries("hub")]
    again = admin.post(PAGE, data=sent | {"record": of(sent, "Nash"), "reason": WHY})
    assert again.status_code == 422
    assert "No such records are yours to decide on" in again.text


def test_the_other_of_two_can_be_the_wrong_one_as_well(world: World) -> None:
    admin = browser(world, "MASH-ADMIN")
    sent = hidden(shown(world, admin)) | {"sent": "yes", "reason": WHY}
    done = admin.post(PAGE, data=sent | {"record": of(sent, "Pryor")})
    assert "The two are taken apart" in done.text
    assert not one_person(world, "plain")


def test_nobody_else_is_offered_it_or_can_use_what_was_offered(world: World) -> None:
    admin, worker = browser(world, "MASH-ADMIN"), browser(world, "SW-CHILD")
    assert BUTTON not in shown(world, worker)
    page = shown(world, admin)
    assert BUTTON in page
    sent = hidden(page) | {"sent": "yes", "reason": WHY}
    assert worker.post(PAGE, data=sent | {"record": of(sent, "Nash")}).status_code == 404
    theirs = browser(world, "PRIVACY-OFFICER").post(PAGE, data=sent | {"record": of(sent, "Nash")})
    assert theirs.status_code == 422
    assert one_person(world, "plain")


def test_what_was_shown_too_long_ago_is_asked_for_again(world: World) -> None:
    admin = browser(world, "MASH-ADMIN")
    sent = hidden(shown(world, admin)) | {"sent": "yes", "reason": WHY}
    with world.parts.store.begin() as session:
        for row in session.exec(select(ReleaseNoteRow)).all():
            row.at -= LIFE
            session.add(row)
    late = admin.post(PAGE, data=sent | {"record": of(sent, "Nash")})
    assert late.status_code == 422
    assert "Ask for the family again" in late.text
    assert one_person(world, "plain")


def test_of_somebody_protected_it_is_an_officers_and_takes_two(world: World) -> None:
    sent = hidden(shown(world, browser(world, "MASH-ADMIN"), SAFE)) | {"sent": "yes", "reason": WHY}
    told = browser(world, "MASH-ADMIN").post(PAGE, data=sent | {"record": of(sent, "Marsh")})
    assert told.status_code == 422
    assert "No such records are yours to decide on" in told.text
    assert one_person(world, "safe")


def test_records_of_a_live_source_are_not_offered_for_nothing_joined_them() -> None:
    patients = [
        {
            "resourceType": "Patient",
            "id": id,
            "meta": {"source": f"urn:mash:source:{id}"},
            "name": [{"family": "Reid"}],
        }
        for id in ("council", "practice", "housing")
    ]
    names = {"council": "Council", "practice": "Practice", "housing": "Housing"}
    found = records_of(patients, names, {"council", "housing"})
    assert [one.shown for one in found] == ["council", "housing"]
    assert records_of(patients, names, {"council"}) == ()
