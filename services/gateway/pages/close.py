"""Closing a case: the one question that is asked then.

Promise: it is the same act as over the API; the words are sealed, and only the answer's code is an entry.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker, CloseCase
from services.contract.problems import BadInput, NotFound
from services.contract.vocabulary import code_list
from services.gateway.cases.close import close_case, may_close
from services.gateway.cases.states import load
from services.gateway.pages.case import Id, case_page
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed, made


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/your-cases/{id}/close")
    def blank(request: Request, id: Id) -> Response:
        return _form(desk, desk.asker(request), id, Form())

    @router.post("/your-cases/{id}/close")
    def closed(request: Request, id: Id, form: Typed) -> Response:
        asker = desk.asker(request)
        if form.get("changed") not in code_list("decision-changed"):
            form.wrong("changed", "Say whether it changed the decision")
        if form.get("outcome") not in code_list("case-outcomes"):
            form.wrong("outcome", "Say what comes nearest")
        if form.errors:
            return _form(desk, asker, id, form)
        said = {name: form.get(name) for name in ("changed", "outcome", "text")}
        try:
            close_case(desk.parts, asker, id, made(CloseCase, **said))
        except BadInput as problem:
            if not problem.places:
                raise
            form.wrong("outcome", "This does not go with the answer above")
            return _form(desk, asker, id, form)
        return go("/your-cases")

    return router


def _form(desk: Desk, asker: Asker, id: str, form: Form) -> Response:
    standing = load(desk.parts, asker, id)
    if not may_close(asker, standing):
        raise NotFound("the case is not yours to close")
    return desk.show(
        asker,
        "close.html",
        status=422 if form.errors else 200,
        here="cases",
        case=case_page(desk, asker, standing),
        answers=list(code_list("decision-changed").values()),
        outcomes=list(code_list("case-outcomes").values()),
        form=form,
    )
