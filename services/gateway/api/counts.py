"""`POST /counts`: numbers of people for research and the planning of services, to a person or a system.

Promise: the body is made whole, and its entry durable, before the first byte of it goes out; no body has room for a person.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from starlette.responses import JSONResponse

from services.contract.cases import Asker
from services.contract.views import CountsRequest, Refused
from services.gateway.access.bearer import Bearer
from services.gateway.access.clients import COUNTS_SCOPE
from services.gateway.api.cases import refused
from services.gateway.counts.giving import give_counts
from services.gateway.parts import Parts

SCOPE = "user/counts"


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["counts"])
    asked = Annotated[Asker, Depends(bearer.asker_or_system(SCOPE, COUNTS_SCOPE))]

    @router.post("/counts", summary="Numbers of people for research and planning", response_model=None)
    def counts(asker: asked, body: Annotated[CountsRequest, Body()]) -> JSONResponse:
        answer = give_counts(parts, asker, body)
        if isinstance(answer, Refused):
            return refused(answer)
        return JSONResponse(answer.model_dump(mode="json"))

    return router
