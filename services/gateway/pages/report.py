"""The monitoring report as a page: a month's counts for the reader's own organisation, and for all partners.

Promise: everything that is counted on it is a number of requests; small ones are kept back but from the organisation itself.
"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.gateway.monitoring.reading import months, read_reports
from services.gateway.pages.desk import Desk
from services.gateway.profiles import day

STATES = {
    "lapsed": "Has lapsed",
    "ends-soon": "Ends within 30 days",
    "review-overdue": "Its review is overdue",
    "not-signed": "Is not signed",
}


def routes(desk: Desk) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/report")
    def shown(request: Request, month: str = "") -> Response:
        asker = desk.asker(request)
        on = day(desk.parts.now())
        reports = read_reports(desk.parts, asker, month)
        return desk.show(
            asker,
            "report.html",
            here="report",
            own=reports.own,
            partners=reports.partners,
            months=months(on),
            states=STATES,
        )

    return router
