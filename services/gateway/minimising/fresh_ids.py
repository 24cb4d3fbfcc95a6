"""Fresh ids for everything that leaves, so that no two answers can be joined by them and no id names a publisher.

Promise: within one answer a record or person has one id and two never share one; a reference to what is not in the answer
leads nowhere, and is then taken out by whoever asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.contract.people import Item

PERSON, RECORD = "person:", "record:"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The ids of one answer, each `urn:uuid:…`, drawn by the caller."""

    people: Mapping[str, str]
    """person id -> id, for everybody who may be shown."""
    records: Mapping[str, str]
    """record id -> id, for every record that may be shown."""
    kinds: Mapping[str, str] = field(default_factory=dict)
    """source id -> its kind (source-kinds.json), for the words that stand for it."""
    patients: Mapping[str, str] = field(default_factory=dict)
    """record id of a Patient -> person id: a reference to any of somebody's Patients leads to the person."""
    gone: frozenset[str] = frozenset()
    """Records of which nothing leaves."""

    def full_url(self, item: Item) -> str:
        """The fullUrl of a record in the answer's Bundle."""
        return self.records[item.record]

    def of(self, target: str) -> str | None:
        """What a reference to `person:…` or `record:…` becomes; None where it leads to nothing that is shown."""
        name = target.partition(":")[2]
        if target.startswith(PERSON):
            return self.people.get(name)
        if name in self.patients:
            return self.people.get(self.patients[name])
        return None if name in self.gone else self.records.get(name)
