"""Dates that a schema cannot judge: those that are in no calendar, and periods that end before they begin.

Promise: every fault is named by its place, and no date is repeated in the message.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

_DATE = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(T.*)?$")
_ENDS = ("Date", "DateTime", "Instant", "Day")
_NAMES = frozenset({"date", "start", "end", "issued", "recorded", "sent", "received", "created", "authored",
                    "authoredOn", "dateAsserted", "lastUpdated", "dateTime"})  # fmt: skip


def wrong_dates(resource: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(place, what is wrong) of each fault in a resource."""
    yield from _walk(resource, str(resource.get("resourceType", "")))


def _walk(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            place = f"{path}.{name}"
            if isinstance(member, str) and (name in _NAMES or name.endswith(_ENDS)) and not _exists(member):
                yield place, "there is no such day"
            elif isinstance(member, dict | list):
                yield from _walk(member, place)
        if _backwards(value.get("start"), value.get("end")):
            yield path, "the period ends before it begins"
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _walk(member, f"{path}[{number}]")


def _exists(text: str) -> bool:
    found = _DATE.match(text)
    if not found:
        return True
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return False
    return True


def _backwards(start: object, end: object) -> bool:
    """FHIR R4 per-1; a partial date is compared as far as it goes."""
    if not (isinstance(start, str) and isinstance(end, str)):
        return False
    try:
        if "T" in start and "T" in end:
            return datetime.fromisoformat(start) > datetime.fromisoformat(end)
    except (ValueError, TypeError):
        return False
    shorter = min(len(start[:10]), len(end[:10]))
    return start[:shorter] > end[:shorter]
