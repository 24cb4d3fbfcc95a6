"""Staff sign-in by OpenID Connect: code flow with PKCE, against any provider.

Promise: who somebody is comes from the provider alone, what they may do from the staff register alone;
somebody without a row is refused. State, nonce and PKCE are Authlib's; the session's id changes at sign-
in. Signing in again is done by the same person, after it was asked for, by the provider's own word.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]
from fastapi import Request
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from services.contract.problems import NotAllowed, NotSignedIn, SignInAgain, Unavailable
from services.gateway.access.assertions import LEEWAY
from services.gateway.access.sessions import AGAIN_AT, TYPED, Session, Sessions
from services.gateway.access.staff import Staff, Worker
from services.gateway.parts import Parts

CALLBACK = "/sign-in/callback"
_WAITING = "choices"
_AGAIN = "again"
"""In a session's data, while its person signs in again: when that was asked, and where to go then."""


class SignIn:
    """The journey: `begin` -> provider -> `finish` -> (`choose`, where roles are several) -> signed in; and, of
    somebody who is signed in, `again` -> provider -> `finish`.

    `client` goes to the HTTP client (httpx2), such as a transport.
    """

    def __init__(self, parts: Parts, sessions: Sessions, **client: Any) -> None:
        self._parts, self._sessions = parts, sessions
        self._staff = Staff(parts.store, parts.keys)
        settings = parts.settings
        self._oauth = OAuth()
        self._oauth.register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret or None,
            server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10}
            | client,
        )

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider. Raises `Unavailable` where it does not answer."""
        session = Session("", {})
        answer = await self._to_provider(request, session)
        started = await run_in_threadpool(self._sessions.start, session.data)
        self._sessions.give(answer, started)
        return answer

    async def again(self, request: Request, then: str) -> Response:
        """Send somebody who is signed in to prove afresh who they are (step-up): `prompt=login`, `max_age=0`.

        `then` is where to go afterwards, one of the hub's own addresses; what the session keeps as typed stays in it.
        Raises `NotSignedIn`, `Unavailable`.
        """
        session = await run_in_threadpool(self._sessions.read, request)
        if session is None or not session.signed_in:
            raise NotSignedIn("nobody is signed in, or the time without use was too long")
        asked = int(self._parts.now().timestamp())
        session.data[_AGAIN] = {"asked": asked, "then": then}
        answer = await self._to_provider(request, session, prompt="login", max_age="0")
        await run_in_threadpool(self._sessions.save, session)
        return answer

    async def _to_provider(self, request: Request, session: Session, **wanted: str) -> Response:
        request.scope["session"] = session.data
        try:
            answer: Response = await self._oauth.provider.authorize_redirect(
                request, self._parts.settings.url + CALLBACK, **wanted
            )
        except Exception:  # noqa: BLE001 - whatever its client raises, the provider did not answer
            raise Unavailable from None
        return answer

    async def finish(self, request: Request) -> tuple[Session, Sequence[tuple[Worker, str]], str]:
        """Back from the provider: a session under a new id, the roles to choose from (signed in if it is
        one), and where somebody who signed in again goes on (else empty).

        Raises `NotSignedIn` (the provider said no, or the journey was not begun here), `NotAllowed` (no
        row).
        """
        session = await run_in_threadpool(self._sessions.read, request)
        if session is None:
            raise NotSignedIn("the sign-in was not begun in this browser, or took too long")
        request.scope["session"] = session.data
        told = await self._told(request)
        workers = await run_in_threadpool(
            self._staff.by_sign_in, self._parts.settings.oidc_issuer, str(told.get("sub"))
        )
        roles = [(worker, role) for worker in workers for role in worker.roles]
        if session.signed_in:
            return await run_in_threadpool(self._proved_again, session, told, roles)
        if not roles:
            await run_in_threadpool(self._sessions.end, session)
            raise NotAllowed("you are not in the staff register of any partner")
        data = {_WAITING: [[worker.id, role] for worker, role in roles]}
        if len(roles) == 1:
            data = _signed_in(roles[0][0].id, roles[0][1])
        return await run_in_threadpool(self._sessions.rotate, session, data), roles, ""

    def _proved_again(
        self, session: Session, told: Mapping[str, Any], roles: Sequence[tuple[Worker, str]]
    ) -> tuple[Session, Sequence[tuple[Worker, str]], str]:
        """The same person in the same role, who signed in after it was asked. Anybody else ends the session."""
        staff, role = str(session.data["staff"]), str(session.data["role"])
        same = [(worker, one) for worker, one in roles if (worker.id, one) == (staff, role)]
        again: dict[str, Any] = session.data.get(_AGAIN, {})
        if not same or not again:
            self._sessions.end(session)
            raise NotAllowed("signing in again has to be done by the person who is signed in")
        at, now = told.get("auth_time"), self._parts.now().timestamp()
        if type(at) is not int or not again["asked"] - LEEWAY <= at <= now + LEEWAY:
            raise SignInAgain("the sign-in provider did not say that you signed in just now")
        data = _signed_in(staff, role) | {AGAIN_AT: at, TYPED: session.data.get(TYPED, {})}
        return self._sessions.rotate(session, data), same, str(again["then"])

    def choose(self, session: Session, staff: str, role: str) -> Session:
        """Sign in under one of the roles offered, under a new id. Raises `NotAllowed`."""
        if [staff, role] not in session.data.get(_WAITING, []):
            raise NotAllowed("this role was not offered at sign-in")
        return self._sessions.rotate(session, _signed_in(staff, role))

    def sign_out(self, request: Request) -> Response:
        """End the session and go to the first page."""
        session = self._sessions.read(request)
        if session is not None:
            self._sessions.end(session)
        answer = RedirectResponse("/", 303)
        self._sessions.take(answer)
        return answer

    async def _told(self, request: Request) -> dict[str, Any]:
        try:
            token = await self._oauth.provider.authorize_access_token(request)
        except (OAuthError, JoseError):
            raise NotSignedIn("the sign-in provider did not confirm who you are") from None
        except Exception:  # noqa: BLE001 - whatever its client raises, the provider did not answer
            raise Unavailable from None
        told: dict[str, Any] = token.get("userinfo") or {}
        if not told.get("sub"):
            raise NotSignedIn("the sign-in provider did not say who you are")
        return told


def _signed_in(staff: str, role: str) -> dict[str, Any]:
    return {"staff": staff, "role": role}
