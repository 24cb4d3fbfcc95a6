"""Owner approval (rows 1b and 15c): asked for, decided by the holder alone, one record for one case for 72 hours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.cli.demo import live_source
from services.cli.demo.families import northshire
from services.cli.serve import LOOPBACK, Listener, bound
from services.contract.cases import Asker, AskOwner, Challenge, CloseCase, DecideTask
from services.contract.problems import BadInput, Conflict, NotAllowed, NotFound
from services.contract.views import FamilyView, Refused, ViewRequest, Withheld
from services.gateway.ask import ask
from services.gateway.cases.close import close_case
from services.gateway.parts import Parts
from services.gateway.tasks.asked import list_asked
from services.gateway.tasks.asking import ask_owner, challenge
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import opened as unsealed
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.working_off import work_off
from tests.hub.world import MANAGER, MIA, WORKER, World, a_person, a_world, released

HAVEN = Asker("haven-sms", "SMS", "PRIVACY-OFFICER", "haven-owner", token="t")
GUARDIAN = Asker("haven-sms", "SMS", "CALDICOTT", "haven-guardian", token="t")
CLINIC = Asker("clearwater-shc", "NHS-COMM", "CALDICOTT", "clinic-guardian", token="t")
THERAPY = "Therapy session notes"


def row_of(view: FamilyView, source: str, title: str) -> Withheld:
    """The row of a source about a class, that its owner decides on."""
    return next(one for one in view.withheld if one.source == source and one.class_ == title and one.ask)


def asked(world: World, case: str, by: Asker = WORKER, title: str = "Restricted narrative") -> str:
    """The worker asks Haven for its narrative about Dana; the id of what was asked."""
    row = row_of(world.view(case, by=by), "Haven", title)
    (id,) = ask_owner(
        world.parts, by, case, AskOwner(ask=str(row.ask), reason="needed to plan for the child")
    )
    return id


def task_of(world: World, case: str, owner: Asker = HAVEN, kind: str = "owner-approval") -> str:
    """The open task of a kind about a case in the owner's inbox."""
    rows = [row for row in waiting(world.parts, owner) if row.kind == kind]
    (found,) = [row.id for row in rows if unsealed(world.parts, row).case == case]
    return found


def opened(world: World, id: str, by: Asker = HAVEN) -> dict[str, Any]:
    told = open_task(world.parts, by, id)
    assert not isinstance(told, Refused)
    return told


def decide(world: World, id: str, answer: str, item: str | None = None, by: Asker = HAVEN) -> dict[str, Any]:
    body = DecideTask(answer=answer, reason="weighed with the team", item=item)
    told = decide_task(world.parts, by, id, body)
    assert not isinstance(told, Refused)
    return told


def approve(world: World, case: str) -> str:
    """Ask, and have the one record approved; the task's id."""
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    decide(world, id, "approve", item["item"])
    return id


def narratives(view: FamilyView) -> list[str]:
    """The descriptions of the documents whose content is in the view."""
    found = released(view, "DocumentReference")
    return [one.get("description", one.get("type", {}).get("text", "")) for one in found if "content" in one and
            any("data" in part.get("attachment", {}) for part in one["content"])]  # fmt: skip


def at(parts: Parts, **later: float) -> Parts:
    return replace(parts, clock=lambda: datetime.now(UTC) + timedelta(**later))


@pytest.fixture
def case(world: World) -> str:
    return world.s47()


def test_one_note_is_asked_for_and_approved_and_that_note_is_shown(world: World, case: str) -> None:
    before = world.view(case)
    assert THERAPY not in str(released(before))
    approve(world, case)
    after = world.view(case)
    new = [one for one in released(after, "DocumentReference") if THERAPY in str(one)]
    assert len(new) == 1
    assert "data" in new[0]["content"][0]["attachment"]
    assert "NORDSCLCD" in after.obligations
    # That note, and nothing else.
    assert len(released(after)) - len(released(before)) in (0, 1)
    assert row_of(after, "Haven", "Detail").ask


def test_the_approval_is_for_any_member_of_that_case_and_for_no_other(world: World, case: str) -> None:
    approve(world, case)
    assert any(THERAPY in str(one) for one in released(world.view(case, by=MANAGER), "DocumentReference"))
    other = world.s47()
    assert THERAPY not in str(released(world.view(other)))


def test_it_ends_after_72_hours(world: World, case: str) -> None:
    approve(world, case)
    for hours, shown in ((71.9, True), (72.1, False)):
        view = ask(at(world.parts, hours=hours), WORKER, ViewRequest(about=MIA, case=case))
        assert isinstance(view, FamilyView)
        assert (THERAPY in str(released(view, "DocumentReference"))) is shown


