"""Rows of the catalogue on the whole line: care of Arthur by hospice, care providers and broker, and of Joan, who objected."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.cli.demo import live_source
from services.cli.demo.cast import STAFF
from services.cli.demo.families import northshire
from services.cli.demo.families.build import SNOMED
from services.cli.serve import LOOPBACK, Listener, bound
from services.contract.about import NHS_NUMBER
from services.contract.cases import Asker
from services.contract.people import About
from services.contract.views import FamilyView
from services.gateway.answer import BREAK_GLASS, NO_RELATION
from services.gateway.answering.decisions import CPR_CONFLICT, CPR_FOR, CPR_NOT_FOR, codes_of
from tests.hub.world import MIA, World, a_person, a_world, released

ARTHUR = About(nhs_number="9991000062", given="Arthur", family="Penrose", birth_date="1941-03-14")
JOAN = About(nhs_number="9991000100", given="Joan", family="Pike", birth_date="1952-06-30")
TYPES = {
    "brook-hospice": "HOSPICE",
    "beacon-care": "CARE-PROVIDER",
    "northshire-nhs": "NHS-ACUTE",
    "northshire-amb": "AMB",
}


def one_of(role: str) -> Asker:
    """The member of the demonstration's staff with this role, with their team."""
    member = next(one for one in STAFF if one.role == role)
    return Asker(member.organisation, TYPES[member.organisation], role, member.user, (member.team,))


NURSE, COORDINATOR = one_of("PALLIATIVE-NURSE"), one_of("CARE-COORD")
BROKER = Asker("northshire-asc", "LA-ASC", "BROKER", "broker")


@pytest.fixture(scope="module")
def practice() -> Iterator[str]:
    """The practice, answering; its address."""
    sock = bound(LOOPBACK, 0, "practice")
    listener = Listener(live_source.live_app(live_source.Knobs(None)), sock)
    listener.start()
    yield f"http://{LOOPBACK}:{sock.getsockname()[1]}/fhir"
    listener.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, practice: str) -> Iterator[World]:
    made = a_world(tmp_path_factory.mktemp("care"), live=practice)
    yield made
    made.close()


def view_of(world: World, by: Asker, purpose: str, ground: str, about: About = ARTHUR) -> FamilyView:
    case = world.open(purpose, ground, (about, "adult"), by=by)
    if purpose == "ETREAT":
        world.evidence(case, by=by, kind="incident", text="call")
    return world.view(case, about, by=by)


def text_of(view: FamilyView) -> str:
    return json.dumps(released(view), default=str)


def of(view: FamilyView, source: str) -> list[dict[str, Any]]:
    return [one for one in released(view) if one["meta"].get("source", "").endswith(f":{source}")]


def withheld(view: FamilyView, source: str) -> dict[str, str]:
    """Title of a class -> the code, of what of a source's records about whom was asked about is not given."""
    asked = ("", view.people[0].ref)
    return {row.class_: row.code for row in view.withheld if row.source == source and row.person in asked}


def test_6_the_nurse_on_whose_caseload_he_is_sees_practice_plan_and_package_and_no_rates(
    world: World,
) -> None:
    view = view_of(world, NURSE, "TREAT", "in-my-care")
    text = text_of(view)
    for given in ("Apixaban", "Allergy to penicillin", "93880001", "Preferred place of death", CPR_NOT_FOR):
        assert given in text, given
    (package,) = [one for one in of(view, "northshire-asc") if one["resourceType"] == "CarePlan"]
    detail = package["activity"][0]["detail"]
    assert detail["code"]["text"] == "Two carers, four visits a day"
    assert detail["scheduledString"].startswith("08:00")
    assert withheld(view, "Adult social care")["Commercial"] == "COMMERCIAL"
    assert "24.60" not in text and "Hourly rate" not in text
    # He is her patient: that his attorney is not invites nobody to break the glass.
    assert "NO_RELATIONSHIP" in {row.code for row in view.withheld}
    assert not {NO_RELATION, BREAK_GLASS} & set(view.notes)


def test_6_what_names_a_relative_is_about_somebody_else_and_what_practices_leave_out_is_not_there(
    tmp_path: Path,
) -> None:
    world = a_world(tmp_path)
    label = {"system": "urn:mash:cs:label", "code": "L:THIRDPARTY"}
    std = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "STD"}
    told: dict[str, Any] = {
        "resourceType": "RiskAssessment",
        "status": "final",
        "subject": {"reference": "Patient/p"},
    }
    told["prediction"] = [{"rationale": "Ruth is said to take his money."}]
    problem: dict[str, Any] = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": SNOMED, "code": "240589008"}]},
    }
    problem |= {"subject": {"reference": "Patient/p"}, "recordedDate": "2026-01-05"}
    world.publish("northshire-asc", patient("p"), told | {"id": "s42", "meta": {"security": [label]}})
    before = view_of(world, NURSE, "TREAT", "in-my-care")
    world.publish("northshire-nhs", patient("p"), problem | {"id": "std", "meta": {"security": [std]}})
    after = view_of(world, NURSE, "TREAT", "in-my-care")
    world.close()
    assert "Ruth is said" not in text_of(before)
    assert "THIRD_PARTY" in {row.code for row in before.withheld if row.source == "Adult social care"}
    assert "240589008" not in text_of(after)
    assert "Summary" not in withheld(after, "Northshire Hospitals and Community")


