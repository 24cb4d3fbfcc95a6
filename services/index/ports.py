"""What the index needs of others, in its own words: the book in force and the FHIR gate.

Promise: nothing here is a service; each is satisfied by a runtime object or by a few lines in a test.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from services.contract.directory import Organisation, Source
from services.index.matching.verdict import Decision


class Book(Protocol):
    """The rules in force together, as far as the index reads them."""

    @property
    def sources(self) -> Mapping[str, Source]: ...
    @property
    def organisations(self) -> Mapping[str, Organisation]: ...
    @property
    def labels(self) -> Mapping[str, Any]:
        """Label code -> its row of labels.yaml; `binds` is `person` or `record`."""
        ...

    @property
    def codes(self) -> Mapping[str, Sequence[str]]:
        """Clinical code -> labels that it implies (catalogue/codes.yaml)."""
        ...

    @property
    def lookback(self) -> Any:
        """The buckets of catalogue/lookback.yaml."""
        ...


class Shelf(Protocol):
    """Where the book in force stands."""

    def current(self) -> Book: ...


class Gate(Protocol):
    """The FHIR R4 gate: what is wrong with one resource, empty when it is valid."""

    def __call__(self, resource: Mapping[str, Any]) -> Sequence[object]: ...


class Doubts(Protocol):
    """Takes what came of a record's newest version: its doubts take the place of those before; LINK and NEW leave none.

    Called inside the transaction that makes the version visible, after its edge is written.
    """

    def __call__(self, connection: Connection, item: str, decision: Decision, at: str) -> None: ...
