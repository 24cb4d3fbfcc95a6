"""The register of partner systems: whose they are, what they may ask for, and their public keys.

Promise: a client gets no scope, role or source that it is not registered for; only public keys are taken in.
"""

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeySet, RSAKey
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from services.contract.problems import BadInput, Conflict, NotFound
from services.gateway.store.opened import Store
from services.gateway.store.tables import ClientRow

SEARCH_SCOPE, SYSTEM_SEARCH_SCOPE = "user/Patient.s", "system/Patient.s"
"""For finding people over FHIR: a worker, or a system by itself in the one role that it is registered for."""
PERSON_SCOPES = frozenset({"user/family-view", "user/case", "user/task", "user/counts", SEARCH_SCOPE})
_SYSTEM = re.compile(r"^system/(\*|[A-Z][A-Za-z]{1,60})\.(c?r?u?d?s?)$")
ENTRIES_SCOPE = "ledger/entries.read"
"""For a system on its own organisation's log, and for an auditor in person on any."""
RECORDS_SCOPE = "ledger/records.read"
"""For an auditor in person: sealed decision records and the books that decided, to decide again."""
COUNTS_SCOPE = "counts.read"
"""For a system that counts by itself, in the one role that it is registered for."""
_OTHER = frozenset({ENTRIES_SCOPE, RECORDS_SCOPE, "ledger/checkpoint.read", COUNTS_SCOPE})
_ID = re.compile(r"^[A-Za-z0-9._-]{3,64}$")
_RSA_BITS = 2048
_KEYS = "keys are RSA of 2048 bits or more, or EC on P-384"


@dataclass(frozen=True, slots=True)
class Client:
    """A partner's system as registered."""

    id: str
    organisation: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    sources: tuple[str, ...]
    jwks: dict[str, Any]

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Authlib's question: only a signed assertion, only at the token endpoint."""
        return method == "client_assertion_jwt" and endpoint == "token"

    def keys(self) -> KeySet:
        """Its public keys."""
        return KeySet.import_key_set(self.jwks)  # type: ignore[arg-type]


def covers(held: Iterable[str], wanted: str) -> bool:
    """Whether one of the scopes held gives the one wanted (SMART 2: type or `*`, and letters of `cruds`)."""
    match = _SYSTEM.match(wanted)
    if not match or not match[2]:
        return wanted in held
    for scope in held:
        own = _SYSTEM.match(scope)
        if own and own[1] in ("*", match[1]) and set(match[2]) <= set(own[2]):
            return True
    return False


class Clients:
    """The register."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, id: str) -> Client | None:
        """The client, unless ended or unknown."""
        with self._store.begin() as session:
            row = session.get(ClientRow, id)
        return None if row is None or row.ended else _client(row)

    def all(self) -> Sequence[tuple[Client, str]]:
        """Every client with the time it was ended (empty: it stands)."""
        with self._store.begin() as session:
            rows = session.exec(select(ClientRow).order_by(ClientRow.id)).all()
        return [(_client(row), row.ended) for row in rows]

    def add(self, client: Client, when: str) -> None:
        """Register a client. Raises `BadInput` (bad id, scope or key) or `Conflict` (the id is taken)."""
        _check(client)
        row = ClientRow(
            id=client.id,
            organisation=client.organisation,
            roles=list(client.roles),
            scopes=list(client.scopes),
            sources=list(client.sources),
            jwks=client.jwks,
            added=when,
        )
        try:
            with self._store.begin() as session:
                session.add(row)
        except IntegrityError:
            raise Conflict("a client with this id is registered already") from None

    def end(self, id: str, when: str) -> None:
        """End a client: from now on its assertions and tokens are refused. Raises `NotFound`."""
        with self._store.begin() as session:
            row = session.get(ClientRow, id)
            if row is None:
                raise NotFound("no client has this id")
            row.ended = row.ended or when


def _client(row: ClientRow) -> Client:
    return Client(
        row.id, row.organisation, tuple(row.roles), tuple(row.scopes), tuple(row.sources), dict(row.jwks)
    )


def _check(client: Client) -> None:
    if not _ID.match(client.id):
        raise BadInput("the client id is 3 to 64 letters, digits, dots, hyphens or underscores")
    for scope in client.scopes:
        if scope not in PERSON_SCOPES | _OTHER and not _SYSTEM.match(scope):
            raise BadInput(
                "a scope is system/Type.cruds, user/family-view, user/case, user/task, user/counts, user/Patient.s, counts.read, "
                "ledger/entries.read or ledger/records.read"
            )
    try:
        with warnings.catch_warnings():
            # What joserfc calls insecure (a short key) is refused, not warned of.
            warnings.simplefilter("error", SecurityWarning)
            keys = client.keys().keys
    except SecurityWarning:
        raise BadInput(_KEYS) from None
    except (JoseError, ValueError, KeyError, TypeError):
        raise BadInput("the key file is not a JSON Web Key Set") from None
    if not keys:
        raise BadInput("the key file has no key")
    for key in keys:
        _check_key(key)


def _check_key(key: Any) -> None:
    if not isinstance(key, RSAKey | ECKey):
        raise BadInput(_KEYS)
    if key.is_private:
        raise BadInput("the key file holds a private key: send the public one only, and make a new pair")
    if isinstance(key, RSAKey) and key.raw_value.key_size < _RSA_BITS:
        raise BadInput(_KEYS)
    if isinstance(key, ECKey) and key.curve_name != "P-384":
        raise BadInput(_KEYS)
