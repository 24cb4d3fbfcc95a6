"""Finding a person for a case, and showing what came of it: a family view, possible people, too many, or nobody.

Promise: the question travels by POST only, and the answer is shown in reply to it: no address ever holds either.
"""

from datetime import date

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.contract.about import CONFIRMING
from services.contract.cases import Asker
from services.contract.people import About
from services.contract.problems import NotFound
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway.ask import ask, note_outcome
from services.gateway.cases.states import load
from services.gateway.matching import SHOWN
from services.gateway.pages import half_known, question
from services.gateway.pages.case import case_page, kinds_for
from services.gateway.pages.cases import your_cases
from services.gateway.pages.desk import Desk, after
from services.gateway.pages.family import family_page
from services.gateway.pages.forms import Form, Typed, made
from services.gateway.profiles import day
from services.gateway.reviews.readers import reads


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/find")
    def blank(request: Request, case: str = "") -> Response:
        asker = desk.asker(request)
        return _form(desk, asker, Form({"case": case, "scope": "family"}))

    @router.post("/find")
    def asked(request: Request, form: Typed) -> Response:
        asker = desk.asker(request)
        if form.get(question.AGAIN):
            return _form(desk, asker, form)
        if form.get("subject"):
            person: About | None = _subject(desk, asker, form)
        else:
            person = half_known.about(form, date.fromisoformat(day(desk.parts.now())))
            if person is None and not form.errors:
                form.wrong("nhs_number", "Say something of the person: a number, a name, or what you know")
        if not form.get("case"):
            form.wrong("case", "Say for which case you ask")
        if person is None or form.errors:
            return _form(desk, asker, form)
        return answered(desk, asker, person, form)

    return router


def answered(desk: Desk, asker: Asker, person: About, form: Form) -> Response:
    """Ask, and show what came of it."""
    scope = form.get("scope") or "family"
    body = made(ViewRequest, about=person, case=form.get("case"), scope=scope)
    answer = ask(desk.parts, asker, body)
    if isinstance(answer, Refused):
        return desk.refuse(asker, answer, f"/your-cases/{body.case}")
    shown = _shown(desk, asker, body, answer, form)
    return after(shown, BackgroundTask(note_outcome, desk.parts, asker, answer, "delivered"))


def _shown(desk: Desk, asker: Asker, body: ViewRequest, answer: FamilyView, form: Form) -> Response:
    standing = load(desk.parts, asker, body.case)
    case = case_page(desk, asker, standing)
    if answer.match == "MATCH":
        book, reviews = desk.parts.shelf.current().sources, reads(asker.role)
        sources = {id: one.name for id, one in book.items()}
        kept = {id for id, one in book.items() if reviews and one.mode != "live"}
        kinds = kinds_for(asker, standing.row.purpose)
        view = family_page(answer, sources, desk.parts.now(), kinds, kept)
        return desk.show(asker, "family.html", here="find", case=case, view=view, reviews=reviews)
    asked = [name for name in CONFIRMING if name in body.about.identifiers | SHOWN]
    return desk.show(
        asker,
        "found.html",
        here="find",
        case=case,
        answer=answer,
        offers=question.offers(answer.candidates),
        carried=question.carried(form),
        now=desk.parts.now(),
        asked=asked,
        scope=body.scope,
        form=Form(),
    )


def _form(desk: Desk, asker: Asker, form: Form) -> Response:
    open_ = [one for one in your_cases(desk, asker) if one.open]
    chosen = next((one for one in open_ if one.id == form.get("case")), None)
    return desk.show(
        asker,
        "find.html",
        status=422 if form.errors else 200,
        here="find",
        cases=open_,
        chosen=chosen,
        relations=half_known.relations(),
        form=form,
    )


def _subject(desk: Desk, asker: Asker, form: Form) -> About:
    """A subject of the case as it was described there, by its place in the list."""
    standing = load(desk.parts, asker, form.get("case"))
    told = desk.parts.store.open(standing.row.sealed, f"case:{standing.row.id}")["subjects"]
    number = form.get("subject")
    if not number.isdigit() or int(number) >= len(told):
        raise NotFound("the case has no such subject")
    return made(About, **told[int(number)]["about"])
