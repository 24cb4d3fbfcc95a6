"""The addresses about cases: open, list, record evidence, confirm an identity, close; and review of
protections.

Promise: the asker comes from the bearer token alone; a refusal is 403 with its code, the same shape
everywhere.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path
from starlette.responses import JSONResponse

from services.contract.cases import (
    Asker,
    CloseCase,
    ConfirmIdentity,
    OpenCase,
    RecordEvidence,
    ReviewProtection,
)
from services.contract.views import Refused
from services.gateway.access.bearer import Bearer
from services.gateway.cases.close import close_case
from services.gateway.cases.evidence import record_evidence
from services.gateway.cases.identity import confirm_identity
from services.gateway.cases.open import list_cases, open_case
from services.gateway.cases.protections import review_protection
from services.gateway.parts import Parts

SCOPE = "user/case"
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def case_routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["cases"])
    asked = Annotated[Asker, Depends(bearer.asker(SCOPE))]
    _opening(router, parts, asked)
    _acts(router, parts, asked)
    return router


def refused(value: Refused) -> JSONResponse:
    """A refusal as it travels: 403 `{code, sentence, who_can_change, receipt}`."""
    receipt = value.receipt.model_dump() if value.receipt else None
    body = {"code": value.code, "sentence": value.sentence, "who_can_change": value.who_can_change}
    return JSONResponse(body | {"receipt": receipt}, 403)


def _opening(router: APIRouter, parts: Parts, asked: Any) -> None:
    @router.post("/cases", status_code=201, summary="Open a case", response_model=None)
    def open_(asker: asked, body: Annotated[OpenCase, Body()]) -> JSONResponse:
        opened = open_case(parts, asker, body)
        if isinstance(opened, Refused):
            return refused(opened)
        return JSONResponse(asdict(opened), 201, {"Location": f"/cases/{opened.id}"})

    @router.get("/cases", summary="The cases on which you may ask")
    def mine(asker: asked) -> dict[str, Any]:
        return {"cases": list_cases(parts, asker)}

    @router.post("/cases/{id}/close", summary="Close a case")
    def close(asker: asked, id: Id, body: Annotated[CloseCase, Body()]) -> dict[str, str]:
        close_case(parts, asker, id, body)
        return {"id": id, "state": "CLOSED"}


def _acts(router: APIRouter, parts: Parts, asked: Any) -> None:
    @router.post(
        "/cases/{id}/evidence", status_code=201, summary="Record evidence on a case", response_model=None
    )
    def evidence(asker: asked, id: Id, body: Annotated[RecordEvidence, Body()]) -> JSONResponse:
        recorded = record_evidence(parts, asker, id, body)
        if isinstance(recorded, Refused):
            return refused(recorded)
        evidence_id, standing = recorded
        missing = list(standing.missing())
        told = {"id": evidence_id, "state": standing.state(parts.now()), "still_missing": missing}
        return JSONResponse(told | ({"until": standing.deadline()} if missing else {}), 201)

    @router.post("/cases/{id}/identities", summary="Confirm a candidate by two identifiers")
    def identities(asker: asked, id: Id, body: Annotated[ConfirmIdentity, Body()]) -> dict[str, Any]:
        return asdict(confirm_identity(parts, asker, id, body))

    @router.post("/protections/{id}/review", summary="Review a protection")
    def review(asker: asked, id: Id, body: Annotated[ReviewProtection, Body()]) -> dict[str, str]:
        return {"review": review_protection(parts, asker, id, body), "outcome": body.outcome}
