"""What owners decided for one case, as a profile is told of it.

Promise: what is not decided is `none`; a decision about one record beats the holder's about all that it has of somebody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.contract.people import Item

APPROVED, DISCLOSE, REFUSED, KEPT, NONE = "approved", "disclose", "refused", "kept", "none"


@dataclass(frozen=True, slots=True)
class Decisions:
    """What owners decided for one case, as it holds at one moment."""

    records: Mapping[str, str] = field(default_factory=dict, repr=False)
    """record -> a code of owner-decisions.json, or `kept`."""
    holdings: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    """(source, person) -> the holder's decision about all of it."""

    def of_holding(self, source: str, person: str) -> str:
        """Before the source is asked."""
        return self.holdings.get((source, person), NONE)

    def of_item(self, item: Item) -> str:
        """Of one record: its own decision, else the holder's about all of it."""
        own = self.records.get(item.record, NONE)
        return self.of_holding(item.source, item.person) if own in (NONE, KEPT) else own


UNDECIDED = Decisions()
"""Of a case on which no owner has decided anything."""
