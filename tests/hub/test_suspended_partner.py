"""10e: a partner that is suspended is refused everything, as asker and as publisher, with a telephone number; and nothing that it
holds is given to anybody.
"""

import json
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie

import pytest
from sqlmodel import select
from starlette.responses import Response

from services.cli.demo.cast import STAFF, Member
from services.cli.demo.partner import NotPlayed
from services.gateway.access.sessions import Sessions
from services.gateway.store.tables import StaffRow
from tests.hub.served import SOCIAL_WORKER, Served, a_served

POLICE = "northshire-police"
OFFICER: Member = next(one for one in STAFF if one.organisation == POLICE and one.role == "POLICE-MASH")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with a_served(tmp_path_factory.mktemp("suspended")) as served:
        yield served


@pytest.fixture(autouse=True)
def taken_back(hub: Served) -> Iterator[None]:
    yield
    suspend(hub, back=True)


def suspend(hub: Served, *, back: bool = False) -> None:
    """Suspend the police in the directory, or take it back."""
    shelf = hub.world.parts.shelf
    file = shelf.folder / "organisations.yaml"
    line = f"  - id: {POLICE}\n"
    text = file.read_text(encoding="utf-8").replace(f"{line}    suspended: true\n", line)
    file.write_text(text if back else text.replace(line, f"{line}    suspended: true\n"), encoding="utf-8")
    shelf.reload()
    assert not shelf.trouble()
    assert shelf.current().organisations[POLICE].suspended is not back


def a_page(hub: Served, path: str, staff: str) -> bytes:
    """One page as a signed-in member of staff's browser gets it."""
    sessions = Sessions(hub.world.parts)
    response = Response()
    sessions.give(response, sessions.start({"staff": staff, "role": OFFICER.role}))
    cookie = SimpleCookie(response.headers["set-cookie"])[sessions.cookie]
    return hub.raw("GET", path, f"none\r\nCookie: {sessions.cookie}={cookie.value}", accept="text/html")


def test_a_suspended_partner_is_refused_everything_and_told_whom_to_ring(hub: Served) -> None:
    telephone = hub.world.parts.settings.support_telephone.encode()
    case = hub.case()
    person, system = hub.token(OFFICER), hub.publishing(POLICE)
    with hub.world.parts.store.begin() as session:
        staff = next(
            row.id
            for row in session.exec(select(StaffRow))
            if row.organisation == POLICE and OFFICER.role in row.roles
        )
    flag = {"resourceType": "Flag", "id": "x", "status": "active"}
    attempts: dict[str, Callable[[], bytes]] = {
        "the view": lambda: hub.view(case, person),
        "a case": lambda: hub.raw("POST", "/cases", person, {}),
        "its tasks": lambda: hub.raw("GET", "/tasks", person),
        "publishing": lambda: hub.raw("PUT", "/fhir/Flag/x", system, flag),
        "the page": lambda: a_page(hub, "/your-cases", staff),
    }
    before = {name: ask() for name, ask in attempts.items()}
    assert not any(b"suspended" in told for told in before.values())
    assert before["the page"].startswith(b"HTTP/1.1 200")
    suspend(hub)
    for name, ask in attempts.items():
        told = ask()
        assert told.startswith(b"HTTP/1.1 403"), (name, told[:400])
        assert b"suspended" in told and telephone in told, name
    tokens: tuple[Callable[[], str], ...] = (lambda: hub.token(OFFICER), lambda: hub.publishing(POLICE))
    for token in tokens:
        with pytest.raises(NotPlayed, match="400") as refused:
            token()
        assert telephone.decode() in str(refused.value)


def test_nothing_that_it_holds_is_given_and_its_line_says_so(hub: Served) -> None:
    case, worker = hub.case(), hub.token(SOCIAL_WORKER)

    def states() -> set[str]:
        return {
            one["state"] for line in view["sources"] if line["source"] == "Police" for one in line["people"]
        }

    view = json.loads(hub.view(case, worker).partition(b"\r\n\r\n")[2])
    assert "HELD" in states()
    assert "urn:mash:source:northshire-police" in json.dumps(view)
    suspend(hub)
    view = json.loads(hub.view(case, worker).partition(b"\r\n\r\n")[2])
    assert states() == {"NOT_ASKED"}
    assert "urn:mash:source:northshire-police" not in json.dumps(view)
    rows = [row for row in view["withheld"] if row["source"] == "Police"]
    assert {row["code"] for row in rows} == {"PARTNER_SUSPENDED"}
    assert {word["code"] for row in rows for word in row["missing"]} == {"partner-resumed"}
