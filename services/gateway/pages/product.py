"""The page on which a member of a case makes something for a partner that leaves the room, and the sheet that is made.

Promise: it is the line of `POST /cases/{id}/products`: whom it is about is chosen among the case's subjects, the action among
constant words, and nothing is typed into it; what was kept back stands on the page for whoever made it, apart from the sheet.
"""

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.views import ProductRequest, Refused
from services.contract.vocabulary import code_list
from services.gateway.ask import note_outcome
from services.gateway.cases.product import make_product, told
from services.gateway.cases.states import load
from services.gateway.pages.case import Id, case_page
from services.gateway.pages.desk import Desk, after
from services.gateway.pages.family import family_page
from services.gateway.pages.forms import Form, Typed, made


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/your-cases/{id}/product")
    def ask(request: Request, id: Id) -> Response:
        return _asked(desk, desk.asker(request), id, Form())

    @router.post("/your-cases/{id}/product")
    def make(request: Request, id: Id, form: Typed) -> Response:
        asker = desk.asker(request)
        row = load(desk.parts, asker, id).row
        subjects = desk.parts.store.open(row.sealed, f"case:{row.id}")["subjects"]
        number = form.get("subject")
        if not number.isdigit() or int(number) >= len(subjects):
            form.wrong("subject", "Say whom it is about")
        if form.get("to") not in _partners(desk, asker):
            form.wrong("to", "Say for which partner")
        if form.get("action") not in code_list("product-actions"):
            form.wrong("action", "Say what the partner is asked to do")
        if form.errors:
            return _asked(desk, asker, id, form)
        about = subjects[int(number)]["about"]
        body = made(ProductRequest, about=about, to=form.get("to"), action=form.get("action"))
        return _made(desk, asker, id, body)

    return router


def _made(desk: Desk, asker: Asker, id: str, body: ProductRequest) -> Response:
    answer = make_product(desk.parts, asker, id, body)
    if isinstance(answer, Refused):
        return desk.refuse(asker, answer, f"/your-cases/{id}")
    product = told(desk.parts, asker, body, answer)["product"]
    sources = {one.id: one.name for one in desk.parts.shelf.current().sources.values()}
    page = desk.show(
        asker,
        "product_made.html",
        here="cases",
        case=case_page(desk, asker, load(desk.parts, asker, id)),
        match=answer.match,
        product=product,
        partner=desk.organisation_name(body.to),
        view=family_page(answer, sources, desk.parts.now()) if product else None,
    )
    return after(page, BackgroundTask(note_outcome, desk.parts, asker, answer, "delivered"))


def _partners(desk: Desk, asker: Asker) -> dict[str, str]:
    """For whom something may be made: every other partner that is not suspended."""
    every = desk.parts.shelf.current().organisations.values()
    others = [one for one in every if not one.suspended and one.id != asker.organisation]
    return {one.id: one.name for one in sorted(others, key=lambda one: one.name)}


def _asked(desk: Desk, asker: Asker, id: str, form: Form) -> Response:
    return desk.show(
        asker,
        "product.html",
        status=422 if form.errors else 200,
        here="cases",
        case=case_page(desk, asker, load(desk.parts, asker, id)),
        partners=_partners(desk, asker),
        actions=[*code_list("product-actions").values()],
        form=form,
    )
