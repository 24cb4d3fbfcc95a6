"""Days as options of a command: from which, to which.

Promise: a day that is none, or that is still to come, is a usage error by the name of its option, never an empty answer.
"""

from datetime import UTC, date, datetime

import typer


def day_given(option: str, text: str) -> str:
    """The day as entries' times begin (YYYY-MM-DD, UTC); "" stays "". A usage error for any other form, and for tomorrow."""
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option}: a day has the form YYYY-MM-DD") from None
    if day > datetime.now(UTC).date():
        raise typer.BadParameter(f"{option}: {text} is still to come; nothing can have been entered then")
    return day.isoformat()


def span_given(since: str, until: str) -> tuple[str, str]:
    """Both days, the first not after the last. The last counts whole."""
    first, last = day_given("--since", since), day_given("--until", until)
    if first and last and first > last:
        raise typer.BadParameter("--since is after --until")
    return first, last


def within(time: str, since: str, until: str) -> bool:
    """Whether an entry's time is on or after the first day and not after the last."""
    day = time[:10]
    return (not since or day >= since) and (not until or day <= until)
