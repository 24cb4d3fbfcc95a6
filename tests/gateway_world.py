"""A whole gateway in hand for unit tests: its own store in a folder, fakes behind the ports, a clock that
is set.

Three partners of Northshire, one registered system each, and a few workers. `World.token` and
`World.person` go the whole way through /oauth2/token, with keys of the test's own.
"""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from services.contract.directory import Organisation, Source
from services.gateway.access.clients import Client, Clients
from services.gateway.access.staff import NewWorker, Staff
from services.gateway.app import make_gateway
from services.gateway.parts import Parts, stamp
from services.gateway.store.opened import open_store
from services.runtime.fhir import faults
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from tests.fake_ledger import FakeLedger
from tests.fakes import FakeIndex, FakePolicy, FakeRules
from tests.migrated import lay_databases

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BOTH = ("user/family-view", "user/case")
TYPES = frozenset({"Patient", "Observation", "Flag", "Consent", "Condition", "RelatedPerson"})
_COUNCIL, _TRUST, _OTHER = "northshire-csc", "northshire-trust", "eastmoor-csc"
_PURPOSES = {
    "SW-CHILD": frozenset({"C-SCREEN", "C-S17", "C-S47", "FAM-OVERVIEW"}),
    "SW-TEAM-MGR": frozenset({"C-SCREEN", "C-S17", "C-S47"}),
    "SW-EDT": frozenset({"C-SCREEN", "C-S47"}),
}


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@cache
def key_of(client: str) -> ECKey:
    """The private key of a partner's system."""
    return ECKey.generate_key("P-384", {"kid": f"{client}-1"})


def jwks_of(key: Any) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False)]}


@dataclass
class World:
    """The gateway and everything a test holds of it."""

    parts: Parts
    clock: Clock
    ledger: FakeLedger
    index: FakeIndex
    app: FastAPI
    http: TestClient
    staff: dict[str, str] = field(default_factory=dict)

    @property
    def audience(self) -> str:
        return self.parts.settings.url + "/oauth2/token"

    def assertion(
        self, client: str, *, key: Any = None, alg: str = "ES384", kid: str = "", **over: Any
    ) -> str:
        """A signed assertion; `over` sets or (None) drops claims."""
        claims: dict[str, Any] = {
            "iss": client,
            "sub": client,
            "aud": self.audience,
            "exp": int(self.clock().timestamp()) + 240,
            "jti": secrets.token_hex(8),
        }
        claims = {name: value for name, value in (claims | over).items() if value is not None}
        header = {"alg": alg, "kid": kid or f"{client}-1"}
        return jwt.encode(header, claims, key or key_of(client), algorithms=[alg])

    def ask_token(self, client: str, scope: str = "", **form: str) -> Any:
        """A client_credentials request; `form` overrides members."""
        whole = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": form.pop("client_assertion", None) or self.assertion(client),
            **({"scope": scope} if scope else {}),
        }
        return self.http.post("/oauth2/token", data=whole | form)

    def ask_person(self, client: str, user: str, role: str, /, *, scope: str = "", **claims: Any) -> Any:
        """A jwt-bearer request for a person."""
        claims = {"sub": user, "organisation": self.organisation(client), "role": role} | claims
        return self.ask_token(
            client, scope, grant_type=JWT_BEARER, assertion=self.assertion(client, **claims)
        )

    def organisation(self, client: str) -> str:
        found = Clients(self.parts.store).find(client)
        return found.organisation if found else ""

    def token(self, client: str, scope: str = "") -> dict[str, str]:
        """The Authorization header of a partner's system."""
        return _header(self.ask_token(client, scope))

    def person(self, user: str, role: str, client: str = "csc-system", **claims: Any) -> dict[str, str]:
        """The Authorization header of a person whom a system vouches for."""
        return _header(self.ask_person(client, user, role, **claims))

    def with_parts(self, **parts: Any) -> TestClient:
        """Another client of the same hub with other parts, such as a ledger that is down."""
        return _http(make_gateway(replace(self.parts, **parts)))


def _header(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def _http(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1:8700", raise_server_exceptions=False)


def _partners() -> dict[str, Organisation]:
    def partner(id: str, type: str, *sources: str) -> Organisation:
        held = tuple(Source(source, id, source, "acute", "copy") for source in sources)
        return Organisation(id, id.title(), type, sources=held)

    return {
        _COUNCIL: partner(_COUNCIL, "LA-CSC", "csc-records"),
        _TRUST: partner(_TRUST, "NHS-ACUTE", "trust-epr", "trust-maternity"),
        _OTHER: partner(_OTHER, "LA-CSC", "eastmoor-records"),
    }


def make_world(home: Path, database: str = "") -> World:
    """A hub with its partners, systems and workers registered."""
    settings = Settings(mode="demo", home=home, database=database)
    if not database:
        lay_databases(home, "gateway.db")
    keys, clock = KeyFolder(home / "keys"), Clock()
    store, ledger, index = open_store(settings, keys), FakeLedger(), FakeIndex()
    parts = Parts(
        settings=settings,
        keys=keys,
        store=store,
        index=index,
        policy=FakePolicy(),
        ledger=ledger,
        rules=FakeRules(_partners(), _PURPOSES),
        gate=faults,
        resource_types=TYPES,
        # The clock of the paper looks at the book: here it finds no ISA to tell anybody of.
        shelf=SimpleNamespace(current=lambda: SimpleNamespace(isas=())),
        clock=clock,
    )
    app = make_gateway(parts)
    world = World(parts, clock, ledger, index, app, _http(app))
    _register(world)
    return world


def _register(world: World) -> None:
    clients, staff = Clients(world.parts.store), Staff(world.parts.store, world.parts.keys)
    roles = ("SW-CHILD", "SW-TEAM-MGR", "SW-EDT", "PRIVACY-OFFICER")
    for client in (
        Client("csc-system", _COUNCIL, roles, (*BOTH, "user/task"), (), jwks_of(key_of("csc-system"))),
        Client(
            "eastmoor-system", _OTHER, roles, (*BOTH, "user/task"), (), jwks_of(key_of("eastmoor-system"))
        ),
        Client("csc-feed", _COUNCIL, (), ("system/*.cru",), ("csc-records",), jwks_of(key_of("csc-feed"))),
        Client(
            "trust-feed",
            _TRUST,
            (),
            ("system/Patient.cu", "system/Observation.cr"),
            ("trust-epr", "trust-maternity"),
            jwks_of(key_of("trust-feed")),
        ),
    ):
        clients.add(client, stamp(START))
    for user, organisation, held, teams in (
        ("worker", _COUNCIL, ("SW-CHILD",), ("north",)),
        ("manager", _COUNCIL, ("SW-TEAM-MGR", "SW-EDT"), ("north",)),
        ("officer", _COUNCIL, ("PRIVACY-OFFICER",), ()),
        ("teammate", _COUNCIL, ("SW-CHILD",), ("south",)),
        ("neighbour", _OTHER, ("SW-CHILD", "PRIVACY-OFFICER"), ()),
    ):
        new = NewWorker(organisation, held, teams, partner_user=user, name=user.title())
        world.staff[user] = staff.add(new, stamp(START))


@pytest.fixture
def world(tmp_path: Path) -> Any:
    """A hub in hand, closed after the test."""
    made = make_world(tmp_path / "home")
    with made.http:
        yield made
    made.parts.store.close()
