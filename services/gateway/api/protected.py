"""`POST /protected/found`: for the designated officer, and for nobody else a route that is not there.

Promise: the asker comes from the bearer token alone; whom it is about is in the body, never in the address.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from starlette.responses import JSONResponse

from services.contract.cases import Asker
from services.contract.people import About
from services.contract.views import Refused
from services.gateway.access.bearer import Bearer
from services.gateway.api.cases import refused
from services.gateway.parts import Parts
from services.gateway.protected.finding import find_protected

SCOPE = "user/case"


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["protected people"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]

    @router.post("/protected/found", summary="Find somebody under witness protection", response_model=None)
    def found(asker: asked, body: Annotated[About, Body()]) -> JSONResponse:
        told = find_protected(parts, asker, body)
        return refused(told) if isinstance(told, Refused) else JSONResponse(told.plain())

    return router