def test_two_entries_name_both_people_by_pseudonym_and_hold_no_reason(world: World, case: str) -> None:
    approve(world, case)
    question = [one for one in world.entries("northshire-csc") if one["kind"] == "task.asked"][-1]
    decision = [one for one in world.entries("haven-sms") if one["kind"] == "task.decided"][-1]
    assert decision["ref"] == {"log": "northshire-csc", "event_id": question["event_id"]}
    assert decision["facts"]["answer"] == "approve" and decision["facts"]["records"] == 1
    assert decision["facts"]["until"] > question["time"]
    assert decision["asker"]["role"] == "PRIVACY-OFFICER"
    assert len(decision["asker"]["user"]) == 22 and "haven-owner" not in str(decision)
    assert question["subjects"] and question["ref"]["log"] == "northshire-csc"
    assert "weighed" not in str(world.entries("haven-sms")) and "needed" not in str(
        world.entries("northshire-csc")
    )


def test_the_owner_sees_the_record_the_reason_and_who_it_is_by_the_owners_own_record(
    world: World, case: str
) -> None:
    asked(world, case)
    id = task_of(world, case)
    before = len(world.entries("haven-sms"))
    told = opened(world, id)
    (item,) = told["items"]
    assert THERAPY in str(item["resource"])
    assert told["about"]["name"][0]["given"] == ["Dana"]
    assert told["facts"]["reason_given"] == "needed to plan for the child"
    assert not [name for name in told["facts"] if name.startswith("_")]
    (entry,) = world.entries("haven-sms")[before:]
    assert (entry["kind"], entry["subjects"][0]["leaves"]) == ("task.opened", 1)
    decide(world, id, "approve", item["item"])


@pytest.mark.parametrize(
    ("answer", "state", "code"),
    [
        ("refuse", "REFUSED", "OWNER_APPROVAL"),
        ("detriment", "RESTRICTED", "RESTRICTED"),
        ("harm", "RESTRICTED", "RESTRICTED"),
    ],
)
def test_a_refusal_is_told_by_code_and_never_with_its_reason(
    world: World, case: str, answer: str, state: str, code: str
) -> None:
    asked(world, case)
    decide(world, task_of(world, case), answer)
    (told,) = list_asked(world.parts, WORKER, case)
    assert (told["state"], told["code"]) == (state, code)
    assert "weighed" not in str(told)
    view = world.view(case)
    assert THERAPY not in str(released(view))
    rows = [one for one in view.withheld if one.source == "Haven" and one.class_ == "Restricted narrative"]
    assert {one.code for one in rows} == {code}
    assert {one.ask for one in rows} == {None}


def test_a_refusal_can_be_challenged_and_somebody_else_decides(world: World, case: str) -> None:
    id = asked(world, case)
    decide(world, task_of(world, case), "refuse", by=GUARDIAN)
    again = challenge(world.parts, WORKER, case, Challenge(asked=id, reason="the child is at risk tonight"))
    task = task_of(world, case, GUARDIAN, "refusal-challenged")
    with pytest.raises(NotAllowed):
        decide(world, task, "uphold", by=GUARDIAN)
    other = replace(GUARDIAN, user="second-guardian")
    (item,) = opened(world, task, other)["items"]
    decide(world, task, "approve", item["item"], other)
    assert {one["id"]: one["state"] for one in list_asked(world.parts, WORKER, case)}[again] == "APPROVED"
    assert THERAPY in str(released(world.view(case), "DocumentReference"))


def test_what_was_not_refused_cannot_be_challenged(world: World, case: str) -> None:
    id = asked(world, case)
    for one in (id, "no-such-thing"):
        with pytest.raises(Conflict):
            challenge(world.parts, WORKER, case, Challenge(asked=one, reason="impatient"))


def test_a_silent_record_is_offered_by_its_owner_without_having_been_asked(world: World, case: str) -> None:
    world.view(case)
    work_off(world.parts)
    task = task_of(world, case, CLINIC, "owner-consider")
    told = opened(world, task, CLINIC)
    assert len(told["items"]) >= 2
    with pytest.raises(BadInput):  # Which one?
        decide(world, task, "approve", by=CLINIC)
    assert "386639001" not in str(released(world.view(case)))
    termination = next(one for one in told["items"] if "Termination" in str(one["resource"]))
    decide(world, task, "approve", termination["item"], CLINIC)
    after = world.view(case)
    assert "386639001" in str(released(after, "Condition"))
    assert "86406008" not in str(released(after))
    # Its entries name no case: they would tell an auditor what the asker may not know.
    kinds = {one["kind"]: one for one in world.entries("clearwater-shc")}
    assert not [one for one in kinds.values() if "case_hash" in one]


def test_what_its_owner_keeps_back_is_not_put_to_them_again(world: World, case: str) -> None:
    world.view(case)
    work_off(world.parts)
    decide(world, task_of(world, case, CLINIC, "owner-consider"), "keep-back", by=CLINIC)
    world.view(case)
    work_off(world.parts)
    open_ = [row for row in waiting(world.parts, CLINIC) if row.kind == "owner-consider"]
    assert [row for row in open_ if unsealed(world.parts, row).case == case] == []
    assert list_asked(world.parts, WORKER, case) == []


# --- What does not fit -------------------------------------------------------------------------------------


