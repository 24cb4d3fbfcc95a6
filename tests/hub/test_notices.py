"""Access notices, and holding them back: who asked for a holder's records it may know, but never where somebody of concern
could be warned; with what is held back and without it, every page and inbox of the holder is the same.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.contract.cases import Asker, Ground, OpenCase, Subject
from services.contract.people import About
from services.contract.problems import BadInput, NotFound
from services.gateway.cases import break_glass
from services.gateway.cases.open import Opened, open_case
from services.gateway.notices import letting_go, own_view, uses
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import Task, waiting
from services.gateway.tasks.inbox import opened as open_row
from services.gateway.tasks.opening import open_task
from services.gateway.tasks.working_off import work_off
from tests.hub.test_break_glass import JOAN, body, doctor, opened_to_health
from tests.hub.world import MANAGER, MIA, SEAN, World, a_person, a_world

TYLER = About(nhs_number="9991000119", given="Tyler", family="Shaw")
OFFICER, DUTY = "PRIVACY-OFFICER", "DUTY-MANAGER"
NURSE = a_person("ED-NURSE", "northshire-nhs", user="ed-nurse")


@pytest.fixture
def world(tmp_path: Any) -> Iterator[World]:
    found = a_world(tmp_path, edit=opened_to_health)
    _on_a_plan(found)
    yield found
    found.close()


def _on_a_plan(world: World) -> None:
    """Mia on a plan of Eastshire's, an authority out of the area."""
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9991000011"}
    name = [{"family": "Reid", "given": ["Mia"]}]
    patient = {
        "resourceType": "Patient",
        "id": "east-mia",
        "identifier": [number],
        "name": name,
        "birthDate": "2019-05-07",
    }
    plan = {
        "resourceType": "Flag",
        "id": "east-plan",
        "meta": {"security": [{"system": "urn:mash:cs:label", "code": "L:CPROT"}]},
        "status": "active",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "342191000000101"}]},
        "subject": {"reference": "Patient/east-mia"},
        "period": {"start": "2026-06-01"},
    }
    world.publish("eastshire-csc", patient, plan)


def officer(organisation: str, role: str = OFFICER) -> Asker:
    return Asker(organisation, "", role, f"{role} of {organisation}")


def told(world: World, organisation: str) -> Any:
    """Everything that a holder can see of who was given its records: its page, its uses, every inbox of it."""
    work_off(world.parts)
    inboxes = [
        [(task.row.kind, task.facts) for task in inbox(world, organisation, role)]
        for role in (OFFICER, DUTY, "IG-LEAD", "CALDICOTT")
    ]
    reader = officer(organisation)
    return own_view.who_was_given(world.parts, reader), uses.reaching_uses(world.parts, reader), inboxes


def inbox(world: World, organisation: str, role: str = OFFICER) -> list[Task]:
    return [open_row(world.parts, row) for row in waiting(world.parts, officer(organisation, role))]


def checked(world: World, about: About = MIA, **more: Any) -> None:
    """An emergency nurse's check of a child's protection status."""
    case = world.open("CP-ALERT", "child-presents", (about, "child"), by=NURSE, **more)
    world.evidence(case, by=NURSE, kind="incident", text="attendance")
    world.view(case, about, by=NURSE, scope="person")


def test_x2_the_holder_of_a_plan_is_told_which_record_of_its_own_and_no_name(world: World) -> None:
    checked(world)
    work_off(world.parts)
    found = [task for task in inbox(world, "eastshire-csc", DUTY) if task.row.kind == "access-notice"]
    assert len(found) == 1
    assert found[0].facts["your_record"] == "Flag/east-plan"
    assert found[0].facts["asking_organisation"] == "northshire-nhs"
    shown = json.dumps(open_task(world.parts, officer("eastshire-csc", DUTY), found[0].row.id))
    assert "Flag/east-plan" in shown
    assert not [word for word in ("Mia", "Reid", "9991000011", "2019-05-07") if word in shown]
    # And only once, however often the note is worked off.
    work_off(world.parts)
    assert len(inbox(world, "eastshire-csc", DUTY)) == len(found)


def test_the_holders_own_view_names_day_purpose_and_who_and_neither_person_nor_case(world: World) -> None:
    checked(world)
    lines, _, _ = told(world, "eastshire-csc")
    today = datetime.now(UTC).date().isoformat()
    assert [(one.day, one.purpose, one.organisation, one.role, one.answers) for one in lines] == [
        (today, "CP-ALERT", "northshire-nhs", "ED-NURSE", 1)
    ]
    assert own_view.who_was_given(world.parts, officer("eastshire-csc", "SW-CHILD")) == ()
    # Who asks for its own records is told nothing of itself.
    assert told(world, "northshire-nhs")[0] == ()


@pytest.mark.parametrize("holder", ["northshire-police", "northshire-nhs", "haven-sms", "eastshire-csc"])
def test_with_what_is_held_back_and_without_it_a_holder_sees_the_same(world: World, holder: str) -> None:
    before = told(world, holder)
    owners = {"owner-consider", "publisher-review", "publisher-mend-code", "owner-consider-referral"}
    # What lacks an ISA is told to both IG leads, day by day (row 10c): it is about paper, and names nobody and no purpose.
    owners.add("isa-lapsed-went-on")
    world.view(world.s47())
    after = told(world, holder)
    held = [one for one in letting_go.held_back(world.parts, officer("northshire-csc")) if one.holders]
    assert [one.purpose for one in held] == ["C-S47"] and held[0].why == ("purpose",)
    assert after[:2] == before[:2]
    # An owner's own tasks about a record are another matter: they ask for a decision and warn nobody.
    kinds = [[kind for kind, _ in inbox_ if kind not in owners] for inbox_ in after[2]]
    assert kinds == [[kind for kind, _ in inbox_ if kind not in owners] for inbox_ in before[2]]


