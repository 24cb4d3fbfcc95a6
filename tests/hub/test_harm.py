"""The safe address: nothing that places a protected family leaves across a harm link (row 4 and its sub-cases)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.cli.demo.families import northshire
from services.cli.demo.families.people import SAFE
from services.contract.cases import ReviewProtection
from services.contract.people import About
from services.contract.views import FamilyView
from services.gateway.answer import as_json
from services.gateway.answering import search_notes
from services.gateway.cases.protections import review_protection
from services.gateway.minimising.places import Places
from tests.hub.world import MIA, World, a_person, released

SEAN = About(nhs_number="9991000054", given="Sean", family="Cole", birth_date="1988-09-23")
TYLER = About(nhs_number="9992000015", given="Tyler", family="Lomax", birth_date="2018-08-16")
DANA = About(nhs_number="9991000046", given="Dana", family="Reid", birth_date="1990-02-11")
PLACES = Places.of((*SAFE.lines, SAFE.postcode, SAFE.telephone, "Elmfield Primary School"))


def new_household(world: World) -> str:
    """A child protection enquiry on Sean's stepchild, with Sean a subject."""
    return world.s47((TYLER, "child"), (SEAN, "adult"))


def text_of(view: FamilyView) -> str:
    return as_json(view).decode()


def about_family_of(view: FamilyView, *names: str) -> list[dict[str, Any]]:
    """The answer's resources about somebody of this name."""
    refs = {one.ref for one in view.people if one.name in names}
    return [
        one
        for one in released(view)
        if {one.get(key, {}).get("reference") for key in ("subject", "patient")} & refs
    ]


def test_his_worker_gets_nothing_that_places_them(world: World) -> None:
    view = world.view(new_household(world), SEAN)
    assert {"Mia Reid", "Dana Reid", "Leo Reid"} <= {one.name for one in view.people}
    assert PLACES is not None
    for resource in released(view):
        assert not PLACES.found_in(json.dumps(resource)), resource["resourceType"]
    assert not PLACES.found_in(text_of(view))


def test_text_about_himself_that_names_her_address_is_taken_out(world: World) -> None:
    """The address creeps into notes: known places are looked for in every string that leaves, his own records included."""
    patient = _of("northshire-police", "Patient", "Sean")
    told = f"Seen waiting outside {SAFE.lines[1].upper()}, {SAFE.town}"
    flag = {
        "resourceType": "Flag",
        "id": "seen-there",
        "status": "active",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"text": told},
        "period": {"start": "2026-11-01"},
    }
    plain = {**flag, "id": "seen-elsewhere", "code": {"text": "Seen waiting outside the court"}}
    world.publish("northshire-police", flag, plain)
    answer = text_of(world.view(new_household(world), SEAN))
    assert "Seen waiting outside the court" in answer
    assert SAFE.lines[1].lower() not in answer.lower()


def test_the_marker_says_restricted_and_names_no_source(world: World) -> None:
    view = world.view(new_household(world), SEAN)
    theirs = {one.ref for one in view.people if one.name in ("Mia Reid", "Dana Reid", "Leo Reid")}
    rows = [row for row in view.withheld if row.person in theirs]
    assert "RESTRICTED" in {row.code for row in rows}
    assert {row.source for row in rows} == {"a partner"}
    assert not theirs & {state.ref for line in view.sources for state in line.people}


def test_the_past_plan_is_a_coded_fact_with_a_year(world: World) -> None:
    view = world.view(new_household(world), SEAN)
    plans = [one for one in about_family_of(view, "Mia Reid", "Leo Reid") if one["resourceType"] == "Flag"]
    assert plans
    for flag in plans:
        assert all(len(day) == 4 for day in flag.get("period", {}).values())
        assert "source" not in flag["meta"]


def test_his_own_records_are_there_in_full(world: World) -> None:
    view = world.view(new_household(world), SEAN)
    flags = [one for one in about_family_of(view, "Sean Cole") if one["resourceType"] == "Flag"]
    assert any(len(flag.get("period", {}).get("start", "")) == 10 for flag in flags)


def test_her_own_worker_gets_the_address(world: World) -> None:
    """4c: in the case about Mia there is no harm link, and the address is released."""
    view = world.view(world.s47(), MIA)
    assert SAFE.postcode in text_of(view)


def test_the_rule_goes_by_the_case_not_by_the_worker(world: World) -> None:
    """4d: one worker on both cases."""
    hers, his = world.view(world.s47(), MIA), world.view(new_household(world), SEAN)
    assert SAFE.postcode in text_of(hers)
    assert SAFE.postcode not in text_of(his)


@pytest.mark.parametrize("postcode", [SAFE.postcode, "ZZ99 9ZZ"])
def test_an_address_search_finds_no_protected_person_and_says_the_same(world: World, postcode: str) -> None:
    """4b: by the safe postcode, and by one of nobody's."""
    about = About(family="Reid", given="Dana", birth_date="1990-02-11", postcode=postcode)
    view = world.view(world.s47(), about)
    assert (view.match, view.candidates, view.people) == ("NONE", (), ())
    assert view.notes == (search_notes.sentence("PLACE"),)


def test_an_order_that_ran_out_does_not_end_the_protection_and_a_review_does(empty: World) -> None:
    """4f: the control; it proves that the rule withholds, not the matrix."""
    flag = _safe_address_flag()
    for source, bundle in northshire(datetime.now(UTC).date()).bundles.items():
        empty.publish(source, *(entry["resource"] for entry in bundle["entry"]))
    case = new_household(empty)
    empty.publish(
        "northshire-csc",
        {**flag, "status": "inactive", "period": {"start": "2024-01-01", "end": "2024-06-01"}},
    )
    assert SAFE.postcode not in text_of(empty.view(case, SEAN))
    officer = a_person("PRIVACY-OFFICER")
    for protection in _protections(empty, flag):
        review_protection(
            empty.parts, officer, protection, ReviewProtection(outcome="ended", reason="order discharged")
        )
    assert SAFE.postcode in text_of(empty.view(case, SEAN))


def _of(source: str, kind: str, given: str) -> str:
    """The id of a source's record of somebody."""
    bundle = northshire(datetime.now(UTC).date()).bundles[source]
    records = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]
    return str(next(one["id"] for one in records if one["name"][0]["given"] == [given]))


def _safe_address_flag() -> dict[str, Any]:
    bundle = northshire(datetime.now(UTC).date()).bundles["northshire-csc"]
    flags = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Flag"]
    return dict(next(one for one in flags if "Safe address" in one["code"]["text"]))


def _protections(world: World, flag: dict[str, Any]) -> list[str]:
    """The protections that the council's own flag began, as it reads them back."""
    told = world.parts.index.read_back("northshire-csc", "Flag", flag["id"])
    assert told is not None
    return [tag["code"] for tag in told["meta"]["tag"] if tag.get("system") == "urn:mash:protection"]
