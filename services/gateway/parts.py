"""Everything the gateway's routes are given: settings, keys, its store, and the other services by port.

Promise: a route reaches another service through a port only, and the clock through here, so that a test
can hold both.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from services.contract.directory import Organisation, Source
from services.gateway.ports import Index, Ledger, Policies, Policy
from services.gateway.store.opened import Store
from services.runtime.keys import KeyFolder
from services.runtime.settings import Settings
from services.runtime.web import Metrics


class Rules(Protocol):
    """What the gateway reads of the policy book that is in force now."""

    def organisation(self, id: str) -> Organisation | None: ...
    def source(self, id: str) -> Source | None: ...
    def purposes_of(self, role: str) -> AbstractSet[str]:
        """The purposes for which this role may open a case and ask: the book's role x purpose table."""
        ...


class Fault(Protocol):
    """One fault that the FHIR gate finds; `path` is relative to the resource: `name[0].period.start`."""

    @property
    def path(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...


class Gate(Protocol):
    """The FHIR R4 gate: every fault of a resource, none where it is valid."""

    def __call__(self, resource: Mapping[str, Any], /) -> Sequence[Fault]: ...


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """One gateway's parts."""

    settings: Settings
    keys: KeyFolder
    store: Store
    index: Index
    policy: Policy
    ledger: Ledger
    rules: Rules
    gate: Gate
    resource_types: AbstractSet[str]
    """The FHIR resource types that publishers may send."""
    shelf: Any = None
    """The books in force (services/runtime), for the main line."""
    policies: Policies | None = None
    """What stands of the policies, for those who answer for them."""
    metrics: Metrics = field(default_factory=Metrics)
    clock: Callable[[], datetime] = _now

    def now(self) -> datetime:
        """The moment, UTC."""
        return self.clock()


def fresh_id() -> str:
    """An opaque id of 96 random bits. It never begins with a dash: on a command line that would be an option."""
    while (id := secrets.token_urlsafe(12)).startswith("-"):
        pass
    return id


def stamp(moment: datetime) -> str:
    """A moment as it is stored: UTC, to the second, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
