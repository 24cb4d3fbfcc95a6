"""Signed assertions of partner systems: who the client is, and for whom it vouches (RFC 7523; NHS signed
JWT).

Promise: only RS384, RS512 and ES384 by a registered key; audience exactly the token address; at most five
minutes ahead; each used once, on any number of replicas. Parsing and judging are Authlib's, with two
overrides, because as shipped it takes any algorithm that joserfc recommends (not these), and any length
of life.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidGrantError, InvalidRequestError  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete

from services.gateway.access.clients import Client, Clients
from services.gateway.parts import Parts
from services.gateway.store.tables import UsedAssertion

ALGORITHMS = ("RS384", "RS512", "ES384")
LIFE = 300
"""Longest time, in seconds, from now to an assertion's `exp`."""
LEEWAY = 30
"""Seconds by which a partner's clock may be off."""
_LONGEST_ID = 200


@dataclass(slots=True)
class _Asked:
    """What Authlib reads of a request, and where it notes the client it found."""

    form: Mapping[str, str]
    client: Client | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A client that proved itself, and the thumbprint (RFC 7638) of the key it used."""

    client: Client
    key: str


class _ByClient(JWTBearerClientAssertion):  # type: ignore[misc]
    """The assertion by which a client authenticates: issuer and subject are the client."""

    def __init__(self, parts: Parts, audience: str) -> None:
        super().__init__(leeway=LEEWAY)
        self._parts, self._audience = parts, audience

    def get_audiences(self) -> list[str]:
        return [self._audience]

    def resolve_client_public_key(self, client: Client) -> KeySet:
        return client.keys()

    def process_assertion_claims(self, assertion: str, resolve_key: KeySet) -> dict[str, Any]:
        """First override: the closed list of algorithms, so never `none` and never a shared secret."""
        try:
            token = jwt.decode(assertion, resolve_key, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, TypeError):
            raise InvalidClientError(description=_NOT_SIGNED) from None
        self.verify_claims(token.claims)
        return token.claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        """Second override: exact audience, short life, an id used once; times by the hub's clock."""
        self._judge_times(claims)
        self._judge_parties(claims)
        jti = claims.get("jti")
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_ID:
            raise InvalidClientError(description="The assertion needs a jti: an id of its own, used once.")
        if not self.validate_jti(claims, jti):
            raise InvalidClientError(description="This assertion was used before: sign a new one.")

    def _judge_times(self, claims: dict[str, Any]) -> None:
        now = int(self._parts.now().timestamp())
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=self.leeway,
            iss={"essential": True},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            registry.validate(claims)
        except ExpiredTokenError:
            raise InvalidClientError(description="The assertion has expired: sign a new one.") from None
        except JoseError:
            raise InvalidClientError(
                description="The assertion needs iss, sub and exp in their forms, and no time in the future."
            ) from None
        if claims["exp"] > now + LIFE + self.leeway:
            raise InvalidClientError(description="The assertion's exp is more than 5 minutes ahead.")

    def _judge_parties(self, claims: dict[str, Any]) -> None:
        if claims.get("aud") not in (self._audience, [self._audience]):
            raise InvalidClientError(description=f"The assertion's aud must be exactly {self._audience}")
        if claims["iss"] != claims["sub"]:
            raise InvalidClientError(description="The assertion's iss and sub must both be the client id.")

    def validate_jti(self, claims: Mapping[str, Any], jti: str) -> bool:
        """Whether this id is new; taken with the same act."""
        now = int(self._parts.now().timestamp())
        used = self._parts.keys.mac("assertions").of(str(claims["iss"]), jti)
        try:
            with self._parts.store.begin() as session:
                session.exec(delete(UsedAssertion).where(col(UsedAssertion.until) < now))
                session.add(UsedAssertion(id=used, until=now + LIFE + 2 * self.leeway))
        except IntegrityError:
            return False
        return True


class _ForPerson(_ByClient):
    """The assertion by which a client vouches for a person: issuer is the client, subject the user id."""

    def _judge_parties(self, claims: dict[str, Any]) -> None:
        if claims.get("aud") not in (self._audience, [self._audience]):
            raise InvalidClientError(description=f"The assertion's aud must be exactly {self._audience}")


_NOT_SIGNED = f"The assertion is not signed by a key of this client, with one of {', '.join(ALGORITHMS)}."


class Assertions:
    """Reads the two kinds of assertion that the token address takes."""

    def __init__(self, parts: Parts, audience: str) -> None:
        self._client = _ByClient(parts, audience)
        self._person = _ForPerson(parts, audience)
        self._clients = Clients(parts.store)

    def client(self, form: Mapping[str, str]) -> Signed:
        """The client that the form's `client_assertion` proves. Raises `InvalidClientError`."""
        query: Callable[[str], Client | None] = self._clients.find
        client: Client | None = self._client(query, _Asked(form))
        if client is None:
            raise InvalidClientError(
                description="Authenticate by client_assertion and client_assertion_type (private_key_jwt)."
            )
        headers, _ = self._client.extract_assertion(form["client_assertion"])
        return Signed(client, client.keys().get_by_kid(headers.get("kid")).thumbprint())

    def person(self, form: Mapping[str, str], client: Client) -> dict[str, Any]:
        """The claims of the form's `assertion`, signed by that same client. Raises `InvalidGrantError`."""
        assertion = form.get("assertion")
        if not assertion:
            raise InvalidRequestError(description="The form has no assertion.")
        try:
            _, claims = self._person.extract_assertion(assertion)
            if claims.get("iss") != client.id:
                raise InvalidGrantError(description="The assertion's iss must be the client that sends it.")
            return self._person.process_assertion_claims(assertion, client.keys())
        except InvalidClientError as error:
            raise InvalidGrantError(description=error.description) from None


__all__ = ["ALGORITHMS", "Assertions", "Signed"]
