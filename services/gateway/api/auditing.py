"""`GET /ledger/logs`, `GET /ledger/{log}/records/…` and `GET /ledger/books/{digest}`: what decides again elsewhere.

Promise: what is not open to the reader is not there.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from services.gateway.access.bearer import Bearer
from services.gateway.api.ledger import Log, reader_of
from services.gateway.auditing import read_book, read_logs, read_records
from services.gateway.parts import Parts
from services.gateway.receipts import Reader


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/ledger", tags=["ledger"])
    read = Annotated[Reader, Depends(reader_of(bearer))]

    @router.get("/logs", summary="Which logs there are, and how long each is", response_model=None)
    def logs(who: read) -> JSONResponse:
        return JSONResponse(read_logs(parts, who))

    @router.get("/books/{digest}", summary="A book of policies that decided something", response_model=None)
    def book(who: read, digest: str) -> Response:
        return Response(read_book(parts, who, digest), media_type="application/zip")

    @router.get(
        "/{log}/records/{path:path}", summary="Decision records, sealed to the auditor", response_model=None
    )
    def records(who: read, log: Log, path: str) -> Response:
        return Response(read_records(parts, who, log, path), media_type="application/x-ndjson")

    return router
