"""Promise: another's case and no case look the same.

A child protection enquiry that has not shown its strategy discussion and reference in 24 hours has
lapsed, for good, and the hub's log says so once.
"""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.contract.cases import Asker, CaseState
from services.contract.vocabulary import codes
from services.gateway.cases.states import Standing, case_state, is_urgent, sweep_lapsed
from services.gateway.clock import Clock
from services.gateway.store.tables import CaseRow, EvidenceRow
from tests.fake_ledger import LedgerThatIsDown
from tests.gateway_world import START, World
from tests.unit.gateway.cases.test_open import MIA, body, s47

SEAN = {"given": "Sean", "family": "Cole", "birth_date": "1988-01-02"}


def asker(world: World, user: str = "manager", role: str = "SW-TEAM-MGR", **over: Any) -> Asker:
    return Asker("northshire-csc", "LA-CSC", role, world.staff[user], **over)


def opened(world: World, sent: dict[str, Any], user: str = "manager", role: str = "SW-TEAM-MGR") -> str:
    answer = world.http.post("/cases", json=sent, headers=world.person(user, role))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def record(world: World, case: str, user: str, role: str, **sent: Any) -> Any:
    return world.http.post(f"/cases/{case}/evidence", json=sent, headers=world.person(user, role))


def test_another_persons_case_and_none_are_the_same(world: World) -> None:
    case = opened(world, body(), "worker", "SW-CHILD")
    theirs = case_state(world.parts, asker(world), case)
    none = case_state(world.parts, asker(world), "no-such-case-1")
    assert theirs.state == none.state == "NOT_MEMBER"
    assert theirs == CaseState(case, "", "NOT_MEMBER", "none", False, "", "none", ())
    header = world.person("manager", "SW-TEAM-MGR")
    answers = [
        world.http.post(f"/cases/{id}/evidence", json={"kind": "override"}, headers=header)
        for id in (case, "no-such-case-1")
    ]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_what_the_main_line_reads(world: World) -> None:
    members = [{"organisation": "northshire-csc", "team": "south"}]
    case = opened(world, body(household=[SEAN], members=members), "worker", "SW-CHILD")
    until = (START + timedelta(days=30)).isoformat()
    assert (
        record(world, case, "worker", "SW-CHILD", kind="agreement", about=MIA, until=until).status_code == 201
    )
    world.clock.move(minutes=1)
    record(world, case, "worker", "SW-CHILD", kind="refusal", about=SEAN)
    record(world, case, "teammate", "SW-CHILD", kind="incident", place="12 Larch Row", text="999 call")
    record(world, case, "worker", "SW-CHILD", kind="override", no_consent_reason="WOULD_PREJUDICE")
    own = case_state(world.parts, asker(world, "worker", "SW-CHILD"), case)
    assert (own.state, own.membership, own.opened_by_asker) == ("OPEN", "own-case", True)
    assert own.evidence == ("agreement", "incident", "override", "refusal")
    told = {one.about.given: (one.kind, one.until[:10]) for one in own.agreements if one.about}
    assert told == {"Mia": ("agreement", "2026-12-23"), "Sean": ("refusal", "")}
    assert (own.incident, own.incident_place, own.no_consent_reason) == (
        True,
        "12 Larch Row",
        "WOULD_PREJUDICE",
    )
    assert [(about.given, role) for about, role, _ in own.subjects] == [("Mia", "child")]
    assert own.household[0].family == "Cole"
    team = case_state(world.parts, asker(world, "teammate", "SW-CHILD", teams=("south",)), case)
    assert (team.membership, team.opened_by_asker) == ("team-case", False)
    assert "Mia" not in repr(own)


def test_the_latest_word_of_a_person_counts(world: World) -> None:
    case = opened(world, body(), "worker", "SW-CHILD")
    for kind in ("refusal", "agreement"):
        record(world, case, "worker", "SW-CHILD", kind=kind, about=MIA)
        world.clock.move(minutes=1)
    (word,) = case_state(world.parts, asker(world, "worker", "SW-CHILD"), case).agreements
    assert word.kind == "agreement"


@pytest.mark.parametrize(
    ("purpose", "ground", "says"),
    [("C-S47", "reasonable-cause", "stated"), ("C-SCREEN", "contact-received", "none")],
)
def test_grounds(world: World, purpose: str, ground: str, says: str) -> None:
    case = opened(world, body(purpose, ground))
    assert case_state(world.parts, asker(world), case).ground == says


def lapses(world: World) -> int:
    return world.ledger.kinds().count("case.lapsed")


