"""`POST /ledger/acts` on the operators' listener: a command beside the hub has its act entered before it shows or does anything.

Promise: only a command that has the key folder is heard (HMAC over the whole request); what it may enter is that the ledger
was read, or a designated officer named, and nothing else; the answer is the proof of the entry, which the command checks under
the log's own key.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.contract.canonical import b64u
from services.contract.problems import LedgerUnavailable
from services.contract.releases import Asking, Draft
from services.gateway.parts import Parts
from services.runtime.keys import KeyFolder

HUB = "hub"
PATH, HEADER = "/ledger/acts", "mash-operator"
KIND, ROLE = "ledger.read", "OPERATOR"
DESIGNATED = "staff.designated"
KINDS = frozenset({KIND, DESIGNATED})
_LARGEST = 16 << 10


def signature(keys: KeyFolder, body: bytes) -> str:
    """What the command sends with its request. The event id in the body is used once, so a copy enters nothing new."""
    return b64u(keys.mac("operators").of(PATH, body.hex()))


def draft_of(event_id: str, user: str, facts: Mapping[str, Any], kind: str = KIND) -> Draft:
    """The entry of what an operator does at the hub itself."""
    return Draft(log=HUB, kind=kind, asking=Asking(HUB, ROLE, user), event_id=event_id, facts=facts)


def acts_route(parts: Parts) -> Route:
    """The route."""

    def enter(body: bytes) -> Response:
        try:
            told = json.loads(body)
            kind = str(told.get("kind", KIND))
            draft = draft_of(str(told["event_id"]), str(told["user"]), dict(told["facts"]), kind)
        except (ValueError, KeyError, TypeError, AttributeError):
            return Response(status_code=400)
        if kind not in KINDS:
            return Response(status_code=400)
        try:
            receipt = parts.ledger.append(draft)
        except LedgerUnavailable:
            return Response(status_code=503)
        return Response(parts.ledger.receipt(receipt.id) or b"", media_type="text/plain; charset=utf-8")

    async def read(request: Request) -> Response:
        body = await request.body()
        said = request.headers.get(HEADER, "")
        if len(body) > _LARGEST or not hmac.compare_digest(
            said.encode(), signature(parts.keys, body).encode()
        ):
            return Response(status_code=403)
        return await run_in_threadpool(enter, body)

    return Route(PATH, read, methods=["POST"])
