"""Promise: nothing is visible without its entry.

All or nothing, by place; nothing of another's source is reached; a number comes out as it went in; the
answer never depends on linking.
"""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.gateway.access.clients import Client, Clients
from services.gateway.partners.publish import finish_unsent
from tests.fake_ledger import LedgerThatIsDown
from tests.fakes import FakeIndex, IndexThatIsDown
from tests.gateway_world import World, jwks_of, key_of

FHIR = {"Content-Type": "application/fhir+json"}


def patient(**over: Any) -> dict[str, Any]:
    whole = {
        "resourceType": "Patient",
        "name": [{"family": "Reid", "given": ["Mia"]}],
        "gender": "female",
        "birthDate": "2019-05-07",
    }
    return whole | over


def entry(resource: dict[str, Any], url: str = "", method: str = "POST", **over: Any) -> dict[str, Any]:
    request = {"method": method, "url": url or str(resource.get("resourceType"))}
    return {"resource": resource, "request": request} | over


def bundle(*entries: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def issues(answer: Any) -> list[tuple[str, str]]:
    assert answer.headers["content-type"] == "application/fhir+json"
    told = answer.json()
    assert told["resourceType"] == "OperationOutcome"
    assert "Traceback" not in answer.text
    return [(one["code"], one.get("expression", [""])[0]) for one in told["issue"]]


def nothing_kept(world: World, refused: int = 0) -> None:
    """Nothing was stored; as many refusals as said were entered, each with its kind and no word of what was sent."""
    assert world.index.visible == {}
    assert world.index.waiting == {}
    assert world.ledger.kinds() == ["publish.refused"] * refused
    for entered in world.ledger.entries:
        assert entered.log == "hub"
        assert set(entered.facts) == {"code", "places"}
        assert entered.facts["code"] in ("bad-input", "not-allowed", "not-found")


def test_a_bundle_is_entered_and_then_visible(world: World) -> None:
    sent = bundle(entry(patient(), fullUrl="urn:uuid:1"), entry(patient(id="p-2"), "Patient/p-2", "PUT"))
    answer = world.http.post("/fhir", json=sent, headers=world.token("csc-feed"))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["type"], len(told["entry"])) == ("transaction-response", 2)
    assert told["entry"][1]["response"] == {
        "status": "201 Created",
        "location": "Patient/p-2/_history/1",
        "etag": 'W/"1"',
    }
    (kept,) = world.ledger.entries
    assert (kept.log, kept.kind, kept.asking.user) == ("hub", "publish.accepted", "csc-feed")
    assert dict(kept.facts["types"]) == {"Patient": 2}
    assert kept.event_id
    assert ("csc-records", "Patient", "p-2") in world.index.visible


def test_one_resource_and_its_update(world: World) -> None:
    header = world.token("csc-feed")
    made = world.http.post("/fhir/Patient", json=patient(id="their-own"), headers=header)
    assert made.status_code == 201
    assert made.headers["etag"] == 'W/"1"'
    assert "their-own" not in made.headers["location"]
    id = made.headers["location"].split("/")[-3]
    put = world.http.put(f"/fhir/Patient/{id}", json=patient(id=id, gender="male"), headers=header)
    assert put.status_code == 200
    read = world.http.get(f"/fhir/Patient/{id}", headers=header)
    assert (read.status_code, read.json()["gender"]) == (200, "male")


def test_a_number_comes_out_as_it_went_in(world: World) -> None:
    header = world.token("csc-feed")
    raw = b"""{"resourceType":"Observation","id":"o-1","status":"final","code":{"text":"weight"},
        "subject":{"reference":"Patient/p-2"},"valueQuantity":{"value":6.30,"unit":"kg"}}"""
    assert world.http.put("/fhir/Observation/o-1", content=raw, headers=header | FHIR).status_code == 201
    read = world.http.get("/fhir/Observation/o-1", headers=header)
    assert b'"value":6.30,' in read.content
    kept = world.ledger.entries[-1]
    assert (kept.kind, kept.log, kept.body_bucket) == ("publish.readback", "northshire-csc", 256)
    assert kept.body_digest


