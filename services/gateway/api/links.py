"""`POST /links/withdrawn`: a link between two records that are not one person's is undone. `POST /reviews`: people are asked
whether two records are one person's.

Promise: the asker comes from the bearer token alone; records are named in the body, never in the address; a record that is not
there and one that nothing joins answer alike.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from starlette.responses import JSONResponse

from services.contract.cases import AskAboutLink, Asker, WithdrawLink
from services.contract.views import Refused
from services.gateway.access.bearer import Bearer
from services.gateway.api.cases import refused
from services.gateway.links.asking import ask_about_link
from services.gateway.links.withdrawing import Waits, withdraw_link
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
        if isinstance(told, Refused):
            return refused(told)
        return JSONResponse(told.plain(), 202 if isinstance(told, Waits) else 201)

    @router.post("/reviews", status_code=201, summary="Ask whether two records are one person's")
    def put(asker: asked, body: Annotated[AskAboutLink, Body()]) -> dict[str, str]:
        return {"review": ask_about_link(parts, asker, body)}

    return router
