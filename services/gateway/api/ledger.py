"""`GET /ledger/{log}/checkpoint`, `GET /ledger/{log}/tile/…`, `GET /ledger/receipts/{id}` and `…/opening`.

Promise: nothing of the ledger is anonymous; what is not one's own is not there.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from services.gateway.access.bearer import Bearer
from services.gateway.parts import Parts
from services.gateway.receipts import Reader, read_checkpoint, read_opening, read_receipt, read_tile

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$")]
Log = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,32}$")]
TEXT = "text/plain; charset=utf-8"


def reader_of(bearer: Bearer) -> Callable[[Request], Reader]:
    """A dependency: whoever holds a good token, a person or a system."""

    def reader(request: Request) -> Reader:
        caller = bearer.caller(request)
        return Reader(
            organisation=caller.organisation,
            role=caller.role,
            user=caller.user,
            client_key=caller.client_key,
            token=caller.token,
            scopes=caller.scopes,
            client=caller.client,
        )

    return reader


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/ledger", tags=["ledger"])
    read = Annotated[Reader, Depends(reader_of(bearer))]

    @router.get("/receipts/{id}", summary="The proof that a release is in the ledger", response_model=None)
    def receipt(who: read, id: Id) -> Response:
        return Response(read_receipt(parts, who, id), media_type=TEXT)

    @router.get(
        "/receipts/{id}/opening", summary="The salts of a release, for whoever got it", response_model=None
    )
    def opening(who: read, id: Id) -> Response:
        return Response(read_opening(parts, who, id), media_type="application/json")

    @router.get("/{log}/checkpoint", summary="The signed checkpoint of a log", response_model=None)
    def checkpoint(who: read, log: Log) -> Response:
        return Response(read_checkpoint(parts, who, log), media_type=TEXT)

    @router.get("/{log}/tile/{path:path}", summary="A tile of a log (C2SP tlog-tiles)", response_model=None)
    def tile(who: read, log: Log, path: str) -> Response:
        return Response(read_tile(parts, who, log, f"tile/{path}"), media_type="application/octet-stream")

    return router
