"""`POST /links/withdrawn`: a link between two records that are not one person's is undone.

Promise: the asker comes from the bearer token alone; records are named in the body, never in the address; a record that is not
there and one that nothing joins answer alike.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from starlette.responses import JSONResponse

from services.contract.cases import Asker, WithdrawLink
from services.contract.views import Refused
from services.gateway.access.bearer import Bearer
from services.gateway.api.cases import refused
from services.gateway.links.withdrawing import withdraw_link
from services.gateway.parts import Parts

SCOPE = "user/case"


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The route."""
    router = APIRouter(tags=["links"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]

    @router.post(
        "/links/withdrawn", status_code=201, summary="Withdraw a link between records", response_model=None
    )
    def withdrawn(asker: asked, body: Annotated[WithdrawLink, Body()]) -> JSONResponse:
        told = withdraw_link(parts, asker, body)
        return refused(told) if isinstance(told, Refused) else JSONResponse(told.plain(), 201)

    return router
