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
from tests.fakes import FakeIndex, IndexThatIsDown, LedgerThatIsDown
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


def test_a_body_is_judged_for_depth_before_anything_else(world: World) -> None:
    raw = b'{"a":' + b"[" * 70 + b"]" * 70 + b"}"
    for path in ("/fhir", "/fhir/Patient"):
        answer = world.http.post(path, content=raw, headers=world.token("csc-feed") | FHIR)
        told = [one["diagnostics"] for one in answer.json()["issue"]]
        assert told == ["the body is nested deeper than 60 levels"]


def test_scope_is_checked_for_each_type(world: World) -> None:
    header = world.token("trust-feed") | {"Mash-Source": "trust-epr"}
    sent = bundle(entry(patient()), entry({"resourceType": "Flag"}, "Flag"))
    assert world.http.post("/fhir", json=sent, headers=header).status_code == 403
    observation = {"resourceType": "Observation", "id": "o-1", "status": "final", "code": {"text": "x"}}
    put = world.http.put("/fhir/Observation/o-1", json=observation, headers=header)
    assert issues(put) == [("forbidden", "")]
    smaller = world.token("trust-feed", "system/Patient.c") | {"Mash-Source": "trust-epr"}
    assert world.http.put("/fhir/Patient/x", json=patient(id="x"), headers=smaller).status_code == 403
    nothing_kept(world, refused=3)


def test_the_fortieth_entry_is_bad(world: World) -> None:
    entries = [entry(patient()) for _ in range(45)]
    entries[39] = entry(patient(birthDate="2021-02-30", gender="Tyler"))
    answer = world.http.post("/fhir", json=bundle(*entries), headers=world.token("csc-feed"))
    assert answer.status_code == 422
    places = {place for _, place in issues(answer)}
    assert places == {"Bundle.entry[39].resource.birthDate", "Bundle.entry[39].resource.gender"}
    assert "2021-02-30" not in answer.text
    assert "Tyler" not in answer.text
    nothing_kept(world, refused=1)


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"resourceType": "Bundle", "type": "batch", "entry": []}, "Bundle.type"),
        ({"resourceType": "Patient"}, "Bundle.type"),
        (bundle(), "Bundle.entry"),
        (bundle("x"), "Bundle.entry[0]"),
        (bundle({"resource": patient()}), "Bundle.entry[0]"),
        (bundle(entry(patient(), "Spaceship")), "Bundle.entry[0].request.url"),
        (bundle(entry({"resourceType": "Spaceship"})), "Bundle.entry[0].request.url"),
        (bundle(entry(patient(), "Patient/1")), "Bundle.entry[0].request.url"),
        (bundle(entry(patient(), "Patient?name=Reid")), "Bundle.entry[0].request.url"),
        (bundle(entry(patient(), "Flag")), "Bundle.entry[0].resource.resourceType"),
        (bundle(entry(patient(id="b"), "Patient/a", "PUT")), "Bundle.entry[0].resource.id"),
        (bundle(entry(patient(id="a"), "Patient/a", "DELETE")), "Bundle.entry[0].request.method"),
        (bundle(*[entry(patient(id="a"), "Patient/a", "PUT")] * 2), "Bundle.entry[1].request.url"),
        (bundle(*[entry(patient(), fullUrl="urn:uuid:1")] * 2), "Bundle.entry[1].fullUrl"),
        (
            bundle(
                {"resource": patient(), "request": {"method": "POST", "url": "Patient", "ifNoneExist": "x"}}
            ),
            "Bundle.entry[0].request.ifNoneExist",
        ),
    ],
)
def test_a_bundle_that_is_not_one(world: World, sent: Any, place: str) -> None:
    answer = world.http.post("/fhir", json=sent, headers=world.token("csc-feed"))
    assert answer.status_code == 422
    assert place in [found for _, found in issues(answer)]
    assert "Reid" not in answer.text
    nothing_kept(world, refused=1)


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("POST", "/fhir/Spaceship", patient(), 404),
        ("GET", "/fhir/Spaceship/1", None, 404),
        ("POST", "/fhir/Flag", patient(), 422),
        ("PUT", "/fhir/Patient/a", patient(id="b"), 422),
        ("PUT", "/fhir/Patient/a", patient(), 422),
        ("PUT", "/fhir/Patient/a%20b", patient(id="a b"), 422),
        ("POST", "/fhir/Patient", [], 400),
        ("POST", "/fhir/Patient", "x", 400),
        ("POST", "/fhir/Patient", {}, 422),
        ("POST", "/fhir/Patient", patient(shoeSize=9), 422),
        ("DELETE", "/fhir/Patient/a", None, 405),
        ("PATCH", "/fhir/Patient/a", {}, 405),
    ],
)
def test_single_resources_that_do_not_fit(
    world: World, method: str, path: str, sent: Any, status: int
) -> None:
    answer = world.http.request(method, path, json=sent, headers=world.token("csc-feed"))
    assert answer.status_code == status
    issues(answer)
    # What was read and refused is an entry; what could not be read, or was no publication, is counted.
    nothing_kept(world, refused=int(method in ("POST", "PUT") and status != 400))


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"{'resourceType':'Patient'}", 400),
        (b'{"a":NaN}', 400),
        (b'{"a":1,"a":2}', 400),
        (b"\xff\xfe", 400),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"a":' + b"[" * 70 + b"]" * 70 + b"}", 422),
        (b'{"a":' + b"9" * 5000 + b"}", 400),
    ],
)
def test_bodies_that_cannot_be_read(world: World, raw: bytes, status: int) -> None:
    header = world.token("csc-feed") | FHIR
    for path in ("/fhir", "/fhir/Patient"):
        answer = world.http.post(path, content=raw, headers=header)
        assert answer.status_code == status
        issues(answer)
    nothing_kept(world, refused=2 * int(status == 422))


def test_a_refusal_that_cannot_be_entered_is_the_constant_503(world: World) -> None:
    down = world.with_parts(ledger=LedgerThatIsDown())
    sent = bundle(entry(patient(birthDate="2021-02-30")))
    answer = down.post("/fhir", json=sent, headers=world.token("csc-feed"))
    assert answer.status_code == 503
    assert b"birthDate" not in answer.content


def test_nobody_publishes_without_a_token(world: World) -> None:
    for answer in (
        world.http.post("/fhir", json=bundle(entry(patient()))),
        world.http.put("/fhir/Patient/a", json=patient(id="a")),
        world.http.get("/fhir/Patient/a"),
    ):
        assert answer.status_code == 401
        assert issues(answer) == [("login", "")]
    nothing_kept(world)


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
