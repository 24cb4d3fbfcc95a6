"""Who reads the pages of legal holds and erasure: the roles that they are for, and what is their own organisation's alone."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.responses import Response
from starlette.testclient import TestClient

from services.cli.demo.enrol import enrol_staff
from services.gateway.access.sessions import Sessions
from services.gateway.store.tables import StaffRow
from tests.hub.world import World, a_world

ANY_DAY = "child-safeguarding=0,adult-safeguarding=0,care=0,rights=0"
OWN, OTHER = "northshire-csc", "northshire-nhs"
WHO = {"given": "Mia", "family": "Reid", "nhs_number": "999 100 0011"}
PAGES = ("/erasure", "/legal-holds")
ASKED = {"/erasure": WHO | {"reason": "no-longer-needed"}, "/legal-holds": WHO | {"kind": "coroner"}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = a_world(tmp_path, retention=ANY_DAY)
    enrol_staff(found.parts, "http://127.0.0.1:1")
    found.view(found.s47())
    yield found
    found.close()


def browser(world: World, role: str, organisation: str = OWN) -> TestClient:
    """As a member of staff who has signed in."""
    with world.parts.store.begin() as session:
        staff = next(
            row.id
            for row in session.exec(select(StaffRow))
            if row.organisation == organisation and role in row.roles
        )
    sessions, response = Sessions(world.parts), Response()
    sessions.give(response, sessions.start({"staff": staff, "role": role}))
    cookie = SimpleCookie(response.headers["set-cookie"])[sessions.cookie]
    headers = {
        "Cookie": f"{sessions.cookie}={cookie.value}",
        "Accept": "text/html",
        "Sec-Fetch-Site": "same-origin",
    }
    return TestClient(world.running.app, headers=headers, follow_redirects=False)


def entered(world: World) -> list[str]:
    kinds = [one["kind"] for one in world.entries("hub")]
    return [kind for kind in kinds if kind.split(".")[0] in ("hold", "erasure", "subject")]


def test_a_role_that_they_are_not_for_finds_nothing_there_and_does_nothing(world: World) -> None:
    worker, lead = browser(world, "SW-CHILD"), browser(world, "IG-LEAD")
    for page in PAGES:
        assert worker.get(page).status_code == 404
        assert worker.post(page, data=ASKED[page]).status_code == 404
    # Who agrees to an erasure sets holds, and does not ask for erasure.
    assert [lead.get(page).status_code for page in PAGES] == [404, 200]
    assert lead.post("/erasure", data=ASKED["/erasure"]).status_code == 404
    assert entered(world) == []


def test_each_organisation_reads_and_releases_its_own_alone(world: World) -> None:
    officer, other = browser(world, "PRIVACY-OFFICER"), browser(world, "PRIVACY-OFFICER", OTHER)
    empty = {page: other.get(page).text for page in PAGES}
    for page in PAGES:
        assert officer.post(page, data=ASKED[page]).status_code == 303
    assert entered(world) == ["erasure.asked", "hold.set"]
    assert {page: other.get(page).text for page in PAGES} == empty
    assert not any(officer.get(page).text == empty[page] for page in PAGES), "its own are there to be read"
    (hold,) = world.parts.ledger.holds.listed(OWN)
    refused = other.post("/legal-holds", data={"release": hold.id})
    assert refused.status_code == 403
    assert entered(world) == ["erasure.asked", "hold.set"]
    assert [one.state for one in world.parts.ledger.holds.listed(OWN)] == ["STANDS"]


def test_what_is_not_done_is_said_to_be_not_done_and_not_to_be_not_shown(world: World) -> None:
    officer = browser(world, "PRIVACY-OFFICER")
    assert officer.post("/legal-holds", data=ASKED["/legal-holds"]).status_code == 303
    stood = officer.post("/erasure", data=ASKED["/erasure"])
    assert stood.status_code == 403
    assert "This cannot be done" in stood.text
    assert "cannot be shown" not in stood.text
