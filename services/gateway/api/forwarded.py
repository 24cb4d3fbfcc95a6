"""`POST /ledger/forward`: what another gateway of this hub asks of the one that has the sequencer.

Promise: there only where gateways share a ledger, and only for them: whatever was not sealed with the hub's own key finds
nothing here. What is asked is done here or refused, never passed on.
"""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from services.gateway.access.bearer import Bearer
from services.gateway.adapters.sealed_call import PATH
from services.gateway.adapters.shared_ledger import SharedLedger
from services.gateway.parts import Parts


def routes(parts: Parts, _bearer: Bearer) -> APIRouter:
    """The route, or none."""
    router = APIRouter(tags=["ledger"], include_in_schema=False)
    ledger = parts.ledger
    if isinstance(ledger, SharedLedger):

        @router.post(PATH, response_model=None)
        async def forward(request: Request) -> Response:
            body = await request.body()
            answer = await run_in_threadpool(ledger.answer, body)
            return Response(answer, media_type="application/octet-stream")

    return router
