"""The FHIR addresses: publishing one's own records and reading them back, and what is offered.

Promise: nothing of another's source is reached; nothing is stored unless all of it is good; a read is an
entry first, and so is a refusal.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from starlette.responses import Response

from services.contract.canonical import emit
from services.contract.problems import NotFound
from services.gateway.access.bearer import Bearer, Publisher
from services.gateway.partners import publish, submission
from services.gateway.partners.conformance import capability_statement, smart_configuration
from services.gateway.partners.refused import refusals_entered
from services.gateway.parts import Parts
from services.runtime.problem_pages import FHIR_JSON

Named = Annotated[str | None, Header(alias="Mash-Source")]


def fhir_routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes; the two documents stand before `/fhir/{type}`, which would take their names for types."""
    router = APIRouter(prefix="/fhir", tags=["fhir"])
    _documents(router, parts)
    _writing(router, parts, bearer)
    _reading(router, parts, bearer)
    return router


def _documents(router: APIRouter, parts: Parts) -> None:
    @router.get("/metadata", summary="CapabilityStatement")
    def metadata() -> Response:
        return _fhir(capability_statement(parts))

    @router.get("/.well-known/smart-configuration", summary="SMART configuration")
    def smart() -> dict[str, Any]:
        return smart_configuration(parts)


def _writing(router: APIRouter, parts: Parts, bearer: Bearer) -> None:
    by = Annotated[Publisher, Depends(bearer.publisher)]

    async def raw(request: Request, _: by) -> bytes:
        """The body, read only once the token holds."""
        return await request.body()

    body = Annotated[bytes, Depends(raw)]

    @router.post("", summary="A transaction Bundle, all or nothing")
    def transaction(by: by, raw: body, named: Named = None) -> Response:
        with refusals_entered(parts, by):
            source = publish.source_of(parts, by, named)
            puts = submission.bundle(parts, by, submission.read(raw))
            accepted = publish.publish(parts, by, source, puts)
        return _fhir(publish.transaction_response(accepted))

    @router.post("/{type}", status_code=201, summary="Create one record")
    def create(by: by, raw: body, type: str, named: Named = None) -> Response:
        return _store(parts, by, named, raw, type)

    @router.put("/{type}/{id}", summary="Update one's own record, or create it under this id")
    def update(by: by, raw: body, type: str, id: str, named: Named = None) -> Response:
        return _store(parts, by, named, raw, type, id)


def _reading(router: APIRouter, parts: Parts, bearer: Bearer) -> None:
    by = Annotated[Publisher, Depends(bearer.publisher)]

    @router.get("/{type}/{id}", summary="Read back one's own record")
    def read(by: by, type: str, id: str, named: Named = None) -> Response:
        if type not in parts.resource_types:
            raise NotFound("the hub takes no resources of this type")
        source = publish.source_of(parts, by, named)
        return Response(publish.read_back(parts, by, source, type, id), media_type=FHIR_JSON)


def _store(
    parts: Parts, by: Publisher, named: str | None, raw: bytes, type: str, id: str | None = None
) -> Response:
    with refusals_entered(parts, by):
        source = publish.source_of(parts, by, named)
        put = submission.single(parts, by, submission.read(raw), type, id)
        accepted = publish.publish(parts, by, source, (put,))
    stored = accepted.stored[0]
    headers = {
        "Location": f"{parts.settings.url}/fhir/{publish.location(stored)}",
        "ETag": publish.etag(stored),
    }
    return _fhir(publish.findings(accepted.findings), 201 if stored.created else 200, headers)


def _fhir(body: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(emit(body), status, headers, FHIR_JSON)
