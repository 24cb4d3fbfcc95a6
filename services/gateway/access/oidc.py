"""Staff sign-in by OpenID Connect: code flow with PKCE, against any provider.

Promise: who somebody is comes from the provider alone, what they may do from the staff register alone;
somebody without a row is refused. State, nonce and PKCE are Authlib's; the session's id changes at sign-
in.
"""

from collections.abc import Sequence
from typing import Any

from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]
from fastapi import Request
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from services.contract.problems import NotAllowed, NotSignedIn, Unavailable
from services.gateway.access.sessions import Session, Sessions
from services.gateway.access.staff import Staff, Worker
from services.gateway.parts import Parts

CALLBACK = "/sign-in/callback"
_WAITING = "choices"


class SignIn:
    """The journey: `begin` -> provider -> `finish` -> (`choose`, where roles are several) -> signed in.

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
        request.scope["session"] = session.data
        try:
            answer: Response = await self._oauth.provider.authorize_redirect(
                request, self._parts.settings.url + CALLBACK
            )
        except Exception:  # noqa: BLE001 - whatever its client raises, the provider did not answer
            raise Unavailable from None
        started = await run_in_threadpool(self._sessions.start, session.data)
        self._sessions.give(answer, started)
        return answer

    async def finish(self, request: Request) -> tuple[Session, Sequence[tuple[Worker, str]]]:
        """Back from the provider: a session under a new id, and the roles to choose from (signed in if it
        is one).

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
        if not roles:
            await run_in_threadpool(self._sessions.end, session)
            raise NotAllowed("you are not in the staff register of any partner")
        data = {_WAITING: [[worker.id, role] for worker, role in roles]}
        if len(roles) == 1:
            data = _signed_in(roles[0][0].id, roles[0][1])
        return await run_in_threadpool(self._sessions.rotate, session, data), roles

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
