"""The page on which a reviewer drafts the answer to a subject's own request, or to one by a parent or attorney.

Promise: it is the line of `POST /subject-requests`; whom it is about travels by POST only; nothing is given by it, and what is
marked to be kept back stands on the page for the reviewer alone, apart from what may be given.
"""

from typing import Any

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.problems import BadInput
from services.contract.views import DraftRequest, FamilyView, Refused
from services.contract.vocabulary import code_list
from services.gateway.ask import note_outcome
from services.gateway.cases.draft import PURPOSES, make_draft, told
from services.gateway.pages.desk import Desk, after
from services.gateway.pages.family import family_page
from services.gateway.pages.forms import Form, Typed, about, day, made, whom
from services.gateway.profiles import day as today

PAGE = "/subject-request"
OWN = PURPOSES[0]
LONGEST = 365
"""Days that a request may have waited."""


def purposes_of(desk: Desk, role: str) -> tuple[str, ...]:
    """The kinds of request that the role may draft an answer to, as the policies in force have it."""
    permitted = desk.parts.shelf.current().role_purposes.get(role, ())
    return tuple(code for code in PURPOSES if code in permitted)


def pages_of(desk: Desk, role: str) -> tuple[tuple[str, str], ...]:
    """(address, title) of the page, for a role that reads it."""
    return ((PAGE, "Draft the answer to a subject’s request"),) if purposes_of(desk, role) else ()


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(PAGE)
    def ask(request: Request) -> Response:
        return _asked(desk, _reader(desk, request), Form())

    @router.post(PAGE)
    def draft(request: Request, form: Typed) -> Response:
        asker = _reader(desk, request)
        values = _read(form, purposes_of(desk, asker.role))
        if values is None:
            return _asked(desk, asker, form)
        body = made(DraftRequest, **values)
        try:
            answer = make_draft(desk.parts, asker, body)
        except BadInput:
            form.wrong("checked-day", "Give a day that has been")
            return _asked(desk, asker, form)
        if isinstance(answer, Refused):
            return desk.refuse(asker, answer, PAGE)
        return _drafted(desk, asker, body, answer)

    return router


def _reader(desk: Desk, request: Request) -> Asker:
    return desk.reader(request, lambda role: bool(purposes_of(desk, role)))


def _read(form: Form, purposes: tuple[str, ...]) -> dict[str, Any] | None:
    """The request as it was typed; None, and what is wrong told at its field."""
    purpose, checked, waited = form.get("purpose"), day(form, "checked"), form.get("waited") or "0"
    if purpose not in purposes:
        form.wrong("purpose", "Say which kind of request it is")
    if not checked:
        form.wrong("checked-day", "Give the day on which you made sure who asks")
    if not waited.isdigit() or int(waited) > LONGEST:
        form.wrong("waited", f"Give a number of days up to {LONGEST}, or leave it empty")
    person = whom(form)
    by = about(form, "by-", postcode=False) if purpose not in ("", OWN) else None
    if by is None and purpose not in ("", OWN):
        form.wrong("by-nhs_number", "Say who asks, with a number, or a name and the date of birth")
    if form.errors:
        return None
    return {
        "purpose": purpose,
        "about": person,
        "by": by,
        "child": form.get("child") == "yes",
        "identity_checked": checked,
        "days_waited": int(waited),
    }


def _drafted(desk: Desk, asker: Asker, body: DraftRequest, answer: FamilyView) -> Response:
    sources = {one.id: one.name for one in desk.parts.shelf.current().sources.values()}
    page = desk.show(
        asker,
        "subject_request_drafted.html",
        here="tasks",
        draft=told(body, answer, today(desk.parts.now())),
        view=family_page(answer, sources, desk.parts.now()),
    )
    return after(page, BackgroundTask(note_outcome, desk.parts, asker, answer, "delivered"))


def _asked(desk: Desk, asker: Asker, form: Form) -> Response:
    purposes = code_list("purposes")
    return desk.show(
        asker,
        "subject_request.html",
        status=422 if form.errors else 200,
        here="tasks",
        purposes=[purposes[code] for code in purposes_of(desk, asker.role)],
        form=form,
    )
