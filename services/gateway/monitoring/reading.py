"""Reading the monitoring report: whoever is shown more than impersonal counts is an entry before it is shown.

Promise: roles of governance only; an organisation sees its own counts as they are and everybody's suppressed; outside a
demonstration the partners' tables are of months that are over, so that reading twice tells nothing.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from services.contract.cases import Asker
from services.contract.problems import BadInput, NotAllowed
from services.contract.releases import Asking, Draft
from services.gateway.monitoring.happened import Happened, happened
from services.gateway.monitoring.report import MonitoringReport, for_organisation, for_partners
from services.gateway.parts import Parts
from services.gateway.policies.matrix import governs
from services.gateway.profiles import day
from services.runtime.book import Book

PRIVACY_OFFICER = "PRIVACY-OFFICER"


@dataclass(frozen=True, slots=True)
class Reports:
    """What one reader is shown; `partners` is None for a month that is not over."""

    own: MonitoringReport
    partners: MonitoringReport | None


def read_reports(parts: Parts, asker: Asker, month: str = "") -> Reports:
    """The reports of a month (YYYY-MM; default the present one).

    Raises `NotAllowed`, `BadInput`, `LedgerUnavailable`: then nothing is shown.
    """
    if not governs(asker.role):
        raise NotAllowed("the report is for those who answer for the policies")
    on = day(parts.now())
    month = checked_month(month or on[:7], on)
    silent = asker.role == PRIVACY_OFFICER
    _enter(parts, asker, month, silent=silent)
    book: Book = parts.shelf.current()
    found = in_month(parts, month)
    own = for_organisation(found, book, month, on, asker.organisation, silent=silent)
    over = month < on[:7] or parts.settings.mode == "demo"
    return Reports(own, for_partners(found, book, month, on) if over else None)


def in_month(parts: Parts, month: str) -> list[Happened]:
    """Everything that is counted of a month."""
    return list(happened(parts.ledger.recorded(month)))


def months(on: str, how_many: int = 12) -> list[str]:
    """The present month and those before it, newest first."""
    found, first = [], date.fromisoformat(on).replace(day=1)
    for _ in range(how_many):
        found.append(first.isoformat()[:7])
        first = (first - timedelta(1)).replace(day=1)
    return found


def checked_month(month: str, on: str) -> str:
    """The month. Raises `BadInput` where it is none, or still to come."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) or month > on[:7]:
        raise BadInput("month: write a month that has begun, as YYYY-MM")
    return month


def _enter(parts: Parts, asker: Asker, month: str, *, silent: bool) -> None:
    """An entry, durable before anything is shown."""
    asking = Asking(asker.organisation, asker.role, asker.user, asker.client_key)
    facts = {"month": month, "silent": silent}
    parts.ledger.append(Draft(log=asker.organisation, kind="report.read", asking=asking, facts=facts))
