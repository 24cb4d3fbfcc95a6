"""All pages of staff, one module for each; mounted by `gateway/app.py`.

Promise: every page that shows something about a person gets it from `gateway/ask.py` or from the case itself, and every
form that says anything about a person is sent by POST.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from services.gateway.access.oidc import SignIn
from services.gateway.access.sessions import Sessions
from services.gateway.pages import (
    asking,
    beside,
    case,
    cases,
    close,
    evidence,
    find,
    identity,
    links,
    matrix,
    new_case,
    numbers,
    oversight,
    own_copy,
    policies,
    product,
    protected,
    receipt,
    report,
    reviews,
    rights,
    start,
    subject_request,
    tasks,
)
from services.gateway.pages.desk import Desk
from services.gateway.pages.problem import problem_page
from services.gateway.parts import Parts


def routes(parts: Parts, sessions: Sessions, sign_in: SignIn) -> APIRouter:
    """The pages; from the app's start problems are shown as pages too."""
    desk = Desk(parts, sessions, sign_in)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.problem_page = problem_page(desk)
        yield

    router = APIRouter(include_in_schema=False, lifespan=life)
    for room in (
        start,
        cases,
        new_case,
        case,
        close,
        evidence,
        find,
        identity,
        links,
        beside,
        matrix,
        policies,
        receipt,
        report,
        reviews,
        rights,
        own_copy,
        tasks,
        asking,
        oversight,
        numbers,
        product,
        protected,
        subject_request,
    ):
        router.include_router(room.routes(desk))
    return router
