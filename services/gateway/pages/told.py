"""Who was told something, in words: the list that comes with a link withdrawn.

Promise: organisation, role, how often and when; nobody's name, and nothing of what they were told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.gateway.pages import words
from services.gateway.pages.desk import Desk


def told_of(desk: Desk, recipients: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """One line for each recipient, as `links/recipients.py` gives them."""
    return tuple(_line(desk, one) for one in recipients)


def _line(desk: Desk, one: Mapping[str, Any]) -> str:
    count, first, last = len(one["events"]), words.moment(one["first"]), words.moment(one["last"])
    times = "once" if count == 1 else f"{count} times"
    when = first if count == 1 else f"{first} to {last}"
    role = words.title("roles", one["role"]) if one["role"] else "the hub itself"
    return f"{desk.organisation_name(one['organisation'])}, {role[:1].lower()}{role[1:]}: {times}, {when}"
