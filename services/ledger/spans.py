"""Whether an entry falls into a time that was told to the second by another clock.

Promise: errs towards yes, by a minute either way: an answer takes seconds from looking up whom it is about to its entry, and
gateways' clocks differ.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

MARGIN = timedelta(seconds=60)
"""An entry this much older than something else stood by then, whatever the clocks of gateways say."""


def within(spans: Collection[Sequence[str]], time: str) -> bool:
    """`spans`: (from, until) each, UTC, "" where open; `time`: as entries have it."""
    if any(list(span) == ["", ""] for span in spans):
        return True
    at = datetime.fromisoformat(time)
    return any(_reached(at, since) and _not_past(at, until) for since, until in spans)


def before(time: str, other: str) -> bool:
    """Whether the one was over when the other came, beyond what clocks may differ by."""
    return not other or not time or datetime.fromisoformat(time) + MARGIN < datetime.fromisoformat(other)


def _reached(at: datetime, since: str) -> bool:
    return not since or at + MARGIN >= datetime.fromisoformat(since)


def _not_past(at: datetime, until: str) -> bool:
    return not until or at - MARGIN <= datetime.fromisoformat(until)
