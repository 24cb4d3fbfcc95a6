"""A partner's own system: it holds its private key, gets its tokens, publishes, and speaks for its staff.

Promise: it has nothing but its key and the hub's public addresses: what works here works for any partner.
Person data goes in bodies only.
"""

import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey

from services.cli.demo.cast import Member
from services.contract.canonical import emit, parse
from services.contract.problems import Problem
from services.index.sources.live import trusted

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE = 120
_SECONDS = 60.0


class NotPlayed(Problem):
    """The hub answered something else than the scene needs."""

    title = "The demonstration stopped"
    next_step = "Read the hub's log in the demonstration's folder; then start it again."


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """A P-384 key pair in a file that only its owner reads."""

    key: ECKey

    @classmethod
    def at(cls, file: Path) -> "PartnerKey":
        """The key in the file, made on first use."""
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as out:
                json.dump(ECKey.generate_key("P-384").as_dict(private=True), out)
        return cls(ECKey.import_key(json.loads(file.read_text(encoding="utf-8"))))

    @property
    def thumbprint(self) -> str:
        """The key's name (RFC 7638)."""
        return self.key.thumbprint()

    def public_set(self) -> dict[str, Any]:
        """What the partner hands in to be registered: the public half."""
        public = {name: value for name, value in self.key.as_dict(private=False).items() if name != "d"}
        return {"keys": [public | {"kid": self.thumbprint, "use": "sig", "alg": "ES384"}]}

    def sign(self, claims: dict[str, Any]) -> str:
        """A signed assertion of two minutes, used once."""
        now = int(time.time())
        whole = claims | {"iat": now, "exp": now + _LIFE, "jti": secrets.token_urlsafe(16)}
        return jwt.encode({"alg": "ES384", "kid": self.thumbprint}, whole, self.key, algorithms=["ES384"])


class PartnerSystem:
    """One registered client of the hub."""

    def __init__(self, client: str, key: PartnerKey, hub: str) -> None:
        self.client, self.key, self._hub = client, key, hub.rstrip("/")
        self._http = httpx2.Client(base_url=self._hub, timeout=_SECONDS, verify=trusted(), trust_env=False)

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def publish(self, bundle: dict[str, Any]) -> dict[str, Any]:
        """`POST /fhir` with the system's own token; the transaction's answer."""
        token = self._token({"grant_type": "client_credentials"})
        return self._post("/fhir", emit(bundle), token, "application/fhir+json")

    def as_person(self, member: Member) -> "Voice":
        """A member of staff, vouched for by this system."""
        claims: dict[str, Any] = {
            "iss": self.client,
            "sub": member.user,
            "aud": self._token_url,
            "organisation": member.organisation,
            "role": member.role,
        }
        if member.team:
            claims["team"] = [member.team]
        token = self._token({"grant_type": _BEARER, "assertion": self.key.sign(claims)})
        return Voice(self, token)

    def post_json(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        """A JSON request; a JSON answer."""
        return self._post(path, emit(body), token, "application/json")

    def decided(self, path: str, body: dict[str, Any], token: str) -> bool:
        """A JSON request: whether it was answered (200) or refused by the rules (403). Raises `NotPlayed`."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            answer = self._http.post(path, content=emit(body), headers=headers)
        except httpx2.HTTPError as error:
            raise NotPlayed(f"POST {path} was not answered ({type(error).__name__})") from None
        if answer.status_code not in (200, 403):
            raise NotPlayed(f"POST {path} answered {answer.status_code}: {_told(answer)}")
        return answer.status_code == 200

    @property
    def _token_url(self) -> str:
        return f"{self._hub}/oauth2/token"

    def _token(self, form: dict[str, str]) -> str:
        proof = self.key.sign({"iss": self.client, "sub": self.client, "aud": self._token_url})
        proven = form | {"client_assertion_type": _ASSERTION, "client_assertion": proof}
        return str(self._sent("/oauth2/token", data=proven)["access_token"])

    def _post(self, path: str, body: bytes, token: str, kind: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        return self._sent(path, content=body, headers=headers)

    def _sent(self, path: str, **what: Any) -> dict[str, Any]:
        try:
            return _good(f"POST {path}", self._http.post(path, **what))
        except httpx2.HTTPError as error:
            raise NotPlayed(f"POST {path} was not answered ({type(error).__name__})") from None


@dataclass(frozen=True, slots=True)
class Voice:
    """A person's token, and the system through which it is used."""

    system: PartnerSystem
    token: str

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the hub as this person."""
        return self.system.post_json(path, body, self.token)

    def decide(self, path: str, body: dict[str, Any]) -> bool:
        """Ask, and say whether it was answered; a refusal by the rules is a decision, breakage is not."""
        return self.system.decided(path, body, self.token)


def _good(what: str, answer: httpx2.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise NotPlayed(f"{what} answered {answer.status_code}: {_told(answer)}")
    # A partner's numbers stay as they were written: 6.30 is not 6.3.
    found: dict[str, Any] = parse(answer.content)
    return found


def _told(answer: httpx2.Response) -> str:
    """The answer's own words about itself; problems of the hub hold no personal value."""
    try:
        said = answer.json()
    except ValueError:
        return "no JSON"
    if not isinstance(said, dict):
        return "no object"
    if said.get("resourceType") == "OperationOutcome":
        issues = said.get("issue", [])
        return "; ".join(
            str(one.get("diagnostics") or one.get("details", {}).get("text", "")) for one in issues[:5]
        )
    words = [said.get(name) for name in ("title", "detail", "code", "sentence", "error", "error_description")]
    return ": ".join(str(word) for word in words if word)
