"""The receipt of a release: where its entry stands, the proof itself, and how anybody can check it.

Promise: one's own organisation's receipts only, and what opens the entry to the very person who got the answer only.
"""

import base64
import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.contract.cases import Asker
from services.gateway.pages import words
from services.gateway.pages.desk import Desk
from services.gateway.receipts import Reader, read_opening, read_receipt

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{22}$")]


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A receipt as its page shows it."""

    id: str
    kind: str
    log: str
    time: str
    index: str
    proof: str


def receipt_page(id: str, proof: bytes) -> ReceiptPage:
    """Read from the proof itself: what it shows is what it proves."""
    lines = proof.decode().split("\n")
    entry = json.loads(
        base64.b64decode(next(one for one in lines if one.startswith("extra ")).removeprefix("extra "))
    )
    told = entry["entry"]
    index = next((one.removeprefix("index ") for one in lines if one.startswith("index ")), "")
    return ReceiptPage(
        id=id,
        kind=words.title("entry-kinds", str(told["kind"])),
        log=str(told["origin"]),
        time=words.moment(str(told["time"])),
        index=index,
        proof=proof.decode(),
    )


def routes(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/receipts/{id}")
    def shown(request: Request, id: Id) -> Response:
        asker = desk.asker(request)
        proof = read_receipt(desk.parts, _reader(asker), id)
        return desk.show(asker, "receipt.html", receipt=receipt_page(id, proof))

    @router.get("/receipts/{id}/proof")
    def proof(request: Request, id: Id) -> Response:
        return _saved(read_receipt(desk.parts, _reader(desk.asker(request)), id), f"{id}.tlog-proof")

    @router.get("/receipts/{id}/opening")
    def opening(request: Request, id: Id) -> Response:
        return _saved(read_opening(desk.parts, _reader(desk.asker(request)), id), f"{id}.opening.json")

    return router


def _reader(asker: Asker) -> Reader:
    return Reader(asker.organisation, asker.role, asker.user, asker.client_key, asker.token)


def _saved(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, 200, headers, "text/plain; charset=utf-8")
