"""Holding a log's checkpoint against the quorum of witnesses that a trust policy demands.

Promise: a checkpoint without the quorum is a finding that says who has not cosigned; one with it is said with the times.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from services.ledger.checkpoint import claimed
from services.ledger.trust_policy import TrustPolicy, printable
from services.runtime.note import BadNote


def hold_quorum(
    origin: str, note: bytes | None, policy: TrustPolicy | None, find: Callable[[str, int, str], None]
) -> Sequence[str]:
    """A line that says who cosigned, or none and a finding of kind `quorum`."""
    if policy is None or note is None:
        return ()
    try:
        size, times = claimed(note).size, policy.hold_quorum(note)
    except BadNote as error:
        find("quorum", -1, f"the checkpoint does not hold under the policy: {error}")
        return ()
    return (f"{origin} at size {size}: cosigned by {in_words(times) or 'nobody, as the policy allows'}",)


def in_words(times: Mapping[str, int]) -> str:
    """Who cosigned, and when (UTC)."""
    return ", ".join(f"{printable(name)} at {_day(seconds)}" for name, seconds in times.items())


def _day(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"second {seconds}"