def test_an_enquiry_lapses_after_a_day_and_says_so_once(world: World) -> None:
    case = opened(world, s47())
    world.clock.move(hours=24)
    assert case_state(world.parts, asker(world), case).state == "OPEN"
    world.clock.move(seconds=1)
    assert case_state(world.parts, asker(world), case).state == "LAPSED"
    assert case_state(world.parts, asker(world), case).state == "LAPSED"
    assert (lapses(world), sweep_lapsed(world.parts)) == (1, 0)
    entry = world.ledger.entries[-1]
    assert (entry.log, entry.facts["missing"]) == ("hub", ["strategy-discussion", "reference"])
    late = record(world, case, "manager", "SW-TEAM-MGR", kind="strategy-discussion")
    assert late.status_code == 409
    assert case_state(world.parts, asker(world), case).state == "LAPSED"


@pytest.mark.parametrize("shown", ["discussion", "reference", "both"])
def test_it_takes_both_to_go_on(world: World, shown: str) -> None:
    case = opened(world, s47(reference="NS-47-1" if shown == "reference" else None))
    if shown != "reference":
        answer = record(world, case, "manager", "SW-TEAM-MGR", kind="strategy-discussion")
        assert answer.json()["still_missing"] == ["reference"]
        assert answer.json()["until"] == "2026-11-24T09:00:00Z"
    if shown == "both":
        answer = record(world, case, "manager", "SW-TEAM-MGR", kind="referral", text="NS-47-1")
        assert answer.json()["still_missing"] == []
    world.clock.move(hours=25)
    state = case_state(world.parts, asker(world), case).state
    assert state == ("OPEN" if shown == "both" else "LAPSED")


def test_with_the_ledger_down_it_is_lapsed_all_the_same_and_said_later(world: World) -> None:
    case = opened(world, s47())
    world.clock.move(hours=25)
    down = replace(world.parts, ledger=LedgerThatIsDown())
    assert case_state(down, asker(world), case).state == "LAPSED"
    assert lapses(world) == 0
    assert sweep_lapsed(world.parts) == 1
    assert lapses(world) == 1


def test_a_lapse_that_nobody_meets_is_entered_all_the_same(world: World) -> None:
    opened(world, s47())
    world.clock.move(hours=25)
    clock = Clock("lapses", lambda: sweep_lapsed(world.parts), 0.01)
    clock.start()
    for _ in range(500):
        if lapses(world):
            break
        time.sleep(0.01)
    clock.stop()
    assert lapses(world) == 1


def test_a_case_closes_by_itself(world: World) -> None:
    case = opened(world, body(), "worker", "SW-CHILD")
    world.clock.move(days=90)
    assert case_state(world.parts, asker(world, "worker", "SW-CHILD"), case).state == "CLOSED"


def test_reasonable_cause_is_a_managers_word(world: World) -> None:
    case = opened(world, body(), "worker", "SW-CHILD")
    answer = record(world, case, "worker", "SW-CHILD", kind="reasonable-cause", text="I think so")
    assert (answer.status_code, answer.json()["code"]) == (403, "PURPOSE_NOT_PERMITTED")


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "agreement"},
        {"kind": "refusal", "about": {"candidate": "x"}},
        {"kind": "gossip"},
        {"kind": "override", "until": "2026-12-01T00:00:00"},
        {"kind": "override", "until": "2021-02-30T00:00:00Z"},
        {"kind": "override", "no_consent_reason": "CANNOT_BE_BOTHERED"},
    ],
)
def test_bad_evidence(world: World, sent: dict[str, Any]) -> None:
    case = opened(world, body(), "worker", "SW-CHILD")
    assert record(world, case, "worker", "SW-CHILD", **sent).status_code == 422
    assert world.ledger.kinds() == ["case.opened"]


def _talk(at: str) -> EvidenceRow:
    return EvidenceRow(
        id="e",
        case="c",
        kind="strategy-discussion",
        recorded_by="m",
        recorded_as="SW-EDT",
        organisation="northshire-csc",
        recorded_at=at,
        sealed=b"",
    )


def test_what_comes_too_late_does_not_count() -> None:
    in_time, late = "2026-11-24T09:00:00Z", "2026-11-24T09:00:01Z"
    row = CaseRow(
        id="c",
        purpose="C-S47",
        ground="reasonable-cause",
        rag="RED",
        organisation="northshire-csc",
        opened_by="m",
        opened_as="SW-EDT",
        opened_at="2026-11-23T09:00:00Z",
        closes_at="2027-01-01T00:00:00Z",
        referenced_at=late,
        sealed=b"",
    )
    assert Standing(row, [], [_talk(late)]).missing() == ("strategy-discussion", "reference")
    row.referenced_at = in_time
    assert Standing(row, [], [_talk(late)]).missing() == ("strategy-discussion",)
    assert Standing(row, [], [_talk(in_time)]).missing() == ()


def test_urgent_is_a_child_protection_enquiry_marked_red_and_nothing_else() -> None:
    marked = {(purpose, rag) for purpose in codes("purposes") for rag in ("RED", "AMBER", "GREEN", "")}
    assert {one for one in marked if is_urgent(*one)} == {("C-S47", "RED")}
