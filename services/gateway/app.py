"""The gateway as one ASGI app: the routes of its rooms on the web set-up, and the operators' app beside it.

Promise: a route that releases is mounted here and nowhere else. A room that others write is a module with
`routes(parts, bearer) -> APIRouter` (api/family_view.py, api/ledger.py) or `routes(parts, sessions, sign_in)`
(pages/routes.py); it is mounted as soon as it is there.
"""

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

from authlib.oauth2.rfc6749 import OAuth2Error  # type: ignore[import-untyped]
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from services.contract.problems import Unavailable
from services.gateway.access.bearer import Bearer
from services.gateway.access.csrf import SameSite
from services.gateway.access.oidc import SignIn
from services.gateway.access.sessions import Sessions
from services.gateway.access.signing import TokenKeys
from services.gateway.access.token import oauth_error, token_routes
from services.gateway.api.cases import case_routes
from services.gateway.api.fhir import fhir_routes
from services.gateway.api.operators import acts_route
from services.gateway.cases.states import sweep_lapsed
from services.gateway.clock import Clock
from services.gateway.once import repeat
from services.gateway.partners.publish import finish_unsent
from services.gateway.parts import Parts
from services.gateway.tasks import emergency_alarm, paper_clock, working_off
from services.runtime import web
from services.runtime.logs import log

_API = (
    "services.gateway.api.family_view",
    "services.gateway.api.ledger",
    "services.gateway.api.forwarded",
    "services.gateway.api.auditing",
    "services.gateway.api.tasks",
    "services.gateway.api.asking",
    "services.gateway.api.counts",
    "services.gateway.api.leaving",
    "services.gateway.api.people_search",
    "services.gateway.api.links",
    "services.gateway.api.protected",
)
LAPSES_EVERY = 60.0
"""Seconds between two looks for enquiries that have lapsed: each says so within a minute, whether or not anybody looks."""
_PAGES = "services.gateway.pages.routes"


def make_gateway(parts: Parts) -> FastAPI:
    """The app. At its start it finishes what an earlier run stored and did not make visible."""

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(_finish, parts)
        clocks = _clocks(parts)
        for clock in clocks:
            clock.start()
        yield
        for clock in clocks:
            await run_in_threadpool(clock.stop)

    keys = TokenKeys(parts.keys)
    bearer, sessions = Bearer(parts, keys), Sessions(parts)
    same_site = Middleware(SameSite, cookie=sessions.cookie, origin=parts.settings.url)
    app = web.make_app(parts.settings, metrics=parts.metrics, lifespan=life, middleware=[same_site])
    app.add_exception_handler(OAuth2Error, oauth_error)
    for router in (token_routes(parts, keys), case_routes(parts, bearer), fhir_routes(parts, bearer)):
        app.include_router(router)
    for name in _API:
        room = _found(name)
        if room is not None:
            app.include_router(room.routes(parts, bearer))
    pages = _found(_PAGES)
    if pages is not None:
        app.include_router(pages.routes(parts, sessions, SignIn(parts, sessions)))
    return app


def _clocks(parts: Parts) -> list[Clock]:
    """What the hub looks after by itself. A gateway without a policy book (by itself, in tests) has no paper to look after."""
    clocks = [
        Clock("lapses", lambda: sweep_lapsed(parts), LAPSES_EVERY),
        Clock("answers", lambda: repeat.forget_answers(parts), repeat.EVERY),
        Clock("emergency log", lambda: emergency_alarm.tell(parts), emergency_alarm.EVERY),
        Clock("notes", lambda: working_off.look_after_notes(parts), working_off.EVERY),
    ]
    if parts.shelf is not None:
        clocks.append(Clock("paper", lambda: paper_clock.tell_ig_leads(parts), paper_clock.EVERY))
    return clocks


def make_ops(parts: Parts) -> FastAPI:
    """The operators' app, for the loopback listener.

    Ready where every part answers, policy under its revision; where the ledger takes emergencies only, too, for whoever
    stopped sending requests here would stop those: that is an alarm.
    """
    probes = {
        "store": parts.store.answers,
        "index": parts.index.ready,
        "policy": parts.policy.ready,
        "ledger": lambda: (health := parts.ledger.health()).ready or health.goes_on,
    }
    parts.metrics.quorum_late.set_function(lambda: max(parts.ledger.health().late.values(), default=0.0))
    emergency_alarm.measure(parts)
    details = {
        "ledger": lambda: parts.ledger.health().detail,
        "emergency log": lambda: "; ".join(parts.ledger.health().alarms),
    }
    ops = web.make_ops(probes, parts.metrics, details)
    ops.router.routes.append(acts_route(parts))
    return ops


def _found(name: str) -> ModuleType | None:
    """The module, or None where there is none; what breaks inside one that is there is not hidden."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            return None
        raise


def _finish(parts: Parts) -> None:
    try:
        count = finish_unsent(parts)
    except Unavailable as problem:
        # The hub starts all the same and says that it is not ready; nothing of it is visible meanwhile.
        log.warning("unsent-kept", kind=problem.kind)
        return
    if count:
        log.info("unsent-finished", count=count)
