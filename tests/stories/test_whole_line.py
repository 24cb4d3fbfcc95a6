"""Rows of the catalogue on the whole line: where somebody is searched for, asked about, or a source fails."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.cli.demo.families import northshire
from services.contract.cases import OpenCase
from services.contract.people import About
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway.answer import MAY_BE_INCOMPLETE, as_json
from services.gateway.answering.decisions import NO_CPR
from services.gateway.answering.who_answers import ADULT_HEALTH
from services.gateway.ask import ask
from services.gateway.cases.open import open_case
from tests.hub.world import MANAGER, MIA, WORKER, World, a_person, a_world, released

DANA = About(nhs_number="9991000046", given="Dana", family="Reid", birth_date="1990-02-11")
ARTHUR = About(nhs_number="9991000062", given="Arthur", family="Penrose", birth_date="1941-03-14")
JOAN = About(nhs_number="9991000100", given="Joan", family="Pike", birth_date="1952-06-30")
PARAMEDIC = a_person("PARAMEDIC", "northshire-amb", user="crew")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("stories"))
    yield made
    made.close()


def codes(view: FamilyView, class_: str = "") -> set[str]:
    return {row.code for row in view.withheld if not class_ or row.class_ == class_}


def partners(view: FamilyView) -> set[str]:
    """Sources other than the council's own, of which a record about anybody is in the answer."""
    return {one["meta"].get("source", "") for one in released(view)} - {"urn:mash:source:northshire-csc", ""}


def screening(world: World, **told: Any) -> FamilyView:
    case = world.open("C-SCREEN", "contact-received", (MIA, "child"))
    if told:
        world.evidence(case, **told)
    return world.view(case)


def test_2_without_agreement_or_risk_only_the_councils_own(world: World) -> None:
    view = screening(world)
    assert released(view)
    assert not partners(view)
    asked = [row for row in view.withheld if row.code == "CONSENT_REQUIRED"]
    assert asked
    assert {row.class_ for row in asked} == {"everything"}
    # Each listed source once, in the same words whether or not it holds anything.
    assert len({row.source for row in asked}) == len([row for row in asked if not row.person]) or all(
        row.person for row in asked
    )
    assert {row.sentence for row in asked} == {
        (
            "Do not seek agreement if asking could raise risk to anyone. "
            "Record the perceived risk instead, or the agreement where it was given."
        )
    }


def test_2b_with_her_agreement_partners_answer_about_her(world: World) -> None:
    view = screening(world, kind="agreement", about=MIA, alone=True, text="asked at school")
    assert partners(view)


def test_2c_a_perceived_risk_opens_as_an_agreement_does(world: World) -> None:
    view = screening(world, kind="perceived-risk", text="bruising seen by the school nurse")
    assert partners(view)


def test_2d_a_refusal_without_risk_is_as_without_agreement(world: World) -> None:
    view = screening(world, kind="refusal", about=MIA, text="her mother said no")
    assert not partners(view)


def test_3_the_founding_schemes_own_use(world: World) -> None:
    visitor = a_person("HEALTH-VISITOR", "northshire-nhs", user="grace")
    case = world.open("FAM-OVERVIEW", "family-agreed", (MIA, "child"), by=visitor, members=())
    leo = About(nhs_number="9991000038", given="Leo", family="Reid", birth_date="2016-11-20")
    for about in (MIA, leo, DANA):
        world.evidence(case, by=visitor, kind="agreement", about=about, alone=True, text="asked at home")
    view = world.view(case, by=visitor)
    text = as_json(view).decode()
    assert "Haven" not in text and "Clearwater" not in text
    assert ADULT_HEALTH in {line.source for line in view.sources}
    assert "ZZ99 4SA" not in text
    sean = [one.ref for one in view.people if one.name is None or "Sean" in (one.name or "")]
    assert sean
    assert "CONSENT_REQUIRED" in codes(view)


def test_1_a_worker_who_names_an_enquiry_without_a_managers_case_is_refused(world: World) -> None:
    body = OpenCase.model_validate(
        {
            "purpose": "C-S47",
            "ground": {"code": "reasonable-cause", "text": "x"},
            "subjects": [{"about": MIA.model_dump(exclude_none=True), "as": "child"}],
        }
    )
    refused = open_case(world.parts, WORKER, body)
    assert isinstance(refused, Refused)
    assert refused.code == "PURPOSE_NOT_PERMITTED"


