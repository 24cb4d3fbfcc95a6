"""`POST /oauth2/token`: a partner system proves itself, and gets a token of five minutes for itself or
for a person.

Promise: nobody gets a scope, role, organisation or team that the registers do not give them; errors are
RFC 6749's, in plain words, and echo nothing. Tokens are RFC 9068, signed ES384.
"""

import secrets
from collections.abc import Iterable
from typing import Annotated, Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
    UnsupportedGrantTypeError,
)
from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from services.gateway.access.assertions import LEEWAY, Assertions, Signed
from services.gateway.access.clients import ENTRIES_SCOPE, PERSON_SCOPES, RECORDS_SCOPE, Client, covers
from services.gateway.access.signing import TokenKeys
from services.gateway.access.staff import Staff, Worker
from services.gateway.parts import Parts

PATH = "/oauth2/token"
LIFE = 300
"""Seconds for which a token holds."""
CLIENT_CREDENTIALS = "client_credentials"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_FORM = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """The form's members; a member that stands twice is refused, as RFC 6749 section 3.2 wants it."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        raise InvalidRequestError(description=f"The body must be {_FORM}.")
    try:
        form = await request.form(max_fields=20)
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise InvalidRequestError(description="The form cannot be read.") from None
    pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    if len({name for name, _ in pairs}) != len(pairs):
        raise InvalidRequestError(description="A member of the form stands twice.")
    return dict(pairs)


def token_routes(parts: Parts, keys: TokenKeys) -> APIRouter:
    """The token address."""
    router = APIRouter(tags=["access"])
    desk = TokenDesk(parts, keys)

    @router.post(PATH, summary="A token for a partner system, or for a person it vouches for")
    def token(form: Annotated[dict[str, str], Depends(read_form)]) -> JSONResponse:
        return JSONResponse(desk.issue(form))

    return router


def oauth_error(request: Request, error: Exception) -> JSONResponse:
    """RFC 6749 section 5.2."""
    name = str(getattr(error, "error", "invalid_request"))
    request.app.state.metrics.turned_away.labels(name).inc()
    body = {"error": name, "error_description": str(getattr(error, "description", ""))}
    return JSONResponse(body, 401 if name == "invalid_client" else 400)


class TokenDesk:
    """Judges a request for a token and writes the token."""

    def __init__(self, parts: Parts, keys: TokenKeys) -> None:
        self._parts, self._keys = parts, keys
        self._assertions = Assertions(parts, parts.settings.url + PATH)
        self._staff = Staff(parts.store, parts.keys)

    def issue(self, form: dict[str, str]) -> dict[str, Any]:
        """The token answer (RFC 6749 section 5.1). Raises `OAuth2Error`."""
        grant = form.get("grant_type", "")
        if grant not in (CLIENT_CREDENTIALS, JWT_BEARER):
            raise UnsupportedGrantTypeError(grant)
        signed = self._assertions.client(form)
        organisation = self._parts.rules.organisation(signed.client.organisation)
        if organisation is None or organisation.suspended:
            telephone = self._parts.settings.support_telephone
            raise UnauthorizedClientError(description=f"This organisation is suspended. Ring {telephone}.")
        if grant == CLIENT_CREDENTIALS:
            held = [scope for scope in signed.client.scopes if scope not in PERSON_SCOPES | {RECORDS_SCOPE}]
            return self._answer(signed, _granted(form, held), {"sub": signed.client.id})
        persons = PERSON_SCOPES | {ENTRIES_SCOPE, RECORDS_SCOPE}
        scopes = _granted(form, [scope for scope in signed.client.scopes if scope in persons])
        claims = self._assertions.person(form, signed.client)
        return self._answer(signed, scopes, self._person(claims, signed.client))

    def _person(self, claims: dict[str, Any], client: Client) -> dict[str, Any]:
        """What the token says of the person, all of it held against the registers."""
        if claims.get("organisation") != client.organisation:
            raise InvalidGrantError(description="The client is not registered for this organisation.")
        role = claims.get("role")
        if not isinstance(role, str) or role not in client.roles:
            raise InvalidGrantError(description="The client is not registered for this role.")
        worker = self._staff.by_partner(client.organisation, str(claims.get("sub")))
        if worker is None:
            raise InvalidGrantError(description="The person is not in the staff register.")
        if role not in worker.roles:
            raise InvalidGrantError(description="The staff register does not give the person this role.")
        return {"sub": worker.id, "role": role, "teams": _teams(claims, worker), **self._proved(claims)}

    def _proved(self, claims: dict[str, Any]) -> dict[str, int]:
        """When the person last signed in at their own organisation, as its system vouches (OpenID Connect's `auth_time`)."""
        said = claims.get("auth_time")
        if said is None:
            return {}
        if type(said) is not int or not 0 < said <= self._parts.now().timestamp() + LEEWAY:
            raise InvalidGrantError(
                description="The assertion's auth_time must be seconds since 1970, and past."
            )
        return {"auth_time": said}

    def _answer(self, signed: Signed, scopes: Iterable[str], about: dict[str, Any]) -> dict[str, Any]:
        now = int(self._parts.now().timestamp())
        scope = " ".join(scopes)
        claims = about | {
            "iss": self._parts.settings.url,
            "aud": self._parts.settings.url,
            "iat": now,
            "exp": now + LIFE,
            "jti": secrets.token_urlsafe(16),
            "client_id": signed.client.id,
            "client_key": signed.key,
            "organisation": signed.client.organisation,
            "scope": scope,
        }
        return {
            "access_token": self._keys.sign(claims),
            "token_type": "Bearer",
            "expires_in": LIFE,
            "scope": scope,
        }


def _granted(form: dict[str, str], held: list[str]) -> list[str]:
    wanted = form.get("scope", "").split() or held
    if not wanted or not all(covers(held, scope) for scope in wanted):
        raise InvalidScopeError(description="The client is not registered for this scope with this grant.")
    return wanted


def _teams(claims: dict[str, Any], worker: Worker) -> list[str]:
    """The teams named, each one of the register's; where none is named, all of the register's."""
    named = claims.get("team", [])
    teams = [named] if isinstance(named, str) else named
    if not isinstance(teams, list) or not set(map(str, teams)) <= set(worker.teams):
        raise InvalidGrantError(description="The staff register does not put the person in this team.")
    return [str(team) for team in teams] or list(worker.teams)


__all__ = ["OAuth2Error", "TokenDesk", "oauth_error", "read_form", "token_routes"]
