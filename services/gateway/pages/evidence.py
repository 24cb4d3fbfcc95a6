"""Recording evidence on a case, one form for each kind.

Promise: it is the same act as over the API: an entry first, then stored; whom it is about and every word are sealed.
"""

from datetime import datetime, time
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker, RecordEvidence
from services.contract.problems import BadInput, NotFound
from services.contract.views import Refused
from services.contract.vocabulary import code_list, entry
from services.gateway.cases.evidence import record_evidence
from services.gateway.cases.grounds import over_objection
from services.gateway.cases.states import GROUND, load
from services.gateway.pages.case import Id, case_page, kinds_for
from services.gateway.pages.desk import Desk, go
from services.gateway.pages.forms import Form, Typed, about, day, made
from services.gateway.pages.words import LONDON

_NEEDS_WORDS = ("override", "perceived-risk", "reasonable-cause", "referral", GROUND)
_GOES_ON = ("override", "perceived-risk")
_SAID = {"yes": True, "no": False}


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/your-cases/{id}/evidence/{kind}")
    def blank(request: Request, id: Id, kind: str) -> Response:
        return _form(desk, desk.asker(request), id, kind, Form())

    @router.post("/your-cases/{id}/evidence/{kind}")
    def filled(request: Request, id: Id, kind: str, form: Typed) -> Response:
        asker = desk.asker(request)
        body = _message(form, kind)
        if body is None:
            return _form(desk, asker, id, kind, form)
        try:
            recorded = record_evidence(desk.parts, asker, id, body)
        except BadInput as problem:
            for place in problem.places or (problem.detail,):
                form.wrong("text", place.rpartition(": ")[2])
            return _form(desk, asker, id, kind, form)
        back = f"/your-cases/{id}"
        return desk.refuse(asker, recorded, back, act=True) if isinstance(recorded, Refused) else go(back)

    return router


def _form(desk: Desk, asker: Asker, id: str, kind: str, form: Form) -> Response:
    if kind not in code_list("evidence-kinds"):
        raise NotFound("no such kind of evidence")
    standing = load(desk.parts, asker, id)
    if kind not in kinds_for(asker, standing.row.purpose):
        raise NotFound("this is not recorded on such a case, or not by you")
    return desk.show(
        asker,
        "evidence.html",
        status=422 if form.errors else 200,
        here="cases",
        case=case_page(desk, asker, standing),
        kind=entry("evidence-kinds", kind),
        reasons=list(code_list("no-consent-reasons").values()) if kind in _GOES_ON else [],
        grounds=[entry("grounds", code) for code in over_objection(standing.row.purpose)]
        if kind == GROUND
        else [],
        form=form,
    )


def _message(form: Form, kind: str) -> RecordEvidence | None:
    if kind not in code_list("evidence-kinds"):
        raise NotFound("no such kind of evidence")
    told: dict[str, Any] = {"kind": kind, "text": form.get("text"), "place": form.get("place") or None}
    if entry("evidence-kinds", kind)["per_person"]:
        told["about"] = about(form, "who-", postcode=False)
        told["alone"] = _SAID.get(form.get("alone"))
        until = day(form, "until")
        told["until"] = datetime.combine(datetime.fromisoformat(until), time.max, LONDON) if until else None
        if told["about"] is None:
            form.wrong("who-given", "Say whose it is: each person's agreement or refusal is their own")
    if kind in _GOES_ON:
        told["no_consent_reason"] = form.get("no_consent_reason") or None
    if kind == GROUND:
        told["ground"] = form.get("ground") or None
        if not told["ground"]:
            form.wrong("ground", "Say on which ground it goes on")
    if kind in _NEEDS_WORDS and not told["text"]:
        form.wrong("text", "Write it down in your own words")
    return None if form.errors else made(RecordEvidence, **told)
