"""A hub asked over HTTPS by somebody with a key of their own: tokens by private_key_jwt for the person, plain GETs and POSTs.

Promise: nothing is sent in the clear but on loopback; a token is used while it holds, and asked for again when it does not;
what goes wrong is said by address and status, with no word of what was asked.
"""

import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from services.cli.ledger.auditor import Auditor
from services.contract.problems import BadInput, NotAllowed, Unavailable

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECONDS = 60.0
_TRIES = 4
SCOPES = ("ledger/entries.read", "ledger/records.read")


class HubAway(Unavailable):
    """The hub does not answer, or not as a hub."""

    kind = "hub-away"
    title = "The hub does not answer"
    next_step = "Look at the address, and run the command again: what was fetched already is kept."


class HubRefuses(NotAllowed):
    """The hub knows this person not, or not for this."""

    kind = "hub-refuses"
    title = "The hub refuses"
    next_step = "Ask the hub's operator to register the public keys, the scopes, and you in your role in the staff register."


class HubAddress:
    """One hub, as one person in one role sees it; an auditor by default. A context; close it."""

    def __init__(
        self,
        address: str,
        auditor: Auditor,
        authority: Path | None = None,
        *,
        role: str = "AUDITOR",
        scopes: tuple[str, ...] = SCOPES,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query:
            raise BadInput("the hub's address has the form https://HOST", places=("--from",))
        loopback = parts.hostname in _LOOPBACK
        if parts.scheme == "http" and not loopback:
            raise BadInput("http:// would send your token in the clear; use https://", places=("--from",))
        self.address, self._auditor = address.rstrip("/"), auditor
        self._role, self._scopes = role, scopes
        self._http = httpx2.Client(timeout=_SECONDS, verify=_trusting(authority), trust_env=not loopback)
        self._token, self._until, self._said, self.scopes = "", 0.0, "", frozenset[str]()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str) -> bytes | None:
        """The body at `path` below the hub's address; None for 404. Raises `HubAway`, `HubRefuses`."""
        for tried in range(_TRIES):
            answer = self._send("GET", path, headers={"Authorization": f"Bearer {self.token()}"})
            if answer.status_code == 404:
                return None
            if answer.is_success:
                return answer.content
            if answer.status_code == 401:
                self._until = 0.0
            elif answer.status_code == 403:
                raise HubRefuses(f"GET {path}: {_title(answer)}")
            else:
                time.sleep(0.5 * tried)
        raise HubAway(f"GET {path} answered {answer.status_code}")

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What a POST of JSON is answered. It is sent once: nobody can tell whether what went unanswered was done. Raises
        `HubAway`, `HubRefuses`, `BadInput`.
        """
        answer = self._send(
            "POST", path, json=dict(body), headers={"Authorization": f"Bearer {self.token()}"}
        )
        if answer.is_success:
            return _json(answer)
        if answer.status_code in (401, 403, 409, 429):
            raise HubRefuses(f"POST {path}: {_title(answer)}")
        if answer.status_code in (400, 404, 422):
            raise BadInput(
                _title(answer), next_step=str(_json(answer).get("next_step") or "Look at what you gave.")
            )
        raise HubAway(
            f"POST {path} answered {answer.status_code}; look whether it was done before you send it again"
        )

    def token(self) -> str:
        """A token that holds for a while yet. Raises `HubAway`, `HubRefuses`."""
        if time.monotonic() > self._until:
            told = self._asked(self._scopes) or self._asked(self._scopes[:1])
            if not told:
                raise HubRefuses(self._said)
            self._token, self._until = (
                str(told["access_token"]),
                time.monotonic() + int(told["expires_in"]) - 60,
            )
            self.scopes = frozenset(str(told.get("scope", "")).split())
        return self._token

    def _asked(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        """The token's answer; nothing where the scopes are not given."""
        who, address = self._auditor, f"{self.address}/oauth2/token"
        form = {
            "grant_type": _BEARER,
            "assertion": who.assertion(who.user, address, organisation=who.organisation, role=self._role),
            "client_assertion_type": _ASSERTION,
            "client_assertion": who.assertion(who.client, address),
            "scope": " ".join(scopes),
        }
        answer = self._send("POST", "/oauth2/token", data=form)
        told = _json(answer)
        if answer.is_success and "access_token" in told:
            return told
        if answer.status_code not in (400, 401, 403):
            raise HubAway(f"POST /oauth2/token answered {answer.status_code}")
        self._said = str(told.get("error_description") or told.get("error") or answer.status_code)
        return {}

    def _send(self, method: str, path: str, **what: Any) -> httpx2.Response:
        try:
            return self._http.request(method, self.address + path, **what)
        except httpx2.HTTPError as error:
            raise HubAway(f"{self.address}: {type(error).__name__}") from None


def _trusting(authority: Path | None) -> ssl.SSLContext | bool:
    if authority is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(authority))
    except (OSError, ssl.SSLError):
        raise BadInput(f"{authority} holds no certificate", places=("--ca",)) from None


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _title(answer: httpx2.Response) -> str:
    told = _json(answer)
    return ": ".join(str(told[name]) for name in ("title", "detail") if told.get(name)) or str(
        answer.status_code
    )
