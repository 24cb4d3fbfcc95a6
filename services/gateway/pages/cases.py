"""Your cases: the list from which everything starts.

Promise: only cases of which the person is a member, newest first, with what each still lacks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.gateway.cases.open import list_cases
from services.gateway.pages import words
from services.gateway.pages.desk import Desk

MISSING = {"strategy-discussion": "strategy discussion", "reference": "reference"}


@dataclass(frozen=True, slots=True)
class Listed:
    """One case as a line of the list."""

    id: str
    who: str = field(repr=False)
    purpose: str
    state: str
    rag: str
    opened: str
    reference: str
    missing: str

    @property
    def open(self) -> bool:
        return self.state == "OPEN"


def your_cases(desk: Desk, asker: Asker) -> tuple[Listed, ...]:
    """The list."""
    return tuple(_listed(row) for row in list_cases(desk.parts, asker))


def _listed(row: Mapping[str, Any]) -> Listed:
    names = [" ".join(filter(None, (one["given"], one["family"]))) for one in row["subjects"]]
    return Listed(
        id=row["id"],
        who=words.listed(name or "name not given" for name in names),
        purpose=words.title("purposes", row["purpose"]),
        state=row["state"],
        rag=row["rag"],
        opened=words.moment(row["opened_at"]),
        reference=row["reference"] or "",
        missing=words.listed(MISSING[one] for one in row["still_missing"]),
    )


def routes(desk: Desk) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/your-cases")
    def shown(request: Request) -> Response:
        asker = desk.asker(request)
        rows = your_cases(desk, asker)
        may_open = bool(desk.parts.rules.purposes_of(asker.role))
        return desk.show(asker, "cases.html", here="cases", cases=rows, may_open=may_open)

    return router