def test_a_token_of_another_asker_another_case_and_none_are_refused_alike(world: World, case: str) -> None:
    token = str(row_of(world.view(case), "Haven", "Restricted narrative").ask)
    other = world.s47()
    told = []
    for by, where, ask_ in ((MANAGER, case, token), (WORKER, other, token), (WORKER, case, "nonsense")):
        with pytest.raises(BadInput) as caught:
            ask_owner(world.parts, by, where, AskOwner(ask=ask_, reason="needed"))
        told.append((caught.value.detail, caught.value.places, caught.value.step))
    assert len(set(told)) == 1
    late = at(world.parts, hours=12.1)
    with pytest.raises(BadInput):
        ask_owner(late, WORKER, case, AskOwner(ask=token, reason="needed"))
    stranger = a_person("SW-CHILD", "eastshire-csc", user="rhys")
    with pytest.raises(NotFound):
        ask_owner(world.parts, replace(stranger, teams=()), case, AskOwner(ask=token, reason="needed"))


def test_only_an_owner_of_the_holder_meets_the_task(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    for other in (
        CLINIC,
        replace(HAVEN, role="SMS-KEYWORKER"),
        replace(HAVEN, organisation="northshire-nhs"),
    ):
        with pytest.raises(NotFound):
            open_task(world.parts, other, id)
        with pytest.raises(NotFound):
            decide(world, id, "refuse", by=other)
    with pytest.raises(NotAllowed):
        decide(world, id, "refuse", by=replace(HAVEN, user=WORKER.user))


def test_a_task_is_decided_once(world: World, case: str) -> None:
    id = approve(world, case)
    with pytest.raises(Conflict):
        decide(world, id, "refuse")


def test_approving_a_question_of_more_than_72_hours_ago_is_refused(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    late = World(replace(world.running, parts=at(world.parts, hours=72.1)), world.home)
    with pytest.raises(Conflict):
        decide(late, id, "approve", item["item"])
    assert decide(late, id, "refuse")["answer"] == "refuse"


def test_nothing_is_approved_for_a_case_that_is_closed(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    close_case(world.parts, MANAGER, case, CloseCase(changed="yes", outcome="went-further"))
    with pytest.raises(Conflict):
        decide(world, id, "approve", item["item"])
    token = str(row_of(world.view(world.s47()), "Haven", "Restricted narrative").ask)
    with pytest.raises(Conflict):
        ask_owner(world.parts, WORKER, case, AskOwner(ask=token, reason="needed"))


def test_the_token_of_another_tasks_record_approves_nothing(world: World, case: str) -> None:
    asked(world, case)
    id = task_of(world, case)
    (item,) = opened(world, id)["items"]
    other = world.s47()
    asked(world, other)
    second = task_of(world, other)
    for wrong in (item["item"], "nonsense"):
        with pytest.raises(BadInput):
            decide(world, second, "approve", wrong)


def test_an_owner_connected_to_the_person_is_refused(world: World, case: str) -> None:
    asked(world, case)
    cousin = replace(HAVEN, user="cousin", own=(MIA,))
    told = open_task(world.parts, cousin, task_of(world, case))
    assert isinstance(told, Refused) and told.code == "CONFLICT_OF_INTEREST"


# --- A source that is asked live, and of which nothing is stored here ---------------------------------------


@pytest.fixture
def with_practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A hub whose live practice answers; it holds one thing about Dana that its owner decides on."""
    records = [dict(one) for one in northshire(datetime.now(UTC).date()).live[live_source.SOURCE]]
    number = "9991000046"
    dana = next(
        one["id"] for one in records if any(id["value"] == number for id in one.get("identifier", ()))
    )
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSYTHPN"}
    therapy = {
        "resourceType": "Condition",
        "id": "therapy",
        "meta": {"security": [label]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "228557008"}]},
        "subject": {"reference": f"Patient/{dana}"},
        "recordedDate": "2026-05-01",
    }
    monkeypatch.setattr(live_source, "_records", lambda day: (*records, therapy))
    sock = bound(LOOPBACK, 0, "practice")
    practice = Listener(live_source.live_app(live_source.Knobs(None)), sock)
    practice.start()
    world = a_world(tmp_path, live=f"http://{LOOPBACK}:{sock.getsockname()[1]}/fhir")
    yield world
    world.close()
    practice.stop()


def test_a_live_sources_record_is_approved_and_found_again(with_practice: World) -> None:
    world, owner = with_practice, Asker("northshire-gp", "GP", "CALDICOTT", "practice-guardian", token="t")
    case = world.s47()
    before = world.view(case)
    assert "228557008" not in str(released(before))
    row = next(one for one in before.withheld if one.source == "Northshire Health Centre" and one.ask)
    ask_owner(world.parts, WORKER, case, AskOwner(ask=str(row.ask), reason="needed to plan"))
    task = task_of(world, case, owner)
    (item,) = opened(world, task, owner)["items"]
    assert "228557008" in str(item["resource"])
    # Asking the owner's own system was an entry before the question went out.
    assert [one["kind"] for one in world.entries("northshire-gp")] == ["query.sent", "task.opened"]
    decide(world, task, "approve", item["item"], owner)
    assert "228557008" in str(released(world.view(case), "Condition"))
