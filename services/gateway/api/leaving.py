"""The addresses of what is made of records: something for a partner that leaves the room, and the draft for a subject's request.

Promise: the body is made whole, and its entry durable, before the first byte of it goes out; a refusal is 403 with its code.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.contract.canonical import emit
from services.contract.cases import Asker
from services.contract.views import DraftRequest, ProductRequest, Refused
from services.gateway.access.bearer import Bearer
from services.gateway.api.cases import SCOPE, Id, refused
from services.gateway.ask import note_outcome
from services.gateway.cases import draft, product
from services.gateway.parts import Parts
from services.gateway.profiles import day

JSON = "application/json"


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["leaving"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]

    @router.post("/cases/{id}/products", summary="Make something for a partner", response_model=None)
    def products(asker: asked, id: Id, body: Annotated[ProductRequest, Body()]) -> Response:
        answer = product.make_product(parts, asker, id, body)
        if isinstance(answer, Refused):
            return refused(answer)
        done = BackgroundTask(note_outcome, parts, asker, answer, "delivered")
        return Response(emit(product.told(parts, asker, body, answer)), 201, media_type=JSON, background=done)

    @router.post("/subject-requests", summary="Draft an answer to a subject's request", response_model=None)
    def drafts(asker: asked, body: Annotated[DraftRequest, Body()]) -> Response:
        answer = draft.make_draft(parts, asker, body)
        if isinstance(answer, Refused):
            return refused(answer)
        done = BackgroundTask(note_outcome, parts, asker, answer, "delivered")
        told = draft.told(body, answer, day(parts.now()))
        return Response(emit(told), 201, media_type=JSON, background=done)

    return router
