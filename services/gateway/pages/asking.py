"""Asking others about a case: an owner for what was withheld, an owner's Caldicott Guardian for a second look, one's own
advisers for advice.

Promise: the same acts as over the API, an entry first; a token is in the body of a form and in no address.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.contract.cases import Advice, Asker, AskOwner, Challenge
from services.contract.problems import BadInput, NotFound
from services.contract.vocabulary import entry
from services.gateway.cases.states import load
from services.gateway.pages.case import Id, case_page
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed, made
from services.gateway.tasks.asked import find_asked
from services.gateway.tasks.asking import ADVISERS, ask_advice, ask_owner, challenge
from services.gateway.tasks.notes import Notes

AskedId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_LEAST = 3
"""Letters of a reason."""


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.post("/your-cases/{id}/owner")
    def owner(request: Request, id: Id, form: Typed) -> Response:
        asker = desk.asker(request)
        offered = Notes(desk.parts.store, desk.parts.keys, desk.parts.clock).offered(
            form.get("ask"), asker, id
        )
        if offered is None:
            raise BadInput(
                "this was offered to somebody else, or too long ago",
                next_step="Ask for the family again, and ask from there.",
            )
        if form.get("sent") and _reason(form, "reason"):
            ask_owner(desk.parts, asker, id, made(AskOwner, ask=form.get("ask"), reason=form.get("reason")))
            return go(f"/your-cases/{id}")
        _, offer = offered
        return _form(
            desk, asker, id, form, "owner", heading=f"Ask {offer.line}", lead=f"What you ask for: {offer.what}.",
            hint="The owner reads this. Say why it is needed for this case, and no more.", button="Ask the owner",
        )  # fmt: skip

    @router.get("/your-cases/{id}/challenge/{asked}")
    def blank_challenge(request: Request, id: Id, asked: AskedId) -> Response:
        return _challenge(desk, desk.asker(request), id, asked, Form())

    @router.post("/your-cases/{id}/challenge/{asked}")
    def sent_challenge(request: Request, id: Id, asked: AskedId, form: Typed) -> Response:
        asker = desk.asker(request)
        if not _reason(form, "reason"):
            return _challenge(desk, asker, id, asked, form)
        challenge(desk.parts, asker, id, made(Challenge, asked=asked, reason=form.get("reason")))
        return go(f"/your-cases/{id}")

    _advice_routes(router, desk)
    return router


def _advice_routes(router: APIRouter, desk: Desk) -> None:
    @router.get("/your-cases/{id}/advice")
    def blank(request: Request, id: Id) -> Response:
        return _advice(desk, desk.asker(request), id, Form())

    @router.post("/your-cases/{id}/advice")
    def sent(request: Request, id: Id, form: Typed) -> Response:
        asker = desk.asker(request)
        if form.get("of") not in ADVISERS:
            form.wrong("of", "Say whose advice you need")
        if not _reason(form, "reason") or form.errors:
            return _advice(desk, asker, id, form)
        ask_advice(desk.parts, asker, id, made(Advice, of=form.get("of"), question=form.get("reason")))
        return go(f"/your-cases/{id}")


def _reason(form: Form, name: str) -> bool:
    if len(form.get(name)) < _LEAST:
        form.wrong(name, "Write it down in your own words")
    return not form.errors


def _challenge(desk: Desk, asker: Asker, id: str, asked: str, form: Form) -> Response:
    load(desk.parts, asker, id)
    before = find_asked(desk.parts, id, asked)
    if before is None:
        raise NotFound("nothing of this kind was asked on the case")
    return _form(
        desk, asker, id, form, f"challenge/{asked}", heading="Challenge a refusal", lead=f"{before.source}: {before.what}.",
        hint="The Caldicott Guardian of the organisation that refused reads this. Say why the refusal does not hold.",
        button="Send the challenge",
    )  # fmt: skip


def _advice(desk: Desk, asker: Asker, id: str, form: Form) -> Response:
    whose = [{"value": code, "text": str(entry("inboxes", code)["title"])} for code in ADVISERS]
    return _form(
        desk, asker, id, form, "advice", heading="Ask for advice", whose=whose,
        lead="Ask your own organisation's Caldicott Guardian or information governance lead whether and how to share.",
        hint="Your question. Say what is to be decided; name nobody who need not be named.", button="Ask for advice",
    )  # fmt: skip


def _form(desk: Desk, asker: Asker, id: str, form: Form, act: str, **model: Any) -> Response:
    case = case_page(desk, asker, load(desk.parts, asker, id))
    model.setdefault("whose", [])
    status = 422 if form.errors else 200
    return desk.show(
        asker, "asking.html", status=status, here="cases", case=case, form=form, act=act, **model
    )
