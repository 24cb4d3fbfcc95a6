"""The first page, signing in and out, the choice of a role, and the accessibility statement.

Promise: what these pages show is the same for everybody; who somebody is comes from the sign-in provider alone.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.problems import NotSignedIn
from services.gateway.access.staff import Staff
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Typed
from services.gateway.pages.rendering import static_file

_WAITING = "choices"


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/")
    def start(request: Request) -> Response:
        if desk.sessions.asker(request) is not None:
            return go("/your-cases")
        return desk.show(None, "start.html")

    @router.get("/accessibility")
    def accessibility(request: Request) -> Response:
        return desk.show(desk.sessions.asker(request), "accessibility.html")

    @router.get("/static/{version}/{name:path}")
    def static(version: str, name: str) -> Response:
        return static_file(version, name)

    _signing_in(router, desk)
    return router


def _signing_in(router: APIRouter, desk: Desk) -> None:
    @router.get("/sign-in")
    async def sign_in(request: Request) -> Response:
        return await desk.sign_in.begin(request)

    @router.get("/sign-in/callback")
    async def callback(request: Request) -> Response:
        session, roles, then = await desk.sign_in.finish(request)
        answer = go(then or ("/your-cases" if len(roles) == 1 else "/sign-in/role"))
        desk.sessions.give(answer, session)
        return answer

    @router.get("/sign-in/role")
    def roles(request: Request) -> Response:
        return _choice(desk, request)

    @router.post("/sign-in/role")
    def choose(request: Request, form: Typed) -> Response:
        session = desk.sessions.read(request)
        offered = session.data.get(_WAITING, []) if session else []
        number = form.get("choice")
        if session is None or not offered:
            raise NotSignedIn("the sign-in took too long")
        if not number.isdigit() or int(number) >= len(offered):
            return _choice(desk, request, "Say in which role you work now")
        staff, role = offered[int(number)]
        chosen = desk.sign_in.choose(session, staff, role)
        answer = go("/your-cases")
        desk.sessions.give(answer, chosen)
        return answer

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        return desk.sign_in.sign_out(request)


def _choice(desk: Desk, request: Request, error: str = "") -> Response:
    session = desk.sessions.read(request)
    offered = session.data.get(_WAITING, []) if session else []
    if not offered:
        return go("/")
    rows = [(str(number), role, _organisation(desk, staff)) for number, (staff, role) in enumerate(offered)]
    return desk.show(None, "role.html", rows=rows, error=error)


def _organisation(desk: Desk, staff: str) -> str:
    worker = Staff(desk.parts.store, desk.parts.keys).by_id(staff)
    return desk.organisation_name(worker.organisation) if worker else ""
