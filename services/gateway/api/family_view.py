"""`POST /family-view`: the main line over HTTP, as JSON or as one FHIR Bundle.

Promise: the body is made whole, and its entry durable, before the first byte of it goes out.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.contract.cases import Asker
from services.contract.views import Refused, ViewRequest
from services.gateway.access.bearer import Bearer
from services.gateway.answer import as_bundle, as_json
from services.gateway.api.cases import refused
from services.gateway.ask import ask, note_outcome
from services.gateway.parts import Parts

SCOPE = "user/family-view"
FHIR_JSON = "application/fhir+json"


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["family view"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]

    @router.post("/family-view", summary="Ask for a person or a family", response_model=None)
    def family_view(request: Request, asker: asked, body: Annotated[ViewRequest, Body()]) -> Response:
        answer = ask(parts, asker, body)
        if isinstance(answer, Refused):
            return refused(answer)
        done = BackgroundTask(note_outcome, parts, asker, answer, "delivered")
        receipts = f"{parts.settings.url}/ledger/receipts"
        link = {"Link": f'<{receipts}/{answer.receipt.id}>; rel="receipt"'} if answer.receipt else {}
        if FHIR_JSON in request.headers.get("accept", ""):
            return Response(as_bundle(answer, receipts), 200, link, FHIR_JSON, done)
        return Response(as_json(answer), 200, link, "application/json", done)

    return router
