"""Promise: a token is held against the registers at each request.

A system's token gets no person's address and the other way round; cookies open nothing for bearer routes.
"""

from joserfc import jwt
from joserfc.jwk import ECKey

from services.gateway.access.clients import Clients, covers
from services.gateway.access.sessions import Sessions
from services.gateway.access.signing import TokenKeys
from services.gateway.store.tables import ClientRow
from services.runtime.keys import KeyFolder
from tests.gateway_world import World


def test_scopes_cover_what_they_say() -> None:
    assert covers(["system/*.cu"], "system/Patient.c")
    assert covers(["system/Patient.cu"], "system/Patient.cu")
    assert not covers(["system/Patient.cu"], "system/Observation.c")
    assert not covers(["system/Patient.c"], "system/Patient.u")
    assert not covers(["system/Patient.cu"], "system/*.c")
    assert not covers(["system/*.cu"], "system/Patient.r")
    assert not covers(["user/case"], "user/family-view")
    assert not covers(["system/*.cruds"], "system/Patient.")


def test_a_system_token_gets_no_persons_address(world: World) -> None:
    answer = world.http.get("/cases", headers=world.token("csc-feed"))
    assert (answer.status_code, answer.json()["title"]) == (403, "This is not open to you")


def test_even_a_system_token_with_a_persons_scope_gets_none(world: World) -> None:
    keys = TokenKeys(world.parts.keys)
    claims = keys.read(world.person("worker", "SW-CHILD")["Authorization"].split()[1])
    header = {"Authorization": f"Bearer {keys.sign(claims | {'role': 'SW-CHILD'})}"}
    assert world.http.get("/cases", headers=header).status_code == 200
    del claims["role"]
    header = {"Authorization": f"Bearer {keys.sign(claims)}"}
    answer = world.http.get("/cases", headers=header)
    assert answer.status_code == 403
    assert "system's token" in answer.json()["detail"]


def test_a_persons_token_publishes_nothing(world: World) -> None:
    header = world.person("worker", "SW-CHILD")
    assert world.http.post("/fhir", json={}, headers=header).status_code == 403


def test_a_smaller_scope_does_not_reach(world: World) -> None:
    header = world.person("worker", "SW-CHILD", scope="user/family-view")
    assert world.http.get("/cases", headers=header).status_code == 403


def test_tokens_that_are_not_ours_or_too_old(world: World) -> None:
    good = world.person("worker", "SW-CHILD")["Authorization"].split()[1]
    claims = TokenKeys(world.parts.keys).read(good)
    stranger = ECKey.generate_key("P-384")
    forged = jwt.encode({"alg": "ES384", "typ": "at+jwt"}, claims, stranger, algorithms=["ES384"])
    elsewhere = TokenKeys(world.parts.keys).sign(claims | {"aud": "https://other.example"})
    for token in ("", "x", forged, elsewhere, good + "x"):
        answer = world.http.get("/cases", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token
        assert answer.headers["www-authenticate"] == "Bearer"
    assert world.http.get("/cases", headers={"Authorization": f"Bearer {good}"}).status_code == 200
    world.clock.move(seconds=301)
    assert world.http.get("/cases", headers={"Authorization": f"Bearer {good}"}).status_code == 401


def test_another_kind_of_our_own_signature_is_no_token(world: World) -> None:
    good = world.person("worker", "SW-CHILD")["Authorization"].split()[1]
    keys = TokenKeys(world.parts.keys)
    key = ECKey.import_key((world.parts.keys.folder / "token.1.pem").read_bytes())
    other = jwt.encode({"alg": "ES384", "typ": "JWT"}, keys.read(good), key, algorithms=["ES384"])
    assert world.http.get("/cases", headers={"Authorization": f"Bearer {other}"}).status_code == 401


def test_a_client_that_loses_scope_role_or_registration_is_refused_at_once(world: World) -> None:
    header = world.person("worker", "SW-CHILD")
    clients = Clients(world.parts.store)
    with world.parts.store.begin() as session:
        session.get_one(ClientRow, "csc-system").roles = ["SW-TEAM-MGR"]
    assert world.http.get("/cases", headers=header).status_code == 403
    with world.parts.store.begin() as session:
        row = session.get_one(ClientRow, "csc-system")
        row.roles, row.scopes = ["SW-CHILD"], ["user/family-view"]
    assert world.http.get("/cases", headers=header).status_code == 403
    clients.end("csc-system", "2026-11-23T09:00:00Z")
    assert world.http.get("/cases", headers=header).status_code == 401


def test_token_keys_are_kept_and_owner_only(world: World) -> None:
    path = world.parts.keys.folder / "token.1.pem"
    assert path.stat().st_mode & 0o077 == 0
    signed = TokenKeys(world.parts.keys).sign({"sub": "x"})
    assert TokenKeys(KeyFolder(world.parts.keys.folder)).read(signed)["sub"] == "x"


def test_a_session_cookie_opens_no_bearer_route(world: World) -> None:
    sessions = Sessions(world.parts)
    session = sessions.start({"staff": world.staff["worker"], "role": "SW-CHILD"})
    answer = world.http.get("/cases", headers={"Cookie": f"{sessions.cookie}={session.id}"})
    assert answer.status_code == 401