def test_reading_back_is_an_entry_or_nothing(world: World) -> None:
    header = world.token("csc-feed")
    world.http.put("/fhir/Patient/p-1", json=patient(id="p-1"), headers=header)
    down = world.with_parts(ledger=LedgerThatIsDown()).get("/fhir/Patient/p-1", headers=header)
    assert down.status_code == 503
    assert b"Reid" not in down.content


def test_another_sources_record_is_not_there(world: World) -> None:
    world.http.put("/fhir/Patient/p-1", json=patient(id="p-1"), headers=world.token("csc-feed"))
    header = world.token("trust-feed") | {"Mash-Source": "trust-epr"}
    assert (
        world.http.get("/fhir/Patient/p-1", headers=header).status_code == 403
    )  # registered for c and u only
    own = world.http.put("/fhir/Patient/p-1", json=patient(id="p-1"), headers=header)
    assert own.status_code == 201
    assert ("csc-records", "Patient", "p-1") in world.index.visible
    assert ("trust-epr", "Patient", "p-1") in world.index.visible


@pytest.mark.parametrize(
    ("named", "status"),
    [(None, 422), ("csc-records", 403), ("no-such-source", 403), ("trust-maternity", 201)],
)
def test_the_source_is_the_registrations(world: World, named: str | None, status: int) -> None:
    header = world.token("trust-feed") | ({"Mash-Source": named} if named else {})
    answer = world.http.post("/fhir/Patient", json=patient(), headers=header)
    assert answer.status_code == status
    if status != 201:
        nothing_kept(world, refused=1)


def test_a_source_of_ones_own_that_is_not_registered(world: World) -> None:
    keys = jwks_of(key_of("narrow"))
    narrow = Client("narrow", "northshire-trust", (), ("system/*.cru",), ("trust-epr",), keys)
    Clients(world.parts.store).add(narrow, "2026-11-23T09:00:00Z")
    header = world.token("narrow")
    other = world.http.post(
        "/fhir/Patient", json=patient(), headers=header | {"Mash-Source": "trust-maternity"}
    )
    assert other.status_code == 403
    nothing_kept(world, refused=1)
    assert world.http.post("/fhir/Patient", json=patient(), headers=header).status_code == 201


def test_with_a_part_down_nothing_is_visible_and_the_body_is_one(world: World) -> None:
    header = world.token("csc-feed")
    bodies = set()
    for parts in ({"ledger": LedgerThatIsDown()}, {"index": IndexThatIsDown()}):
        hub: TestClient = world.with_parts(**parts)
        answer = hub.post("/fhir", json=bundle(entry(patient())), headers=header)
        assert answer.status_code == 503
        bodies.add((answer.content, tuple(sorted(answer.headers.items()))))
    assert len(bodies) == 1
    assert world.index.visible == {}


def test_the_next_start_finishes_what_was_stored_unseen(world: World) -> None:
    header = world.token("csc-feed")
    down = world.with_parts(ledger=LedgerThatIsDown())
    down.post("/fhir/Patient", json=patient(), headers=header)
    (waiting,) = world.index.unsent()
    with down:  # starts with the ledger still down: it starts, and keeps the row
        assert len(world.index.unsent()) == 1
    with world.with_parts():
        assert world.index.unsent() == []
    (kept,) = world.ledger.entries
    assert (kept.event_id, kept.kind) == (waiting.event_id, "publish.accepted")
    assert kept.asking.organisation == "northshire-csc"
    assert len(world.index.visible) == 1
    assert finish_unsent(world.parts) == 0


def test_findings_reach_the_publisher(world: World) -> None:
    index = FakeIndex(findings=("CONSENT_SHAPE",))
    hub, header = world.with_parts(index=index), world.token("csc-feed")
    one = hub.post("/fhir/Patient", json=patient(), headers=header)
    assert "CONSENT_SHAPE" in one.json()["issue"][0]["diagnostics"]
    many = hub.post("/fhir", json=bundle(entry(patient())), headers=header).json()
    assert "CONSENT_SHAPE" in json.dumps(many["entry"][0]["response"]["outcome"])
