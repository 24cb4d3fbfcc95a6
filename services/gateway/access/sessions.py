"""Sessions of staff in a browser, kept by the hub: the cookie is an opaque id, nothing more.

Promise: a session ends after 15 idle minutes, after 10 hours whatever happens, at sign-out, and as soon
as the staff register ends its person; its id changes at sign-in, so that one given before is worth
nothing after.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request
from sqlmodel import col, delete, or_
from starlette.responses import Response

from services.contract.cases import Asker
from services.gateway.access.bearer import organisation_of
from services.gateway.access.clients import PERSON_SCOPES
from services.gateway.access.staff import Staff
from services.gateway.parts import Parts
from services.gateway.store.tables import SessionRow

AGAIN_AT = "again_at"
"""In a session's data: when its person last signed in afresh because an act asked for it, in seconds since 1970."""
TYPED = "typed"
"""In a session's data: a form's fields, kept while its person signs in again."""
_STEP = 30
"""Seconds before a session's last use is written again."""


@dataclass(slots=True)
class Session:
    """One browser's session; `data` is JSON, sealed at rest."""

    id: str = field(repr=False)
    data: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def signed_in(self) -> bool:
        """Whether a person has signed in and chosen a role."""
        return "staff" in self.data


class Sessions:
    """Starts, reads and ends sessions."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._staff = Staff(parts.store, parts.keys)
        secure = parts.settings.url.startswith("https://") or parts.settings.mode != "demo"
        self.secure = secure
        # Browsers take `__Host-` only with Secure, which plain http on loopback cannot give.
        self.cookie = "__Host-mash" if secure else "mash-demo"

    def start(self, data: dict[str, Any]) -> Session:
        """A new session under a new id."""
        session = Session(secrets.token_urlsafe(32), dict(data))
        now = self._now()
        sealed = self._parts.store.seal(session.data, _place(session.id))
        with self._parts.store.begin() as database:
            database.exec(delete(SessionRow).where(self._past(now)))
            database.add(SessionRow(id=_key(session.id), sealed=sealed, began=now, seen=now))
        return session

    def read(self, request: Request) -> Session | None:
        """The request's session, or None: no cookie, unknown, ended, idle for too long or too old."""
        id = request.cookies.get(self.cookie, "")
        if not id:
            return None
        now = self._now()
        with self._parts.store.begin() as database:
            row = database.get(SessionRow, _key(id))
            if row is None or row.seen <= now - self._idle or row.began <= now - self._longest:
                return None
            if now - row.seen >= _STEP:
                row.seen = now
            return Session(id, self._parts.store.open(row.sealed, _place(id)))

    def save(self, session: Session) -> None:
        """Keep the session's data."""
        sealed = self._parts.store.seal(session.data, _place(session.id))
        with self._parts.store.begin() as database:
            row = database.get(SessionRow, _key(session.id))
            if row is not None:
                row.sealed = sealed

    def keep_typed(self, request: Request, typed: Mapping[str, str]) -> None:
        """Keep, sealed, what was typed into a form until its person has signed in again; an empty one forgets it."""
        session = self.read(request)
        if session is not None and session.data.get(TYPED, {}) != typed:
            session.data[TYPED] = dict(typed)
            self.save(session)

    def typed(self, request: Request) -> Mapping[str, str]:
        """What was kept; empty where nothing was."""
        session = self.read(request)
        found: Mapping[str, str] = session.data.get(TYPED, {}) if session else {}
        return found

    def rotate(self, session: Session | None, data: dict[str, Any]) -> Session:
        """A session under a new id with this data; the old id is worth nothing any more."""
        if session is not None:
            self.end(session)
        return self.start(data)

    def end(self, session: Session) -> None:
        """Sign out."""
        with self._parts.store.begin() as database:
            database.exec(delete(SessionRow).where(col(SessionRow.id) == _key(session.id)))

    def give(self, response: Response, session: Session) -> None:
        """Set the cookie."""
        response.set_cookie(
            self.cookie, session.id, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def take(self, response: Response) -> None:
        """Drop the cookie."""
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="lax")

    def asker(self, request: Request) -> Asker | None:
        """The person in the role chosen at sign-in, held against the register at each request; else None."""
        session = self.read(request)
        if session is None or not session.signed_in:
            return None
        worker = self._staff.by_id(str(session.data["staff"]))
        if worker is None or session.data["role"] not in worker.roles:
            return None
        organisation = organisation_of(self._parts, worker.organisation)
        return Asker(
            organisation=organisation.id,
            organisation_type=organisation.type,
            role=str(session.data["role"]),
            user=worker.id,
            teams=worker.teams,
            scopes=PERSON_SCOPES,
            own=worker.own,
            token=hashlib.sha256(b"session:" + session.id.encode()).hexdigest(),
            authenticated=int(session.data.get(AGAIN_AT, 0)),
        )

    @property
    def _idle(self) -> int:
        return self._parts.settings.session_idle_minutes * 60

    @property
    def _longest(self) -> int:
        return self._parts.settings.session_hours * 3600

    def _past(self, now: int) -> Any:
        return or_(col(SessionRow.seen) <= now - self._idle, col(SessionRow.began) <= now - self._longest)

    def _now(self) -> int:
        return int(self._parts.now().timestamp())


def _key(id: str) -> bytes:
    return hashlib.sha256(id.encode()).digest()


def _place(id: str) -> str:
    return "session:" + _key(id).hex()
