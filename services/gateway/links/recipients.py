"""Who was given something about a person while records of somebody else counted as theirs.

Promise: read from the ledger, by every id under which the two ever stood; errs towards too many: an answer may have held nothing
of the other. It repeats no value, for it has none.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.gateway.parts import Parts

TOLD = frozenset({"release.intent", "search.potential", "query.sent", "task.opened"})
"""Kinds of entry by which something of a person reached somebody."""

SECOND = len("2026-11-30T09:00:00")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who was told, by organisation, role and pseudonym, and by which entries."""

    organisation: str
    role: str
    user: str
    """Pseudonym, as entries have it."""
    first: str
    last: str
    events: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self) | {"events": list(self.events)}


def recipients(parts: Parts, person: str, since: str) -> tuple[Recipient, ...]:
    """Everybody told of `person` from `since` on, the first one first. Raises `LedgerUnavailable`."""
    told: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    # An un-link in between gave the two another id: what was told before it stands under the earlier one.
    ids = sorted(one.id for one in parts.index.links.known_as(person).ids)
    for entry in [row.entry for id in ids for row in parts.ledger.about(id).rows]:
        # By the second: an entry says its thousandth, an edge does not.
        if entry["kind"] in TOLD and str(entry["time"])[:SECOND] >= since[:SECOND]:
            asker = entry.get("asker", {})
            who = tuple(str(asker.get(name, "")) for name in ("organisation", "role", "user"))
            told.setdefault((who[0], who[1], who[2]), []).append((str(entry["time"]), str(entry["event_id"])))
    return tuple(sorted((_recipient(who, events) for who, events in told.items()), key=lambda one: one.first))


def _recipient(who: tuple[str, str, str], events: Sequence[tuple[str, str]]) -> Recipient:
    ordered = sorted(events)
    return Recipient(*who, ordered[0][0], ordered[-1][0], tuple(event for _, event in ordered))
