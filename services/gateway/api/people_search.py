"""`POST /fhir/Patient/$match` and `POST /fhir/Patient/_search`: people found over FHIR, on a case.

Promise: what is asked travels in the body only; the body of the answer is made whole, and its entry durable, before the first
byte of it goes out; a refusal is 403 with its code in an OperationOutcome.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.contract.canonical import emit
from services.contract.cases import Asker
from services.contract.problems import BadInput, TooLarge, Unreadable
from services.contract.views import ReceiptEntry, Refused
from services.gateway.access.bearer import Bearer
from services.gateway.access.clients import SEARCH_SCOPE, SYSTEM_SEARCH_SCOPE
from services.gateway.partners import submission
from services.gateway.parts import Parts
from services.gateway.people_search.described import Described, of_form, of_parameters
from services.gateway.people_search.finding import find_people
from services.gateway.people_search.searchset import as_searchset
from services.runtime.problem_pages import FHIR_JSON

FORM = "application/x-www-form-urlencoded"
REASONS = "urn:mash:cs:reason"
Case = Annotated[
    str | None,
    Header(alias="Mash-Case", description="The id of the open case for which people are looked for."),
]


def routes(parts: Parts, bearer: Bearer) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/fhir/Patient", tags=["fhir"])
    asked = Annotated[Asker, Depends(bearer.asker_or_system(SEARCH_SCOPE, SYSTEM_SEARCH_SCOPE))]

    async def raw(request: Request, _: asked) -> bytes:
        """The body, read only once the token holds."""
        return await request.body()

    async def pairs(request: Request, _: asked) -> list[tuple[str, str]]:
        return await _form(request)

    @router.post("/$match", summary="Who may this Patient be? (PDQm, ITI-119)")
    def match(asker: asked, body: Annotated[bytes, Depends(raw)], case: Case = None) -> Response:
        return _answer(parts, asker, case, of_parameters(submission.read(body), parts.gate))

    @router.post("/_search", summary="Search for people (PDQm, ITI-78), by a form")
    def search(
        asker: asked, form: Annotated[list[tuple[str, str]], Depends(pairs)], case: Case = None
    ) -> Response:
        return _answer(parts, asker, case, of_form(form))

    return router


async def _form(request: Request) -> list[tuple[str, str]]:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != FORM:
        raise Unreadable(f"this address takes a form: send the parameters in the body as {FORM}")
    if request.url.query:
        raise BadInput("parameters stand in the body, never in the address", places=("query",))
    try:
        form = await request.form(max_fields=100)
    except HTTPException as error:
        raise (TooLarge if error.status_code == 413 else Unreadable)("the form cannot be read") from None
    return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def _answer(parts: Parts, asker: Asker, case: str | None, described: Described) -> Response:
    if not case:
        raise BadInput(
            "say in the header Mash-Case for which open case you look", places=("header.Mash-Case",)
        )
    view = find_people(parts, asker, case, described)
    if isinstance(view, Refused):
        return Response(emit(_refused(view)), 403, _receipt(parts, view.receipt), FHIR_JSON)
    return Response(as_searchset(view), 200, _receipt(parts, view.receipt), FHIR_JSON)


def _receipt(parts: Parts, receipt: ReceiptEntry | None) -> dict[str, str]:
    if receipt is None:
        return {}
    return {"Link": f'<{parts.settings.url}/ledger/receipts/{receipt.id}>; rel="receipt"'}


def _refused(value: Refused) -> dict[str, Any]:
    details = {
        "coding": [{"system": REASONS, "code": value.code}],
        "text": f"{value.sentence} {value.who_can_change}",
    }
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "forbidden", "details": details}],
    }
