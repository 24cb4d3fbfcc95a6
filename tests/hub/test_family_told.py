"""The family as a whole hub tells it: ties with dates, an unborn child, who to go to first, and what sources say differently;
and none of it across a harm link, or of a record that is silent."""

import json
from datetime import UTC, datetime
from typing import Any

from services.cli.demo.families import northshire
from services.gateway.answer import as_bundle, as_json
from services.gateway.pages.family import family_page
from services.runtime.fhir import faults
from tests.hub.test_harm import SEAN, TYLER
from tests.hub.world import MIA, World


def test_the_old_address_on_file_is_told_beside_the_new_one(world: World) -> None:
    view = world.view(world.s47())
    mia = next(one.ref for one in view.people if one.name == "Mia Reid")
    (address,) = [one for one in view.differences if one.person == mia]
    told = {(one.value.split(",")[0], one.source, bool(one.end)) for one in address.said}
    assert {("8 Colliery Row", "Northshire Hospitals and Community", False), ("8 Colliery Row", "Children's social care", True),
            ("Flat 2", "Housing", False)} <= told  # fmt: skip


def test_the_allocated_social_worker_is_the_one_to_go_to(world: World) -> None:
    view = world.view(world.s47())
    names = {one.ref: one.name for one in view.people}
    first = {names[one.person]: one.name for one in view.contacts if one.first}
    assert (
        first["Mia Reid"] == "Amara Okafor, social worker" and first["Dana Reid"] == "Priya Nair, keyworker"
    )
    page = family_page(view, {}, world.parts.now())
    assert page.go_to[0].services == 3


def test_an_unborn_child_and_an_ended_partnership_are_told_as_such(world: World) -> None:
    dana = _record(world, "Dana")["id"]
    child = _relative("unborn-reid", dana, "CHILD", "2099-02-01", "Unborn Reid")
    once = _relative("once-partner", dana, "SIGOTHR", "1985-01-01", "Alan Gray")
    world.publish("northshire-csc", child, once | {"period": {"start": "2012", "end": "2015-03-01"}})
    view = world.view(world.s47())
    (unborn,) = [one for one in view.people if one.unborn]
    assert {tie.code for tie in unborn.ties} == {"CHILD"}
    gone = next(tie for one in view.people for tie in one.ties if tie.end)
    assert (gone.code, gone.start, gone.end, gone.current) == ("SIGOTHR", "2012", "2015-03-01", False)
    bundle = json.loads(as_bundle(view, "https://hub.example/receipts"))
    made = [one["resource"] for one in bundle["entry"]]
    assert [fault for one in made for fault in faults(one)] == []
    ended = [one for one in made if one["resourceType"] == "RelatedPerson" and one.get("active") is False]
    assert [one["period"]["end"] for one in ended] == ["2015-03-01"]
    assert {"Family", "Household"} == {one["code"]["text"] for one in made if one["resourceType"] == "Group"}
    issues = next(one for one in made if one["resourceType"] == "OperationOutcome")["issue"]
    assert [one for one in issues if one["code"] == "conflict"]
    assert "Colliery" not in json.dumps(issues)


def test_across_a_harm_link_no_source_and_no_place_is_told(world: World) -> None:
    case = world.s47((TYLER, "child"), (SEAN, "adult"))
    # Somebody holds another sex of hers, so that there is something to tell.
    world.publish("northshire-csc", json.loads(json.dumps(_record(world, "Mia"))) | {"gender": "other"})
    view = world.view(case, SEAN)
    theirs = {one.ref for one in view.people if one.name in ("Mia Reid", "Dana Reid", "Leo Reid")}
    differing = [one for one in view.differences if one.person in theirs]
    assert {one.field for one in differing} == {"sex"}
    assert all(said.source is None for one in differing for said in one.said)
    for contact in view.contacts:
        if contact.person in theirs:
            assert (contact.name, contact.organisation, contact.telephone, contact.source) == (None,) * 4
    for person in view.people:
        for tie in person.ties:
            if person.ref in theirs:
                assert (tie.kind, tie.source, tie.uprn) == ("relationship", None, None), tie
    assert "Household" not in as_bundle(view, "x").decode() or not any(
        ref in json.dumps(_households(view)) for ref in theirs
    )


def test_where_a_source_may_not_be_named_it_is_not(world: World) -> None:
    """The family overview does not say which services adults use: nor do ties, differences and contacts."""
    text = as_json(world.view(world.s47())).decode()
    assert '"source":"Haven"' in text
    case = world.open("FAM-OVERVIEW", "family-agreed", (MIA, "child"))
    for name in ("Dana", "Mia"):
        patient = _record(world, name)
        number = next(one["value"] for one in patient["identifier"] if one["system"].endswith("nhs-number"))
        about = {"given": name, "family": "Reid", "birth_date": patient["birthDate"], "nhs_number": number}
        world.evidence(case, kind="agreement", about=about)
    overview = as_json(world.view(case)).decode()
    assert "Haven" not in overview and "Priya Nair" not in overview


def _households(view: Any) -> list[Any]:
    bundle = json.loads(as_bundle(view, "x"))
    return [one for one in bundle["entry"] if one["resource"].get("code") == {"text": "Household"}]


def _record(world: World, given: str) -> dict[str, Any]:
    bundle = northshire(datetime.now(UTC).date()).bundles["northshire-csc"]
    found: dict[str, Any] = next(
        one["resource"]
        for one in bundle["entry"]
        if one["resource"]["resourceType"] == "Patient" and one["resource"]["name"][0]["given"] == [given]
        and one["resource"]["name"][0]["family"] == "Reid"
    )  # fmt: skip
    return found


def _relative(id: str, of: str, code: str, born: str, name: str) -> dict[str, Any]:
    given, family = name.split()
    role = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": code}
    return {
        "resourceType": "RelatedPerson", "id": id, "active": True, "patient": {"reference": f"Patient/{of}"},
        "relationship": [{"coding": [role]}], "name": [{"given": [given], "family": family}], "birthDate": born,
    }  # fmt: skip
