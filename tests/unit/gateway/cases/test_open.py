"""Promise: a case is opened only by a role that its purpose permits, the same whether anybody is found.

The act is an entry first, and with the ledger down nothing is stored.
"""

from typing import Any

import pytest
from sqlmodel import select

from services.gateway.store.tables import CaseRow, EvidenceRow, MemberRow
from tests.fake_ledger import LedgerThatIsDown
from tests.gateway_world import World

MIA = {"given": "Mia", "family": "Reid", "birth_date": "2019-05-07"}


def body(purpose: str = "C-S17", code: str = "child-in-need", /, **over: Any) -> dict[str, Any]:
    whole = {
        "purpose": purpose,
        "ground": {"code": code, "text": "a worried neighbour rang"},
        "subjects": [{"about": MIA, "as": "child"}],
    }
    return whole | over


def s47(**over: Any) -> dict[str, Any]:
    return body("C-S47", "reasonable-cause", **over)


def stored(world: World) -> int:
    with world.parts.store.begin() as session:
        return len([*session.exec(select(CaseRow)).all(), *session.exec(select(EvidenceRow)).all()])


def test_opening_is_an_entry_and_then_a_case(world: World) -> None:
    answer = world.http.post("/cases", json=body(), headers=world.person("worker", "SW-CHILD"))
    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["still_missing"]) == ("OPEN", [])
    assert answer.headers["location"] == f"/cases/{told['id']}"
    (entry,) = world.ledger.entries
    assert (entry.log, entry.kind, entry.case, entry.purpose) == ("hub", "case.opened", told["id"], "C-S17")
    assert entry.asking.user == world.staff["worker"]
    assert not {"Mia", "neighbour"} & set(str(entry).replace("'", " ").split())


def test_with_the_ledger_down_nothing_is_stored(world: World) -> None:
    header = world.person("worker", "SW-CHILD")
    opened = world.http.post("/cases", json=body(), headers=header).json()["id"]
    down = world.with_parts(ledger=LedgerThatIsDown())
    before = stored(world)
    for address, sent in (
        ("/cases", body()),
        (f"/cases/{opened}/evidence", {"kind": "override", "text": "x"}),
        (f"/cases/{opened}/close", {"changed": "no", "outcome": "nothing-new"}),
    ):
        answer = down.post(address, json=sent, headers=header)
        assert answer.status_code == 503, address
        assert answer.content == world.app.state.unavailable.bodies["json"][1]
    assert stored(world) == before
    assert world.http.get("/cases", headers=header).json()["cases"][0]["state"] == "OPEN"


def test_words_and_subjects_are_sealed(world: World) -> None:
    header = world.person("worker", "SW-CHILD")
    opened = world.http.post("/cases", json=body(reference="NS-17-00042"), headers=header).json()["id"]
    note = {"kind": "refusal", "about": MIA, "text": "said no at the door", "place": "12 Larch Row"}
    assert world.http.post(f"/cases/{opened}/evidence", json=note, headers=header).status_code == 201
    world.parts.store.close()
    held = b"".join(path.read_bytes() for path in world.parts.settings.home.glob("gateway.db*"))
    assert b"C-S17" in held
    for value in (
        b'"Mia"',
        b"Reid",
        b"2019-05-07",
        b"NS-17",
        b"neighbour",
        b"at the door",
        b"Larch",
        b"worker",
    ):
        assert value not in held, value


@pytest.mark.parametrize(
    ("user", "role", "sent"),
    [
        ("worker", "SW-CHILD", s47()),
        ("officer", "PRIVACY-OFFICER", body()),
        ("manager", "SW-EDT", body()),
        ("worker", "SW-CHILD", body("HRESCH", "child-in-need")),
        ("manager", "SW-TEAM-MGR", s47(ground={"code": "reasonable-cause", "text": "  "})),
        ("manager", "SW-TEAM-MGR", s47(ground={"code": "child-in-need", "text": "words"})),
    ],
)
def test_a_refusal_is_a_value_and_an_entry(world: World, user: str, role: str, sent: dict[str, Any]) -> None:
    answer = world.http.post("/cases", json=sent, headers=world.person(user, role))
    assert answer.status_code == 403
    told = answer.json()
    assert told["code"] == "PURPOSE_NOT_PERMITTED"
    assert told["sentence"]
    assert told["receipt"]["log"] == "northshire-csc"
    assert world.ledger.kinds() == ["release.refused"]
    assert stored(world) == 0


@pytest.mark.parametrize("role", ["SW-TEAM-MGR", "SW-EDT"])
def test_a_manager_opens_a_child_protection_enquiry(world: World, role: str) -> None:
    answer = world.http.post("/cases", json=s47(), headers=world.person("manager", role))
    assert answer.status_code == 201
    assert answer.json()["still_missing"] == ["strategy-discussion", "reference"]


@pytest.mark.parametrize(
    "sent",
    [
        body("C-S99"),
        body(ground={"code": "no-such-ground"}),
        body(ground={"code": "reasonable-cause", "text": "x"}),
        body(subjects=[]),
        body(subjects=[{"about": {"candidate": "abc"}, "as": "child"}]),
        body(subjects=[{"about": MIA | {"birth_date": "7 May 2019"}, "as": "child"}]),
        body(role="SW-TEAM-MGR"),
        body(members=[{"organisation": "northshire-csc"}]),
        body(members=[{"organisation": "northshire-csc", "user": "nobody"}]),
        body(members=[{"organisation": "no-partner", "team": "north"}]),
        body(members=[{"organisation": "eastmoor-csc", "user": "worker"}]),
        body(rag="PINK"),
    ],
)
def test_bad_input_is_told_by_place_and_never_echoed(world: World, sent: dict[str, Any]) -> None:
    answer = world.http.post("/cases", json=sent, headers=world.person("worker", "SW-CHILD"))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["places"]
    for value in ("C-S99", "7 May", "nobody", "Mia", "PINK", "Traceback", "SW-TEAM-MGR"):
        assert value not in answer.text
    assert stored(world) == 0
    assert world.ledger.kinds() == []


def test_members_see_the_case_and_others_nothing(world: World) -> None:
    members = [
        {"organisation": "eastmoor-csc", "user": "neighbour"},
        {"organisation": "northshire-csc", "team": "south"},
    ]
    opener = world.person("worker", "SW-CHILD")
    opened = world.http.post("/cases", json=body(members=members), headers=opener).json()["id"]
    with world.parts.store.begin() as session:
        assert len(session.exec(select(MemberRow)).all()) == 2
    for header in (
        opener,
        world.person("neighbour", "SW-CHILD", "eastmoor-system"),
        world.person("teammate", "SW-CHILD"),
    ):
        (shown,) = world.http.get("/cases", headers=header).json()["cases"]
        assert shown["id"] == opened
        assert shown["subjects"] == [{"given": "Mia", "family": "Reid", "as": "child"}]
    outsider = world.person("manager", "SW-TEAM-MGR")
    assert world.http.get("/cases", headers=outsider).json() == {"cases": []}
