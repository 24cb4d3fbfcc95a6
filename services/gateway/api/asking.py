"""The addresses by which a member of a case asks others: an owner, an owner's Caldicott Guardian, one's own advisers.

Promise: the asker comes from the bearer token alone; what was asked is an entry before it is in anybody's inbox.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from starlette.responses import JSONResponse

from services.contract.cases import Advice, Asker, AskOwner, Challenge
from services.gateway.access.bearer import Bearer
from services.gateway.api.cases import SCOPE, Id
from services.gateway.parts import Parts
from services.gateway.tasks.asked import list_asked
from services.gateway.tasks.asking import ask_advice, ask_owner, challenge


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["asking"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]

    @router.get("/cases/{id}/asked", summary="What was asked of others on a case, and what came of it")
    def listed(asker: asked, id: Id) -> dict[str, Any]:
        return {"asked": list_asked(parts, asker, id)}

    @router.post("/cases/{id}/approvals", summary="Ask an owner for something withheld", response_model=None)
    def approvals(asker: asked, id: Id, body: Annotated[AskOwner, Body()]) -> JSONResponse:
        return JSONResponse({"asked": ask_owner(parts, asker, id, body)}, 201)

    @router.post("/cases/{id}/challenges", summary="Challenge an owner's refusal", response_model=None)
    def challenges(asker: asked, id: Id, body: Annotated[Challenge, Body()]) -> JSONResponse:
        return JSONResponse({"asked": [challenge(parts, asker, id, body)]}, 201)

    @router.post("/cases/{id}/advice", summary="Ask for advice", response_model=None)
    def advice(asker: asked, id: Id, body: Annotated[Advice, Body()]) -> JSONResponse:
        return JSONResponse({"asked": [ask_advice(parts, asker, id, body)]}, 201)

    return router