def test_a_case_with_somebody_of_concern_is_held_back_for_any_purpose(world: World) -> None:
    """Tyler lives with Sean, of whom Mia is protected: a check of Mia by a case that names him."""
    checked(world, household=(SEAN,))
    assert told(world, "eastshire-csc")[0] == ()
    assert not inbox(world, "eastshire-csc", DUTY)
    held = letting_go.held_back(world.parts, officer("northshire-nhs"))
    assert [(one.purpose, one.why) for one in held] == [("CP-ALERT", ("concern",))]


def test_a_named_person_lets_the_holders_know_with_an_entry_and_a_reason(world: World) -> None:
    checked(world, household=(SEAN,))
    work_off(world.parts)
    by = officer("northshire-nhs")
    (held,) = letting_go.held_back(world.parts, by)
    for reason in ("", "  "):
        with pytest.raises(BadInput):
            letting_go.let_go(world.parts, by, held.reference, reason)
    before = len(world.entries("northshire-nhs"))
    assert letting_go.let_go(world.parts, by, held.reference, "he has been remanded") == 1
    entry = world.entries("northshire-nhs")[before]
    assert (entry["kind"], entry["facts"]["why"]) == ("notice.let-go", ["concern"])
    assert "remanded" not in json.dumps(entry)
    assert [one.purpose for one in told(world, "eastshire-csc")[0]] == ["CP-ALERT"]
    assert [task.row.kind for task in inbox(world, "eastshire-csc", DUTY)] == ["access-notice"]
    assert letting_go.held_back(world.parts, by) == ()
    with pytest.raises(NotFound):
        letting_go.let_go(world.parts, by, held.reference, "once more")


def test_nobody_else_lets_anything_go(world: World) -> None:
    world.view(world.s47())
    work_off(world.parts)
    (held,) = letting_go.held_back(world.parts, MANAGER)
    assert letting_go.held_back(world.parts, officer("northshire-police")) == ()
    stranger = a_person("SW-TEAM-MGR", "eastshire-csc", user="another-manager")
    with pytest.raises(NotFound):
        letting_go.let_go(world.parts, stranger, held.reference, "because")
    for role in ("SW-CHILD", "IG-LEAD", DUTY):
        with pytest.raises(NotFound):
            letting_go.held_back(world.parts, officer("northshire-csc", role))


def test_8d_each_holder_is_told_of_broken_glass_once_by_reference_and_reviews_it(world: World) -> None:
    by = doctor()
    case = open_case(world.parts, by, body())
    assert isinstance(case, Opened)
    for _ in range(2):
        world.view(case.id, JOAN, by=by)
        work_off(world.parts)
    name = break_glass.reference(world.parts, case.id)
    found = [task for task in inbox(world, "northshire-asc") if task.row.kind == "break-glass-reached"]
    assert len(found) == 1
    assert found[0].facts == {
        "reference": name,
        "asking_organisation": "northshire-nhs",
        "asking_role": "ED-DOCTOR",
    }
    assert not found[0].person and not found[0].records
    theirs, ours = officer("northshire-asc"), officer("northshire-nhs")
    (use,) = uses.reaching_uses(world.parts, theirs)
    assert (use.reference, use.organisation, use.outcome) == (name, "northshire-nhs", "")
    from services.contract.cases import DecideTask

    decide_task(world.parts, theirs, use.task, DecideTask(answer="follow-up", reason="no reason to be seen"))
    assert uses.reaching_uses(world.parts, theirs)[0].outcome == "follow-up"
    (own,) = [one for one in uses.own_uses(world.parts, ours) if one.reference == name]
    assert own.outcome == "" and own.role == "ED-DOCTOR"
    # Who held nothing is told nothing, and a role that does not review reads nothing.
    assert uses.reaching_uses(world.parts, officer("northshire-police")) == ()
    assert uses.own_uses(world.parts, officer("northshire-nhs", "IG-LEAD")) == ()
    shown = json.dumps([open_task(world.parts, theirs, found[0].row.id), [use.reference]])
    assert not [word for word in ("Joan", "Pike", "9991000100", "collapsed", case.id) if word in shown]


def test_intelligence_is_held_back_by_itself(world: World) -> None:
    from services.contract.people import Item, RecordFacts
    from services.gateway.notices.noting import INTELLIGENCE, _held_back

    def item(*labels: str) -> Item:
        return Item(
            "s", "p", "r", {"resourceType": "Flag", "id": "f"}, RecordFacts(labels=labels), "", (), {}
        )

    assert _held_back("TREAT", [item()], concern=False) == ""
    assert _held_back("TREAT", [item(), item("L:INTEL")], concern=False) == INTELLIGENCE
    assert _held_back("TREAT", [item()], concern=True) == "concern"
    for purpose in ("C-SCREEN", "C-S47", "MARAC", "MAPPA", "CRIME"):
        assert _held_back(purpose, [item()], concern=False) == "purpose"


def test_opening_it_names_one_patient(world: World) -> None:
    subject = Subject.model_validate({"about": TYLER, "as": "child"})
    asked = OpenCase(purpose="BTG", ground=Ground(code="emergent-harm", text="x"), subjects=(subject,))
    assert isinstance(open_case(world.parts, doctor(), asked), Opened)
