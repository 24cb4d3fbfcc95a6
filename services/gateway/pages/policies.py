"""Policies: which book is in force, since when and signed by whom, what waits for signatures, and what is wrong.

Promise: what a proposal would change is told in the words that its signers sign; nothing can be put in force from a page.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.pages.desk import Desk
from services.gateway.policies.standing import show_standing

SIGNER_ROLES = {"ig-lead": "Information governance lead", "caldicott": "Caldicott Guardian"}


def routes(desk: Desk) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/policy")
    def shown(request: Request) -> Response:
        asker = desk.asker(request)
        standing = show_standing(desk.parts, asker)
        signers = [
            (name, desk.organisation_name(organisation), SIGNER_ROLES.get(role, role))
            for name, organisation, role in standing.signers
        ]
        return desk.show(asker, "policies.html", here="policies", standing=standing, signers=signers)

    return router
