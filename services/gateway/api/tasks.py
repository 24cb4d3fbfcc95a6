"""The addresses about tasks: an inbox, one task, and deciding it.

Promise: the asker comes from the bearer token alone; a task of another organisation or inbox answers as one that never
was; a refusal is 403 with its code.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path
from starlette.responses import JSONResponse, Response

from services.contract.canonical import emit
from services.contract.cases import Asker, DecideTask
from services.contract.views import Refused
from services.gateway.access.bearer import Bearer
from services.gateway.api.cases import refused
from services.gateway.parts import Parts
from services.gateway.tasks.deciding import decide_task
from services.gateway.tasks.inbox import list_tasks
from services.gateway.tasks.opening import open_task

SCOPE = "user/task"
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["tasks"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]

    @router.get("/tasks", summary="The open tasks of your inboxes")
    def waiting(asker: asked) -> dict[str, Any]:
        return {"tasks": list_tasks(parts, asker)}

    @router.get("/tasks/{id}", summary="Open a task", response_model=None)
    def opened(asker: asked, id: Id) -> Response:
        told = open_task(parts, asker, id)
        if isinstance(told, Refused):
            return refused(told)
        # The owner's numbers as they came: 6.30 stays 6.30.
        return Response(emit(told), media_type="application/json")

    @router.post("/tasks/{id}/decide", summary="Decide a task", response_model=None)
    def decide(asker: asked, id: Id, body: Annotated[DecideTask, Body()]) -> JSONResponse:
        told = decide_task(parts, asker, id, body)
        return refused(told) if isinstance(told, Refused) else JSONResponse(told)

    return router
