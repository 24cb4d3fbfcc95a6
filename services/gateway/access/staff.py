"""The staff register: who may ask, for which organisation, in which roles and teams.

Promise: a sign-in or assertion without a row is refused; an ended row is refused at the next request. Who
somebody is stands sealed, and is found by a keyed hash only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from services.contract.people import About
from services.contract.problems import BadInput, Conflict, NotFound
from services.contract.vocabulary import codes
from services.gateway.parts import fresh_id
from services.gateway.store.opened import Store
from services.gateway.store.tables import StaffRow
from services.runtime.keys import KeyFolder


@dataclass(frozen=True, slots=True)
class Worker:
    """A member of staff of one organisation."""

    id: str
    """Opaque; what cases and the ledger know them by."""
    organisation: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    own: tuple[About, ...] = field(default=(), repr=False)
    """Own identity and declared conflicts."""
    name: str = field(default="", repr=False)
    """How the pages greet them; may be empty."""


@dataclass(frozen=True, slots=True)
class NewWorker:
    """What `mash staff add` states. At least one of sign-in and partner's user id."""

    organisation: str
    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()
    issuer: str = ""
    subject: str = field(default="", repr=False)
    partner_user: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    own: About | None = field(default=None, repr=False)
    """Own identity; None: not given."""
    conflicts: tuple[About, ...] = field(default=(), repr=False)


class Staff:
    """The register."""

    def __init__(self, store: Store, keys: KeyFolder) -> None:
        self._store = store
        self._mac = keys.mac("staff")

    def by_id(self, id: str) -> Worker | None:
        """The worker with this opaque id, unless ended or unknown."""
        with self._store.begin() as session:
            row = session.get(StaffRow, id)
        return None if row is None or row.ended else self._worker(row)

    def by_partner(self, organisation: str, user: str) -> Worker | None:
        """The worker whom the organisation's own system knows by this user id."""
        return self._one(organisation, StaffRow.partner_user, self._partner(organisation, user))

    def by_sign_in(self, issuer: str, subject: str) -> Sequence[Worker]:
        """The rows of somebody who signed in: one for each organisation they work for."""
        key = self._sign_in(issuer, subject)
        with self._store.begin() as session:
            rows = session.exec(select(StaffRow).where(StaffRow.sign_in == key, StaffRow.ended == "")).all()
        return [self._worker(row) for row in rows]

    def named(self, organisation: str, who: str) -> Worker | None:
        """A colleague named on a case: by opaque id, or by the user id of their own organisation."""
        worker = self.by_id(who)
        if worker is not None and worker.organisation == organisation:
            return worker
        return self.by_partner(organisation, who)

    def all(self) -> Sequence[tuple[Worker, str]]:
        """Every row with the time it was ended (empty: it stands)."""
        with self._store.begin() as session:
            rows = session.exec(select(StaffRow).order_by(StaffRow.organisation, StaffRow.added)).all()
        return [(self._worker(row), row.ended) for row in rows]

    def add(self, new: NewWorker, when: str) -> str:
        """Register a worker; the opaque id. Raises `BadInput` or `Conflict`."""
        if not (new.partner_user or (new.issuer and new.subject)):
            raise BadInput("say how the person is known: issuer and subject, or the partner's user id")
        if not new.roles or any(role not in codes("roles") for role in new.roles):
            raise BadInput("a role is one of schemas/vocabulary/roles.json, and there is at least one")
        id = fresh_id()
        row = StaffRow(
            id=id,
            organisation=new.organisation,
            sign_in=self._sign_in(new.issuer, new.subject) if new.subject else None,
            partner_user=self._partner(new.organisation, new.partner_user) if new.partner_user else None,
            roles=list(new.roles),
            teams=list(new.teams),
            sealed=self._store.seal(_sealed(new), f"staff:{id}"),
            added=when,
        )
        try:
            with self._store.begin() as session:
                session.add(row)
        except IntegrityError:
            raise Conflict("this person is in the register of this organisation already") from None
        return id

    def end(self, id: str, when: str) -> None:
        """End a row: tokens and sessions of it are refused from now on. Raises `NotFound`."""
        with self._store.begin() as session:
            row = session.get(StaffRow, id)
            if row is None or row.ended:
                raise NotFound("no member of staff has this id, or the row has ended")
            # The keys go, so that the person can be registered afresh; the id stays for the ledger's sake.
            row.ended, row.sign_in, row.partner_user = when, None, None

    def _one(self, organisation: str, column: Any, key: bytes) -> Worker | None:
        query = select(StaffRow).where(col(column) == key, StaffRow.organisation == organisation)
        with self._store.begin() as session:
            row = session.exec(query).first()
        return None if row is None or row.ended else self._worker(row)

    def _sign_in(self, issuer: str, subject: str) -> bytes:
        return self._mac.of("sign-in", issuer.rstrip("/"), subject)

    def _partner(self, organisation: str, user: str) -> bytes:
        return self._mac.of("partner", organisation, user)

    def _worker(self, row: StaffRow) -> Worker:
        told = self._store.open(row.sealed, f"staff:{row.id}")
        own = tuple(About.model_validate(one) for one in told["own"])
        return Worker(row.id, row.organisation, tuple(row.roles), tuple(row.teams), own, told["name"])


def _sealed(new: NewWorker) -> dict[str, Any]:
    people = ([new.own] if new.own else []) + list(new.conflicts)
    return {"name": new.name, "own": [about.model_dump(exclude_none=True) for about in people]}
