"""Confirming that a possible person is the one meant, by two identifiers, and then the family view.

Promise: a wrong value and an unknown candidate are told alike; the candidate travels as a token that opens for this
person and case only.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.about import CONFIRMING, OF_MOTHER
from services.contract.cases import Asker, ConfirmIdentity
from services.contract.people import About
from services.contract.problems import BadInput
from services.gateway.cases.identity import confirm_identity
from services.gateway.cases.states import load
from services.gateway.pages import forms, question
from services.gateway.pages.case import case_page
from services.gateway.pages.desk import Desk
from services.gateway.pages.find import answered
from services.gateway.pages.forms import Form, Typed, made


def routes(desk: Desk) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.post("/find/confirm")
    def confirm(request: Request, form: Typed) -> Response:
        asker = desk.asker(request)
        told = _identifiers(form)
        if not form.get("candidate"):
            form.wrong("candidate", "Say which of these people you mean")
        if len(told) < 2:
            form.wrong("confirm-nhs_number", "Give two identifiers, at least one of them new")
        if form.errors:
            return _again(desk, asker, form)
        return _compared(desk, asker, form, told)

    return router


def _compared(desk: Desk, asker: Asker, form: Form, told: dict[str, str]) -> Response:
    body = made(ConfirmIdentity, candidate=form.get("candidate"), identifiers=told)
    try:
        answer = confirm_identity(desk.parts, asker, form.get("case"), body)
    except BadInput as problem:
        form.wrong("confirm-nhs_number", f"{problem.detail[:1].upper()}{problem.detail[1:]}")
        return _again(desk, asker, form)
    if answer.confirmed:
        return answered(desk, asker, made(About, candidate=body.candidate), form)
    left = "1 try is" if answer.tries_left == 1 else f"{answer.tries_left} tries are"
    form.wrong("confirm-nhs_number", f"The identifiers do not agree with the record. {left} left this hour")
    return _again(desk, asker, form)


def _identifiers(form: Form) -> dict[str, str]:
    described = forms.about(form, "confirm-", postcode=False)
    told = described.model_dump(exclude_none=True) if described else {}
    mother = forms.about(form, "mother-", postcode=False)
    of_mother = mother.model_dump(exclude_none=True) if mother else {}
    told |= {
        name: of_mother[name.removeprefix("mother_")]
        for name in OF_MOTHER
        if name.removeprefix("mother_") in of_mother
    }
    sex = form.get("confirm-sex")
    return told | ({"sex": sex} if sex else {})


def _again(desk: Desk, asker: Asker, form: Form) -> Response:
    """The form again, with the people whom the answer offered."""
    asked = [name for name in form.get("asked").split() if name in CONFIRMING]
    case = case_page(desk, asker, load(desk.parts, asker, form.get("case")))
    return desk.show(
        asker,
        "confirm.html",
        status=422,
        here="find",
        case=case,
        offers=question.offered(form),
        carried=question.carried(form),
        now=desk.parts.now(),
        asked=asked,
        scope=form.get("scope") or "family",
        form=form,
    )