def patient(id: str) -> dict[str, Any]:
    """Arthur, at one more source of his."""
    number = {"system": NHS_NUMBER, "value": "9991000062"}
    name = [{"family": "Penrose", "given": ["Arthur"]}]
    return {"resourceType": "Patient", "id": id, "identifier": [number], "name": name, "birthDate": "1941-03-14"}  # fmt: skip


def test_6b_on_nobodys_caseload_nothing_is_given_and_break_glass_is_offered(world: World) -> None:
    elsewhere = replace(NURSE, user="night", teams=("day-ward",))
    view = view_of(world, elsewhere, "TREAT", "in-my-care")
    assert released(view) == []
    assert withheld(view, "Northshire Health Centre") == {"everything": "NO_RELATIONSHIP"}
    assert {NO_RELATION, BREAK_GLASS} <= set(view.notes)


def test_6c_the_telephone_lines_nurse_at_two_in_the_morning_sees_the_same(world: World) -> None:
    night = replace(
        world.parts,
        clock=lambda: datetime.now(UTC).replace(hour=2, minute=0) + timedelta(days=1),
    )
    usual, world.running = world.running, replace(world.running, parts=night)
    try:
        seen = view_of(world, replace(NURSE, role="GOLDLINE-NURSE", user="line"), "TREAT", "in-my-care")
    finally:
        world.running = usual
    assert kinds(seen) == kinds(view_of(world, NURSE, "TREAT", "in-my-care"))


def kinds(view: FamilyView) -> list[tuple[str, str]]:
    return sorted((one["resourceType"], one["meta"].get("source", "")) for one in released(view))


def test_7c_in_an_emergency_only_she_said(tmp_path: Path, practice: str) -> None:
    world = a_world(tmp_path, live=practice)
    records = [one["resource"] for one in northshire(datetime.now(UTC).date()).bundles["northshire-nhs"]["entry"]]  # fmt: skip
    (said,) = [one for one in records if one["resourceType"] == "Consent"]
    code = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMRGONLY"}
    world.publish("northshire-nhs", said | {"policyRule": {"coding": [code]}})
    emergency = view_of(world, one_of("PARAMEDIC"), "ETREAT", "emergency-call", JOAN)
    clinic = view_of(world, one_of("CLINIC-NURSE"), "TREAT", "in-my-care", JOAN)
    world.close()
    assert "Amlodipine" in text_of(emergency)
    assert "OBJECTION" not in {row.code for row in emergency.withheld}
    assert "Amlodipine" not in text_of(clinic)
    assert withheld(clinic, "Northshire Health Centre") == {"everything": "OBJECTION"}


def test_13_the_second_provider_sees_service_visits_and_contact_of_the_first_and_not_its_terms(
    world: World,
) -> None:
    view = view_of(world, COORDINATOR, "COC", "coordinating-care")
    theirs = of(view, "ashgrove-care")
    text = json.dumps(theirs, default=str)
    for given in ("Home care", "Morning visit", "Evening visit", "01632 960 715"):
        assert given in text, given
    assert {one["resourceType"] for one in theirs} == {"Patient", "EpisodeOfCare", "Encounter"}
    assert withheld(view, "Ashgrove Homecare") == {"Commercial": "COMMERCIAL"}
    for kept in ("23.15", "no cover", "24.60"):
        assert kept not in text_of(view), kept


def test_13b_the_broker_sees_rates_and_no_diagnosis(world: World) -> None:
    view = view_of(world, BROKER, "COMMISSION", "arranging-care")
    text = text_of(view)
    for given in ("23.15", "24.60", "no cover for the evening call"):
        assert given in text, given
    kinds_given = {one["resourceType"] for one in released(view)}
    assert not kinds_given & {"Condition", "MedicationStatement", "AllergyIntolerance", "Observation", "Flag"}
    assert withheld(view, "adult health services")["Detail"] == "MINIMISATION"


def test_13c_a_child_protection_enquiry_is_no_way_to_rates(world: World) -> None:
    view = world.view(world.s47((ARTHUR, "adult"), (MIA, "child")), ARTHUR)
    assert withheld(view, "Adult social care")["Commercial"] == "COMMERCIAL"
    assert not [one for one in released(view) if one["resourceType"] == "Contract"]
    assert not {"23.15", "24.60"} & set(text_of(view).split('"'))


def test_5e_two_sources_disagree_about_resuscitation_and_both_are_shown_newest_first(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    hospice = [one["resource"] for one in northshire(datetime.now(UTC).date()).bundles["brook-hospice"]["entry"]]  # fmt: skip
    cpr = next(one for one in hospice if CPR_NOT_FOR in codes_of(one))
    today = datetime.now(UTC).date()
    coded = {"coding": [{"system": SNOMED, "code": CPR_FOR}]}
    period = {"start": (today - timedelta(days=3)).isoformat(), "end": (today + timedelta(days=90)).isoformat()}  # fmt: skip
    other = cpr | {"id": "for", "code": coded, "subject": {"reference": "Patient/p"}, "period": period}
    world.publish("northshire-nhs", patient("p"), other)
    view = view_of(world, a_person("PARAMEDIC", "northshire-amb", user="crew"), "ETREAT", "emergency-call")
    world.close()
    shown = [one for one in released(view, "Flag") if codes_of(one) & {CPR_FOR, CPR_NOT_FOR}]
    assert [codes_of(one) for one in shown] == [{CPR_FOR}, {CPR_NOT_FOR}]
    assert CPR_CONFLICT in view.notes