def test_1_edt_opens_at_night_and_lapses_after_24_hours(world: World) -> None:
    edt = a_person("SW-EDT", user="night")
    case = world.open("C-S47", "reasonable-cause", (MIA, "child"), by=edt)
    assert world.view(case, by=edt).match == "MATCH"
    late = replace(world.parts, clock=lambda: datetime.now(UTC) + timedelta(hours=25))
    answer = ask(late, edt, ViewRequest(about=MIA, case=case))
    assert isinstance(answer, Refused)
    assert answer.code == "PURPOSE_NOT_PERMITTED"
    assert "case.lapsed" in {entry["kind"] for entry in world.entries("hub")}


def test_a_case_of_somebody_else_is_refused(world: World) -> None:
    stranger = replace(a_person("SW-CHILD", "eastshire-csc", user="rhys"), teams=())
    assert isinstance(world.ask(world.s47(), by=stranger), Refused)


def emergency(world: World, about: About) -> FamilyView:
    case = world.open("ETREAT", "emergency-call", (about, "adult"), by=PARAMEDIC)
    world.evidence(case, by=PARAMEDIC, kind="incident", text="call", place="999000000105")
    return world.view(case, about, by=PARAMEDIC)


def test_5_the_paramedic_sees_the_cpr_decision_and_no_narrative(world: World) -> None:
    view = emergency(world, ARTHUR)
    flags = [
        one
        for one in released(view, "Flag")
        for coding in one["code"].get("coding", [])
        if coding["code"] == "450476008"
    ]
    assert flags
    assert NO_CPR not in view.notes
    assert MAY_BE_INCOMPLETE in view.notes
    assert "MINIMISATION" in codes(view, "Restricted narrative")
    assert not [one for one in released(view, "DocumentReference") if '"data":' in json.dumps(one["content"])]


def test_5g_where_sharing_was_refused_the_words_are_those_of_no_decision(tmp_path: Path) -> None:
    """In the NHS end-of-life profile `inactive` means refused; medicines and allergies are released all the same."""
    world = a_world(tmp_path)
    hospice = [
        one["resource"] for one in northshire(datetime.now(UTC).date()).bundles["brook-hospice"]["entry"]
    ]
    consents = [one for one in hospice if one["resourceType"] == "Consent"]
    world.publish("brook-hospice", *({**one, "status": "inactive"} for one in consents))
    view = emergency(world, ARTHUR)
    world.close()
    assert NO_CPR in view.notes
    assert not [one for one in released(view, "Flag") if "45047600" in json.dumps(one)]
    assert released(view, "MedicationStatement")
    # Nothing says that there was something.
    assert "CONSENT_REQUIRED" not in codes(view)


def test_7_an_objection_stops_partners_and_a_stated_ground_opens_an_adult_enquiry(world: World) -> None:
    adult = a_person("SW-ADULT", "northshire-asc", user="felix")
    plain = world.open("A-S42", "adult-at-risk", (JOAN, "adult"), by=adult)
    stated = world.open("A-S42", "others-at-risk", (JOAN, "adult"), by=adult)
    without, with_ = world.view(plain, JOAN, by=adult), world.view(stated, JOAN, by=adult)
    assert "REASON_REQUIRED" in codes(without)
    assert len(released(with_)) > len(released(without))


def test_x1_four_different_answers_and_a_result_that_says_it_is_incomplete(world: World) -> None:
    """The practice is down (nobody listens at its port); others hold, or hold nothing."""
    view = world.view(world.s47())
    mia = view.people[0].ref
    states = {line.source: {row.ref: row.state for row in line.people}[mia] for line in view.sources}
    assert states["Northshire Health Centre"] == "SOURCE_DOWN"
    assert states["Children's social care"] == "HELD"
    assert states["Brook Hospice"] == "NIL"
    assert not view.complete
    unsure = next(one.ref for one in view.people if one.match == "NOT_CONFIRMED")
    assert {row.state for line in view.sources for row in line.people if row.ref == unsure} == {"NOT_ASKED"}


def test_the_question_to_a_live_source_is_an_entry_first(world: World) -> None:
    before = len(world.entries("northshire-csc"))
    world.view(world.s47())
    kinds = [entry["kind"] for entry in world.entries("northshire-csc")[before:]]
    assert kinds.index("query.sent") < kinds.index("release.intent")


def test_the_manager_is_a_member_of_the_case_she_opens(world: World) -> None:
    assert world.view(world.s47(), by=MANAGER).match == "MATCH"
