"""The designated officer's page: finding somebody whom the own organisation has under witness protection.

Promise: for anybody else there is no such page, and no link to one; whom it is about travels by POST only; what is shown was
entered first.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.problems import NotFound
from services.contract.views import Refused
from services.gateway.pages import words
from services.gateway.pages.desk import Desk
from services.gateway.pages.forms import Form, Typed, whom
from services.gateway.pages.tasks import PROTECTED, in_own_words
from services.gateway.protected.designated import is_officer
from services.gateway.protected.finding import find_protected

PAGE = PROTECTED


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(PAGE)
    def blank(request: Request) -> Response:
        return _form(desk, _officer(desk, request), Form())

    @router.post(PAGE)
    def found(request: Request, form: Typed) -> Response:
        asker = _officer(desk, request)
        about = whom(form)
        if about is None or form.errors:
            return _form(desk, asker, form)
        told = find_protected(desk.parts, asker, about)
        if isinstance(told, Refused):
            return desk.refuse(asker, told, PAGE)
        records = [in_own_words(dict(one)) for one in told.resources]
        return desk.show(
            asker,
            "protected_found.html",
            here="tasks",
            records=records,
            several=told.several,
            receipt=told.receipt,
            organisation=words.first_up(desk.organisation_name(asker.organisation)),
        )

    return router


def _officer(desk: Desk, request: Request) -> Asker:
    asker = desk.asker(request)
    if not is_officer(desk.parts.store, asker):
        raise NotFound("no such page is yours to read")
    return asker


def _form(desk: Desk, asker: Asker, form: Form) -> Response:
    status = 422 if form.errors else 200
    return desk.show(asker, "protected.html", status=status, here="tasks", form=form)
