"""How old somebody is and how long ago a record ended, on a day: as words, never as numbers or dates.

Promise: both ends of every bucket are inclusive days in Europe/London; a date of which only the year or month is known
counts by its first day, so that doubt makes a record older, never newer.
"""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.index.read import dicts, text_of

OPEN = "OPEN"
NO_EVENT = "NO_EVENT"
_NO_EVENTS = frozenset({"Patient", "RelatedPerson", "Organization", "Practitioner", "PractitionerRole", "Location",
                        "AllergyIntolerance", "Consent", "Device", "Medication", "HealthcareService"})  # fmt: skip
_PERIODS = ("period", "performedPeriod", "effectivePeriod", "occurrencePeriod", "onsetPeriod", "abatementPeriod",
            "executionPeriod", "applies")  # fmt: skip
_ENDED = frozenset(
    {"finished", "completed", "cancelled", "inactive", "revoked", "stopped", "ended", "resolved"}
)
_DATES = ("abatementDateTime", "performedDateTime", "effectiveDateTime", "effectiveInstant", "occurrenceDateTime",
          "date", "authored", "authoredOn", "issued", "sent", "dateAsserted", "recordedDate", "onsetDateTime",
          "recorded", "created")  # fmt: skip
_MOMENTS = frozenset({"performedDateTime", "effectiveDateTime", "effectiveInstant", "occurrenceDateTime", "date",
                      "authored", "issued", "sent", "abatementDateTime"})  # fmt: skip


def first_day(text: str) -> date | None:
    """The first day that a FHIR date or dateTime may mean; None for no date."""
    parts = text[:10].split("-")
    try:
        return date(
            int(parts[0]), int(parts[1]) if len(parts) > 1 else 1, int(parts[2]) if len(parts) > 2 else 1
        )
    except ValueError:
        return None


def age(birth: str, on: str) -> str:
    """UNDER_13 | 13_17 | ADULT | UNKNOWN on the day `on`, from a whole date of birth."""
    born, day = first_day(birth) if len(birth) == 10 else None, date.fromisoformat(on)
    if born is None or born > day:
        return "UNKNOWN"
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return "UNDER_13" if years < 13 else "13_17" if years < 18 else "ADULT"


def event_age(resource: Mapping[str, Any], on: str, lookback: Any) -> str:
    """The bucket of catalogue/lookback.yaml into which a record's end falls; OPEN or NO_EVENT where it has none."""
    end = event_end(resource)
    if end in (OPEN, NO_EVENT):
        return end
    ended, day = first_day(end), date.fromisoformat(on)
    if ended is None:
        return NO_EVENT
    return OPEN if ended > day else bucket(ended, day, lookback)


def event_end(resource: Mapping[str, Any]) -> str:
    """The date on which what a record tells ended, OPEN where it goes on, NO_EVENT where it is no event."""
    if resource.get("resourceType") in _NO_EVENTS:
        return NO_EVENT
    for name in _PERIODS:
        for period in dicts(resource.get(name)):
            if text_of(period.get("end")):
                return text_of(period["end"])
            if text_of(period.get("start")):
                return text_of(period["start"]) if _ended(resource) else OPEN
    dates = [name for name in _DATES if text_of(resource.get(name))]
    if not dates:
        return OPEN if not _ended(resource) else NO_EVENT
    if dates[0] in _MOMENTS or _ended(resource):
        return text_of(resource[dates[0]])
    return OPEN


def _ended(resource: Mapping[str, Any]) -> bool:
    status = resource.get("status")
    clinical = resource.get("clinicalStatus")
    coded = (
        {text_of(one.get("code")) for one in dicts(clinical.get("coding"))}
        if isinstance(clinical, dict)
        else set()
    )
    return (isinstance(status, str) and status in _ENDED) or bool(coded & _ENDED)


def bucket(ended: date, on: date, lookback: Any) -> str:
    """The first bucket whose span back from `on` (`months`, inclusive) reaches the day; the last one has no span.

    `lookback`: rows from the newest to the oldest, each with `code` and `months` (none in the last).
    Without rows: OLDER, which no list knows, and so the strictest.
    """
    for row in lookback or ():
        months = row.get("months")
        if months is None or ended >= _months_before(on, int(months)):
            return str(row["code"])
    return "OLDER"


def _months_before(on: date, months: int) -> date:
    years, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    day = min(on.day, calendar.monthrange(years, month + 1)[1])
    return date(years, month + 1, day)


def relation_age(resource: Mapping[str, Any], on: str, lookback: Any) -> str:
    """The bucket of a relationship's end; OPEN while it goes on."""
    ends = [text_of(period.get("end")) for period in dicts(resource.get("period"))]
    ended, day = first_day(ends[0]) if ends and ends[0] else None, date.fromisoformat(on)
    return OPEN if ended is None or ended > day else bucket(ended, day, lookback)
