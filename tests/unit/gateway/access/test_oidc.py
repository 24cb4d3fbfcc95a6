"""Promise: who somebody is comes from the provider alone, and what they may do from the register alone.

The provider here is a small real one: discovery, keys, PKCE checked, ID tokens signed RS256; reached in
process.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import JSONResponse, Response
from starlette.testclient import TestClient

from services.contract.canonical import b64u
from services.gateway.access.fresh import is_fresh
from services.gateway.access.oidc import CALLBACK, SignIn
from services.gateway.access.sessions import Sessions
from services.gateway.access.staff import NewWorker, Staff
from services.runtime.web import make_app
from tests.gateway_world import World

ISSUER = "http://provider.example"
SUBJECT = "sub-worker-1"


@dataclass
class Provider:
    """Codes given out, with what each was asked with; and what the next token will say."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "p1"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    signs_with: RSAKey | None = None

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            return {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            }

        @app.get("/keys")
        def keys() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        async def token(request: Request) -> JSONResponse:
            form = await request.form()
            asked = self.codes.pop(str(form["code"]), None)
            proof = b64u(hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest())
            if asked is None or asked["code_challenge"] != proof:
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": self._id(asked)})

        return app

    def agree(self, location: str) -> dict[str, str]:
        """What the browser brings back after the person agreed."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def _id(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        told = {"iss": ISSUER, "aud": "mash", "sub": SUBJECT, "iat": now, "exp": now + 60}
        told |= {"nonce": asked["nonce"]} | self.claims
        return jwt.encode({"alg": "RS256", "kid": "p1"}, told, self.signs_with or self.key)


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def browser(world: World, provider: Provider) -> Iterator[TestClient]:
    settings = world.parts.settings.model_copy(update={"oidc_issuer": ISSUER, "oidc_client_id": "mash"})
    parts = replace(world.parts, settings=settings)
    sessions = Sessions(parts)
    sign_in = SignIn(parts, sessions, transport=httpx2.ASGITransport(provider.app()))
    app = make_app(settings)

    @app.get("/sign-in")
    async def begin(request: Request) -> Response:
        return await sign_in.begin(request)

    @app.get(CALLBACK)
    async def back(request: Request) -> Response:
        session, roles, then = await sign_in.finish(request)
        answer = JSONResponse({"then": then} if then else [role for _, role in roles])
        sessions.give(answer, session)
        return answer

    @app.get("/again")
    async def again(request: Request) -> Response:
        sessions.keep_typed(request, {"ground_text": "collapsed in the street"})
        return await sign_in.again(request, "/your-cases/new/BTG")

    @app.get("/typed")
    def typed(request: Request) -> Any:
        return sessions.typed(request)

    @app.get("/choose/{staff}/{role}")
    def choose(request: Request, staff: str, role: str) -> Response:
        session = sessions.read(request)
        assert session is not None
        answer = Response()
        sessions.give(answer, sign_in.choose(session, staff, role))
        return answer

    @app.get("/me")
    def me(request: Request) -> Any:
        asker = sessions.asker(request)
        return asker and {"user": asker.user, "role": asker.role}

    @app.get("/fresh")
    def fresh(request: Request) -> bool:
        asker = sessions.asker(request)
        return asker is not None and is_fresh(parts, asker)

    @app.post("/sign-out")
    def out(request: Request) -> Response:
        return sign_in.sign_out(request)

    with TestClient(app, base_url=settings.url, follow_redirects=False) as client:
        yield client


def register(world: World, *roles: str, subject: str = SUBJECT) -> str:
    new = NewWorker("northshire-csc", roles, issuer=ISSUER, subject=subject)
    return Staff(world.parts.store, world.parts.keys).add(new, "2026-11-23T09:00:00Z")


def test_one_role_signs_in_at_once_under_a_new_id(
    world: World, provider: Provider, browser: TestClient
) -> None:
    id = register(world, "SW-CHILD")
    begun = browser.get("/sign-in")
    before = browser.cookies["mash-demo"]
    back = browser.get(CALLBACK, params=provider.agree(begun.headers["location"]))
    assert back.json() == ["SW-CHILD"]
    assert browser.cookies["mash-demo"] != before
    assert browser.get("/me").json() == {"user": id, "role": "SW-CHILD"}
    browser.post("/sign-out")
    assert browser.get("/me").json() is None


def test_of_several_roles_one_is_chosen_and_no_other(
    world: World, provider: Provider, browser: TestClient
) -> None:
    id = register(world, "SW-TEAM-MGR", "SW-EDT")
    back = browser.get(CALLBACK, params=provider.agree(browser.get("/sign-in").headers["location"]))
    assert back.json() == ["SW-TEAM-MGR", "SW-EDT"]
    assert browser.get("/me").json() is None
    assert browser.get(f"/choose/{id}/PRIVACY-OFFICER").status_code == 403
    assert browser.get(f"/choose/{world.staff['manager']}/SW-EDT").status_code == 403
    before = browser.cookies["mash-demo"]
    assert browser.get(f"/choose/{id}/SW-EDT").status_code == 200
    assert browser.cookies["mash-demo"] != before
    assert browser.get("/me").json() == {"user": id, "role": "SW-EDT"}


def test_somebody_without_a_row_is_refused(world: World, provider: Provider, browser: TestClient) -> None:
    register(world, "SW-CHILD", subject="somebody-else")
    back = browser.get(CALLBACK, params=provider.agree(browser.get("/sign-in").headers["location"]))
    assert back.status_code == 403
    assert SUBJECT not in back.text
    assert browser.get("/me").json() is None


@pytest.mark.parametrize(
    "claims",
    [{"iss": "http://other.example"}, {"aud": "another"}, {"exp": 1}, {"nonce": "wrong"}, {"sub": ""}],
)
def test_a_token_that_does_not_fit_signs_nobody_in(
    world: World, provider: Provider, browser: TestClient, claims: dict[str, Any]
) -> None:
    register(world, "SW-CHILD")
    provider.claims = claims
    back = browser.get(CALLBACK, params=provider.agree(browser.get("/sign-in").headers["location"]))
    assert back.status_code == 401
    assert browser.get("/me").json() is None


def test_a_forged_token_signs_nobody_in(world: World, provider: Provider, browser: TestClient) -> None:
    register(world, "SW-CHILD")
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "p1"})
    back = browser.get(CALLBACK, params=provider.agree(browser.get("/sign-in").headers["location"]))
    assert back.status_code == 401


def test_a_journey_begun_elsewhere_ends_nowhere(
    world: World, provider: Provider, browser: TestClient
) -> None:
    register(world, "SW-CHILD")
    stolen = provider.agree(browser.get("/sign-in").headers["location"])
    browser.cookies.clear()
    assert browser.get(CALLBACK, params=stolen).status_code == 401
    browser.get("/sign-in")
    assert browser.get(CALLBACK, params=stolen).status_code == 401
    assert browser.get(CALLBACK, params={"error": "access_denied"}).status_code == 401


def test_the_code_is_worth_nothing_without_the_verifier(
    world: World, provider: Provider, browser: TestClient
) -> None:
    register(world, "SW-CHILD")
    brought = provider.agree(browser.get("/sign-in").headers["location"])
    provider.codes[brought["code"]]["code_challenge"] = re.sub(".", "x", "c" * 43)
    assert browser.get(CALLBACK, params=brought).status_code == 401


def signed_in(world: World, provider: Provider, browser: TestClient, *roles: str) -> None:
    register(world, *roles)
    browser.get(CALLBACK, params=provider.agree(browser.get("/sign-in").headers["location"]))


def test_signing_in_again_is_asked_for_and_proved_by_the_provider(
    world: World, provider: Provider, browser: TestClient
) -> None:
    signed_in(world, provider, browser, "ED-DOCTOR")
    # An ordinary sign-in is none of just now, whatever the provider says of it.
    assert browser.get("/fresh").json() is False
    before = browser.cookies["mash-demo"]
    location = browser.get("/again").headers["location"]
    asked = parse_qs(urlsplit(location).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert "collapsed" not in location
    provider.claims = {"auth_time": int(world.clock().timestamp())}
    back = browser.get(CALLBACK, params=provider.agree(location))
    assert back.json() == {"then": "/your-cases/new/BTG"}
    assert browser.cookies["mash-demo"] != before
    assert browser.get("/me").json()["role"] == "ED-DOCTOR"
    assert browser.get("/fresh").json() is True
    assert browser.get("/typed").json() == {"ground_text": "collapsed in the street"}
    world.clock.move(seconds=301)
    assert browser.get("/fresh").json() is False


@pytest.mark.parametrize("ago", [None, 3600, 31, -3600, "now", True])
def test_what_the_provider_does_not_say_was_just_now_is_not_taken_for_it(
    world: World, provider: Provider, browser: TestClient, ago: Any
) -> None:
    signed_in(world, provider, browser, "ED-DOCTOR")
    now = int(world.clock().timestamp())
    provider.claims = {} if ago is None else {"auth_time": now - ago if type(ago) is int else ago}
    back = browser.get(CALLBACK, params=provider.agree(browser.get("/again").headers["location"]))
    assert back.status_code == 401
    assert browser.get("/fresh").json() is False


def test_somebody_else_cannot_sign_in_again(world: World, provider: Provider, browser: TestClient) -> None:
    signed_in(world, provider, browser, "ED-DOCTOR")
    register(world, "ED-DOCTOR", subject="another")
    provider.claims = {"auth_time": int(world.clock().timestamp()), "sub": "another"}
    back = browser.get(CALLBACK, params=provider.agree(browser.get("/again").headers["location"]))
    assert back.status_code == 403
    # Two people at one screen: neither goes on without a sign-in of their own.
    assert browser.get("/me").json() is None


def test_nobody_signs_in_again_who_is_not_signed_in(browser: TestClient) -> None:
    assert browser.get("/again").status_code == 401
