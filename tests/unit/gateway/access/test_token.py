"""Promise: nobody gets a token but by an assertion that is signed, addressed, short-lived and used once.

And never more than the registers give. Each refusal is a plain sentence.
"""

import hmac
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from services.contract.canonical import b64u
from services.gateway.access.clients import Client, Clients
from services.gateway.access.signing import TokenKeys
from services.gateway.access.staff import NewWorker, Staff
from tests.gateway_world import World, jwks_of, key_of


def _error(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    assert "Traceback" not in answer.text
    return answer.status_code, body["error"]


def test_a_registered_system_gets_a_short_token(world: World) -> None:
    answer = world.ask_token("trust-feed", "system/Patient.cu")
    body = answer.json()
    assert (answer.status_code, body["expires_in"], body["scope"]) == (200, 300, "system/Patient.cu")
    assert body["token_type"] == "Bearer"


@pytest.mark.parametrize("alg", ["RS384", "RS512"])
def test_rsa_keys_are_taken(world: World, alg: str) -> None:
    key = RSAKey.generate_key(2048, {"kid": "rsa-1"})
    client = Client("rsa", "northshire-trust", (), ("system/*.cru",), ("trust-epr",), jwks_of(key))
    Clients(world.parts.store).add(client, "2026-11-23T09:00:00Z")
    signed = world.assertion("rsa", key=key, alg=alg, kid="rsa-1")
    assert world.ask_token("rsa", client_assertion=signed).status_code == 200
    weak = world.assertion("rsa", key=key, alg="RS256", kid="rsa-1")
    assert _error(world.ask_token("rsa", client_assertion=weak)) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("exp", -1),
        ("exp", 331),
        ("exp", 365 * 86400),
        ("exp", None),
        ("jti", None),
        ("jti", ""),
        ("jti", 7),
        ("aud", "http://127.0.0.1:8700/oauth2/token/"),
        ("aud", "http://127.0.0.1:8700"),
        ("aud", ["http://127.0.0.1:8700/oauth2/token", "https://elsewhere.example"]),
        ("aud", None),
        ("iss", "csc-feed"),
        ("sub", "csc-feed"),
        ("nbf", 3600),
        ("iat", 3600),
    ],
)
def test_an_assertion_with_a_wrong_claim_is_refused(world: World, claim: str, value: Any) -> None:
    if claim in ("exp", "nbf", "iat") and value is not None:
        value = int(world.clock().timestamp()) + (value - 30 if value == -1 else value)
    signed = world.assertion("trust-feed", **{claim: value})
    assert _error(world.ask_token("trust-feed", client_assertion=signed)) == (401, "invalid_client")


def test_an_assertion_is_used_once(world: World) -> None:
    signed = world.assertion("trust-feed")
    assert world.ask_token("trust-feed", client_assertion=signed).status_code == 200
    answer = world.ask_token("trust-feed", client_assertion=signed)
    assert _error(answer) == (401, "invalid_client")
    assert "used before" in answer.json()["error_description"]


def test_an_id_stays_used_as_long_as_its_assertion_could_live(world: World) -> None:
    now = int(world.clock().timestamp())
    signed = world.assertion("trust-feed", exp=now + 300)
    assert world.ask_token("trust-feed", client_assertion=signed).status_code == 200
    world.clock.move(seconds=325)
    assert world.ask_token("trust-feed").status_code == 200  # sweeps
    assert _error(world.ask_token("trust-feed", client_assertion=signed)) == (401, "invalid_client")


def test_unsigned_and_wrongly_signed_assertions_are_refused(world: World) -> None:
    header, claims, _ = world.assertion("trust-feed").split(".")
    unsigned = b64u(b'{"alg":"none","typ":"JWT"}') + "." + claims + "."
    # The public key taken for a shared secret: the classic confusion of algorithms.
    start = b64u(b'{"alg":"HS256","typ":"JWT"}') + "." + claims
    confused = hmac.digest(key_of("trust-feed").as_pem(private=False), start.encode(), "sha256")
    for assertion in (
        unsigned,
        f"{header}.{claims}.",
        start + "." + b64u(confused),
        world.assertion("trust-feed", key=key_of("csc-feed")),
        world.assertion("trust-feed", kid="no-such-key"),
        "not.a.jwt",
        "x" * 5000,
    ):
        assert _error(world.ask_token("trust-feed", client_assertion=assertion)) == (401, "invalid_client")


def test_an_unknown_or_ended_client_is_refused(world: World) -> None:
    stranger = world.assertion("stranger", key=key_of("trust-feed"))
    assert _error(world.ask_token("stranger", client_assertion=stranger)) == (401, "invalid_client")
    Clients(world.parts.store).end("trust-feed", "2026-11-23T09:00:00Z")
    assert _error(world.ask_token("trust-feed")) == (401, "invalid_client")


@pytest.mark.parametrize(
    "scope",
    ["system/Observation.u", "system/*.cu", "system/Patient.cruds", "user/case", "user/family-view", "admin"],
)
def test_no_scope_beyond_the_registration(world: World, scope: str) -> None:
    assert _error(world.ask_token("trust-feed", scope)) == (400, "invalid_scope")


