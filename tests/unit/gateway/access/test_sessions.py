"""Promise: a session ends when it should and its id changes at sign-in.

No other site acts in a person's name.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import Request
from sqlmodel import select
from starlette.responses import Response

from services.gateway.access.sessions import Sessions
from services.gateway.access.staff import Staff
from services.gateway.store.tables import SessionRow
from services.runtime.settings import Settings
from tests.gateway_world import World


def _request(sessions: Sessions, id: str) -> Request:
    cookie = f"{sessions.cookie}={id}".encode()
    return Request({"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", cookie)]})


@pytest.fixture
def sessions(world: World) -> Sessions:
    return Sessions(world.parts)


def test_a_session_is_the_person_in_the_role_chosen(world: World, sessions: Sessions) -> None:
    session = sessions.start({"staff": world.staff["worker"], "role": "SW-CHILD"})
    asker = sessions.asker(_request(sessions, session.id))
    assert asker is not None
    assert (asker.organisation, asker.role, asker.teams) == ("northshire-csc", "SW-CHILD", ("north",))
    assert session.id not in asker.token


def test_idle_and_absolute_ends(world: World, sessions: Sessions) -> None:
    session = sessions.start({"staff": world.staff["worker"], "role": "SW-CHILD"})
    for _ in range(43):  # ten hours of steady use
        world.clock.move(minutes=14)
        if world.clock.at.hour < 19:
            assert sessions.read(_request(sessions, session.id)) is not None
    assert sessions.read(_request(sessions, session.id)) is None
    idle = sessions.start({"staff": world.staff["worker"], "role": "SW-CHILD"})
    world.clock.move(minutes=14)
    assert sessions.read(_request(sessions, idle.id)) is not None
    world.clock.move(minutes=15)
    assert sessions.read(_request(sessions, idle.id)) is None


def test_rotation_and_sign_out(world: World, sessions: Sessions) -> None:
    before = sessions.start({})
    after = sessions.rotate(before, {"staff": world.staff["worker"], "role": "SW-CHILD"})
    assert after.id != before.id
    assert sessions.read(_request(sessions, before.id)) is None
    sessions.end(after)
    assert sessions.read(_request(sessions, after.id)) is None


def test_an_ended_worker_or_role_ends_the_session(world: World, sessions: Sessions) -> None:
    session = sessions.start({"staff": world.staff["worker"], "role": "SW-TEAM-MGR"})
    assert sessions.asker(_request(sessions, session.id)) is None
    session = sessions.start({"staff": world.staff["worker"], "role": "SW-CHILD"})
    Staff(world.parts.store, world.parts.keys).end(world.staff["worker"], "2026-11-23T09:00:00Z")
    assert sessions.asker(_request(sessions, session.id)) is None


def test_the_table_holds_neither_id_nor_data(world: World, sessions: Sessions) -> None:
    session = sessions.start({"staff": "somebody-known"})
    with world.parts.store.begin() as database:
        rows = database.exec(select(SessionRow)).all()
    held = b"".join(row.id + row.sealed for row in rows)
    assert session.id.encode() not in held
    assert b"somebody" not in held


def test_the_cookie(world: World, sessions: Sessions, tmp_path: Path) -> None:
    live = Settings(mode="live", home=tmp_path, keys=tmp_path.parent / "k", public_url="https://hub.example")
    strict = Sessions(replace(world.parts, settings=live))
    answer = Response()
    strict.give(answer, strict.start({}))
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-mash=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert part in cookie
    assert "Domain" not in cookie
    assert (sessions.cookie, sessions.secure) == ("mash-demo", False)


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8700"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://127.0.0.1:8700"}, True),
        ({"Origin": "http://127.0.0.1:8700.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
def test_only_the_hubs_own_pages_post(world: World, headers: dict[str, str], passes: bool) -> None:
    # An address that only reads a token: past the guard it says 401.
    answer = world.http.post("/cases", json={}, headers=headers | {"Cookie": "mash-demo=x"})
    assert answer.status_code == (401 if passes else 403)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_without_a_cookie_there_is_nothing_to_forge(world: World) -> None:
    answer = world.http.post("/cases", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 401
