"""`POST /family-view`: the main line over HTTP, as JSON or as one FHIR Bundle.

Promise: the body is made whole, and its entry durable, before the first byte of it goes out.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.views import FamilyView, Refused, ViewRequest
from services.gateway.access.bearer import Bearer
from services.gateway.answer import as_bundle, as_json
from services.gateway.api.cases import refused
from services.gateway.ask import ask, note_outcome
from services.gateway.once.key import HEADER, once_of, read_key
from services.gateway.once.repeat import AnsweredBefore, ask_once
from services.gateway.parts import Parts
from services.runtime.web import tell

SCOPE = "user/family-view"
FHIR_JSON = "application/fhir+json"
OnceHeader = Annotated[
    list[str] | None,
    Header(
        alias=HEADER,
        description="A string in double quotes, such as a fresh UUID. The same request under the same key within ten minutes "
        "gets the same answer; see draft-ietf-httpapi-idempotency-key-header.",
    ),
]


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["family view"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]

    @router.post("/family-view", summary="Ask for a person or a family", response_model=None)
    def family_view(
        request: Request,
        asker: asked,
        body: Annotated[ViewRequest, Body()],
        idempotency_key: OnceHeader = None,
    ) -> Response:
        fhir = FHIR_JSON in request.headers.get("accept", "")
        receipts = f"{parts.settings.url}/ledger/receipts"
        try:
            answer, again = _answer(parts, asker, body, read_key(idempotency_key or ()), fhir)
        except AnsweredBefore as problem:
            told = tell(request, problem)
            told.headers["Link"] = f'<{receipts}/{problem.receipt.id}>; rel="receipt"'
            return told
        if isinstance(answer, Refused):
            return refused(answer)
        # An intent has one outcome; a repeat has none, and counts as made.
        done = None if again else BackgroundTask(note_outcome, parts, asker, answer, "delivered")
        link = {"Link": f'<{receipts}/{answer.receipt.id}>; rel="receipt"'} if answer.receipt else {}
        if fhir:
            return Response(as_bundle(answer, receipts), 200, link, FHIR_JSON, done)
        return Response(as_json(answer), 200, link, "application/json", done)

    return router


def _answer(
    parts: Parts, asker: Asker, body: ViewRequest, key: str, fhir: bool
) -> tuple[FamilyView | Refused, bool]:
    """The answer, and whether it was given before."""
    if not key:
        return ask(parts, asker, body), False
    return ask_once(
        parts, asker, body, once_of(parts.keys, asker, body, FHIR_JSON if fhir else "", key, parts.now())
    )
