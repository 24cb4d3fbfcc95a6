"""The page on which a researcher or planner asks for numbers of people, and is given the table of the month.

Promise: it is the line of `POST /counts`; the form has words of the vocabulary alone, so that nothing of a person can be typed.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.views import CountsRequest, Refused
from services.contract.vocabulary import code_list
from services.gateway.counts.giving import give_counts
from services.gateway.pages.desk import Desk
from services.gateway.pages.forms import Form, Typed, made

PAGE = "/numbers"


def purposes_of(desk: Desk, role: str) -> tuple[str, ...]:
    """The purposes for which the role may be given numbers, as the policies in force have it."""
    book, purposes = desk.parts.shelf.current(), code_list("purposes")
    permitted = book.role_purposes.get(role, ())
    return tuple(
        code
        for code, row in purposes.items()
        if code in permitted and row.get("column") in book.data["matrix"]["counts"]
    )


def pages_of(desk: Desk, role: str) -> tuple[tuple[str, str], ...]:
    """(address, title) of the page, for a role that reads it."""
    return ((PAGE, "Numbers for research and planning"),) if purposes_of(desk, role) else ()


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get(PAGE)
    def ask(request: Request) -> Response:
        return _asked(desk, _reader(desk, request), Form())

    @router.post(PAGE)
    def give(request: Request, form: Typed) -> Response:
        asker = _reader(desk, request)
        breakdowns, among = code_list("breakdowns"), form.get("among")
        by = breakdowns.get(form.get("by"))
        if form.get("purpose") not in purposes_of(desk, asker.role):
            form.wrong("purpose", "Say what the numbers are for")
        if by is None:
            form.wrong("by", "Say which table")
        elif by["among"] and among not in code_list("ages"):
            form.wrong("among", "Say of which age group")
        if by is None or form.errors:
            return _asked(desk, asker, form)
        body = made(
            CountsRequest,
            purpose=form.get("purpose"),
            by=form.get("by"),
            among=among if by["among"] else None,
        )
        answer = give_counts(desk.parts, asker, body)
        if isinstance(answer, Refused):
            return desk.refuse(asker, answer, PAGE)
        return desk.show(asker, "numbers_given.html", here="tasks", answer=answer)

    return router


def _reader(desk: Desk, request: Request) -> Asker:
    return desk.reader(request, lambda role: bool(purposes_of(desk, role)))


def _asked(desk: Desk, asker: Asker, form: Form) -> Response:
    return desk.show(
        asker,
        "numbers.html",
        status=422 if form.errors else 200,
        here="tasks",
        purposes=purposes_of(desk, asker.role),
        breakdowns=[*code_list("breakdowns").values()],
        ages=[*code_list("ages").values()],
        form=form,
    )