def test_the_form_is_held_to_its_form(world: World) -> None:
    assert _error(world.ask_token("trust-feed", grant_type="password")) == (400, "unsupported_grant_type")
    assert _error(world.http.post("/oauth2/token", json={"grant_type": "x"})) == (400, "invalid_request")
    twice = "grant_type=client_credentials&grant_type=client_credentials"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert _error(world.http.post("/oauth2/token", content=twice, headers=form)) == (400, "invalid_request")
    bare = world.http.post("/oauth2/token", data={"grant_type": "client_credentials"})
    assert _error(bare) == (401, "invalid_client")


def test_a_person_gets_a_token_by_a_system_that_vouches(world: World) -> None:
    answer = world.ask_person("csc-system", "worker", "SW-CHILD", scope="user/case", team="north")
    assert (answer.status_code, answer.json()["scope"]) == (200, "user/case")


@pytest.mark.parametrize(
    ("user", "role", "over"),
    [
        ("nobody", "SW-CHILD", {}),
        ("worker", "SW-TEAM-MGR", {}),
        ("worker", "GP", {}),
        ("worker", "SW-CHILD", {"organisation": "northshire-trust"}),
        ("neighbour", "SW-CHILD", {}),
        ("worker", "SW-CHILD", {"team": "south"}),
        ("worker", "SW-CHILD", {"role": None}),
        ("worker", "SW-CHILD", {"iss": "csc-feed"}),
        ("worker", "SW-CHILD", {"aud": "http://127.0.0.1:8700"}),
        ("worker", "SW-CHILD", {"exp": 1}),
    ],
)
def test_a_system_vouches_only_for_what_is_registered(
    world: World, user: str, role: str, over: dict[str, Any]
) -> None:
    assert _error(world.ask_person("csc-system", user, role, **over)) == (400, "invalid_grant")


def test_a_role_the_system_is_not_registered_for(world: World) -> None:
    held = NewWorker("northshire-csc", ("GP", "SW-CHILD"), partner_user="doctor")
    Staff(world.parts.store, world.parts.keys).add(held, "2026-11-23T09:00:00Z")
    assert world.ask_person("csc-system", "doctor", "SW-CHILD").status_code == 200
    answer = world.ask_person("csc-system", "doctor", "GP")
    assert _error(answer) == (400, "invalid_grant")
    assert "not registered for this role" in answer.json()["error_description"]


def test_a_person_needs_the_systems_own_proof_too(world: World) -> None:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}
    claims = {"sub": "worker", "organisation": "northshire-csc", "role": "SW-CHILD"}
    alone = world.http.post(
        "/oauth2/token", data=form | {"assertion": world.assertion("csc-system", **claims)}
    )
    assert _error(alone) == (401, "invalid_client")
    theirs = world.assertion("csc-system", **claims)
    mixed = world.ask_token("eastmoor-system", grant_type=form["grant_type"], assertion=theirs)
    assert _error(mixed) == (400, "invalid_grant")


def test_a_publisher_cannot_vouch_nor_a_person_get_system_scopes(world: World) -> None:
    assert _error(world.ask_person("csc-feed", "worker", "SW-CHILD")) == (400, "invalid_scope")
    answer = world.ask_person("csc-system", "worker", "SW-CHILD", scope="system/*.cru")
    assert _error(answer) == (400, "invalid_scope")


def test_an_ended_worker_is_refused_at_once(world: World) -> None:
    header = world.person("worker", "SW-CHILD")
    assert world.http.get("/cases", headers=header).status_code == 200
    Staff(world.parts.store, world.parts.keys).end(world.staff["worker"], "2026-11-23T09:00:00Z")
    assert world.http.get("/cases", headers=header).status_code == 401
    assert _error(world.ask_person("csc-system", "worker", "SW-CHILD")) == (400, "invalid_grant")


def test_a_suspended_partner_is_told_to_ring(world: World) -> None:
    header = world.person("worker", "SW-CHILD")
    rules = world.parts.rules
    rules.organisations["northshire-csc"] = replace(rules.organisations["northshire-csc"], suspended=True)  # type: ignore[attr-defined]
    answer = world.http.get("/cases", headers=header)
    assert answer.status_code == 403
    assert world.parts.settings.support_telephone in answer.text
    assert _error(world.ask_token("csc-feed")) == (400, "unauthorized_client")


def test_an_assertion_may_say_when_the_person_signed_in(world: World) -> None:
    now = int(world.clock().timestamp())
    for said, proved in ((None, 0), (now, now), (now - 400, now - 400)):
        token = world.ask_person("csc-system", "worker", "SW-CHILD", auth_time=said).json()["access_token"]
        claims = TokenKeys(world.parts.keys).read(token)
        assert claims.get("auth_time", 0) == proved


@pytest.mark.parametrize("said", [0, -1, "now", 1.5, True, 3_000_000_000])
def test_a_moment_that_is_none_or_not_yet_is_refused(world: World, said: Any) -> None:
    answer = world.ask_person("csc-system", "worker", "SW-CHILD", auth_time=said)
    assert _error(answer) == (400, "invalid_grant")
