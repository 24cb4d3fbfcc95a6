"""Owner approval (rows 1b and 15c): asked for, decided by the holder alone, one record for one case for 72 hours."""

from dataclasses import replace

import pytest

from services.contract.cases import Challenge
from services.contract.problems import BadInput, Conflict, NotAllowed
from services.contract.views import FamilyView, ViewRequest
from services.gateway.ask import ask
from services.gateway.tasks.asked import list_asked
from services.gateway.tasks.asking import challenge
from services.gateway.tasks.inbox import opened as unsealed
from services.gateway.tasks.inbox import waiting
from services.gateway.tasks.working_off import work_off
from tests.hub.approval import CLINIC, GUARDIAN, THERAPY, approve, asked, at, decide, opened, row_of, task_of
from tests.hub.world import MANAGER, MIA, WORKER, World, released


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
