"""Who sends this request, by its bearer token: a person in a role, or a partner's system. Cookies are
never read.

Promise: role, organisation and teams come from the token and are held against the registers at each
request, so an ended worker, client or role is refused at once; a system's token never gets a view.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from services.contract.cases import Asker
from services.contract.directory import Organisation
from services.contract.problems import NotAllowed, NotSignedIn
from services.gateway.access.clients import Client, Clients, covers
from services.gateway.access.signing import TokenKeys
from services.gateway.access.staff import Staff, Worker
from services.gateway.parts import Parts

_SCOPE = "this token's scope does not reach that far"


@dataclass(frozen=True, slots=True)
class Publisher:
    """A partner's system, as its token and registration give it."""

    client: str
    organisation: str
    sources: tuple[str, ...]
    scopes: frozenset[str]
    client_key: str
    token: str = field(default="", repr=False)

    def may(self, resource_type: str, act: str) -> None:
        """Raises `NotAllowed` unless a scope gives `act` (c, r, u) on the type."""
        if not covers(self.scopes, f"system/{resource_type}.{act}"):
            raise NotAllowed(
                f"{_SCOPE}: it needs system/{resource_type if resource_type.isalpha() else '*'}.{act}"
            )


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever holds a good token, for what is open to an organisation rather than to a scope."""

    organisation: str
    role: str
    user: str
    client_key: str
    token: str = field(default="", repr=False)
    scopes: frozenset[str] = frozenset()
    client: str = ""


class Bearer:
    """Reads tokens; its methods are FastAPI dependencies."""

    def __init__(self, parts: Parts, keys: TokenKeys) -> None:
        self._parts, self._keys = parts, keys
        self._staff = Staff(parts.store, parts.keys)
        self._clients = Clients(parts.store)

    def asker(self, scope: str) -> Callable[[Request], Asker]:
        """A dependency: the person whose token has `scope`. Raises `NotSignedIn` or `NotAllowed`."""

        def dependency(request: Request) -> Asker:
            claims, client, organisation = self._read(request)
            if "role" not in claims:
                raise NotAllowed(
                    "a system's token never gets this: ask for a person's, by the jwt-bearer grant"
                )
            return self._person(claims, client, organisation, scope)

        return dependency

    def asker_or_system(self, scope: str, system_scope: str) -> Callable[[Request], Asker]:
        """A dependency: the person whose token has `scope`, or a system with `system_scope`, in the one role it has.

        For what is about nobody, or is given to a system under rules of its own. Raises `NotSignedIn` or `NotAllowed`.
        """

        def dependency(request: Request) -> Asker:
            claims, client, organisation = self._read(request)
            if "role" in claims:
                return self._person(claims, client, organisation, scope)
            _need(system_scope, claims, client)
            if len(client.roles) != 1:
                raise NotAllowed("a system asks here in the one role that it is registered for: register one")
            return Asker(
                organisation=organisation.id,
                organisation_type=organisation.type,
                role=client.roles[0],
                user=client.id,
                client=client.id,
                client_key=str(claims.get("client_key", "")),
                scopes=frozenset(str(claims.get("scope", "")).split()),
                token=str(claims.get("jti", "")),
            )

        return dependency

    def _person(
        self, claims: dict[str, Any], client: Client, organisation: Organisation, scope: str
    ) -> Asker:
        _need(scope, claims, client)
        worker = self._staff.by_id(str(claims["sub"]))
        role = str(claims["role"])
        if worker is None or worker.organisation != client.organisation:
            raise NotSignedIn("the person is no longer in the staff register")
        if role not in worker.roles or role not in client.roles:
            raise NotAllowed("the role is no longer registered for this person and system")
        return _asker(claims, worker, client, organisation)

    def publisher(self, request: Request) -> Publisher:
        """A dependency: the partner's system. Raises `NotSignedIn` or `NotAllowed`."""
        claims, client, _ = self._read(request)
        if "role" in claims:
            raise NotAllowed("a person's token cannot do this: ask for a system's, by client_credentials")
        scopes = str(claims.get("scope", "")).split()
        return Publisher(
            client=client.id,
            organisation=client.organisation,
            sources=client.sources,
            scopes=frozenset(scope for scope in scopes if covers(client.scopes, scope)),
            client_key=str(claims.get("client_key", "")),
            token=str(claims.get("jti", "")),
        )

    def caller(self, request: Request) -> Caller:
        """A dependency: whoever holds a good token, a person or a system; for what neither scope nor role opens."""
        claims, client, _ = self._read(request)
        return Caller(
            organisation=client.organisation,
            role=str(claims.get("role", "SYSTEM")),
            user=str(claims["sub"]),
            client_key=str(claims.get("client_key", "")),
            token=str(claims.get("jti", "")),
            scopes=frozenset(str(claims.get("scope", "")).split()) & frozenset(client.scopes),
            client=client.id,
        )

    def _read(self, request: Request) -> tuple[dict[str, Any], Client, Organisation]:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise NotSignedIn("send a bearer token in the Authorization header")
        claims = self._keys.read(token.strip())
        self._judge(claims)
        client = self._clients.find(str(claims.get("client_id")))
        if client is None or client.organisation != claims.get("organisation"):
            raise NotSignedIn("the client is no longer registered")
        return claims, client, organisation_of(self._parts, client.organisation)

    def _judge(self, claims: dict[str, Any]) -> None:
        url, now = self._parts.settings.url, self._parts.now().timestamp()
        if claims.get("iss") != url or claims.get("aud") != url:
            raise NotSignedIn("the token is for another hub")
        if not isinstance(claims.get("exp"), int) or claims["exp"] <= now:
            raise NotSignedIn("the token has expired: ask for a new one")


def _need(scope: str, claims: dict[str, Any], client: Client) -> None:
    if not covers(str(claims.get("scope", "")).split(), scope) or not covers(client.scopes, scope):
        raise NotAllowed(f"{_SCOPE}: it needs {scope}")


def organisation_of(parts: Parts, id: str) -> Organisation:
    """The organisation as registered.

    Raises `NotAllowed`, with the telephone line, where it is suspended or gone.
    """
    organisation = parts.rules.organisation(id)
    if organisation is None or organisation.suspended:
        raise NotAllowed(
            "your organisation is suspended", next_step=f"Ring {parts.settings.support_telephone}."
        )
    return organisation


def _asker(claims: dict[str, Any], worker: Worker, client: Client, organisation: Organisation) -> Asker:
    teams = tuple(team for team in claims.get("teams", ()) if team in worker.teams)
    return Asker(
        organisation=organisation.id,
        organisation_type=organisation.type,
        role=str(claims["role"]),
        user=worker.id,
        teams=teams,
        client=client.id,
        client_key=str(claims.get("client_key", "")),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        own=worker.own,
        token=str(claims.get("jti", "")),
        authenticated=int(claims.get("auth_time", 0)),
    )
