"""What may not be published is told by place and remedy, repeats nothing, and leaves nothing behind."""

from typing import Any

import pytest

from tests.fake_ledger import LedgerThatIsDown
from tests.gateway_world import World
from tests.unit.gateway.partners.test_publish import FHIR, bundle, entry, issues, nothing_kept, patient


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
