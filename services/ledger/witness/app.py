"""A witness's two addresses over HTTP (C2SP tlog-witness): POST /add-checkpoint, GET /<hex sha256(origin)>/checkpoint.

Promise: nothing of a person is taken or given; a body is read to a limit and no further; what nobody foresaw is a 500
without words.
"""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from services.ledger.add_checkpoint import LONGEST
from services.ledger.witness.decide import BAD, Answer
from services.ledger.witness.witness import Witness

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def make_witness_app(witness: Witness) -> Starlette:
    """The ASGI app."""

    async def add(request: Request) -> Response:
        body = await _body(request)
        answer = Answer(BAD) if body is None else await run_in_threadpool(witness.add_checkpoint, body)
        return _response(answer)

    async def latest(request: Request) -> Response:
        return _response(await run_in_threadpool(witness.latest, request.path_params["digest"]))

    return Starlette(
        routes=[
            Route("/add-checkpoint", add, methods=["POST"]),
            Route("/{digest}/checkpoint", latest, methods=["GET"]),
        ]
    )


async def _body(request: Request) -> bytes | None:
    """The body, or None where it is longer than a request may be."""
    found = bytearray()
    try:
        async for part in request.stream():
            found += part
            if len(found) > LONGEST:
                return None
    except ClientDisconnect:
        return None
    return bytes(found)


def _response(answer: Answer) -> Response:
    # The specification's content type stands as it is: a parameter would be added to a media type of text otherwise.
    return Response(answer.body, answer.status, {**_HEADERS, "Content-Type": answer.type})
