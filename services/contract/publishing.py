"""What a publisher sends and what the index makes of it.

Promise: the answer to a publish never depends on what a record was linked to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Put:
    """One resource to store: a create (`id` drawn by the hub where None) or an update of the source's own record."""

    resource: Mapping[str, Any] = field(repr=False)
    id: str | None = None
    method: str = "POST"
    full_url: str = field(default="", repr=False)
    """The `urn:uuid:` or address by which other entries of the Bundle refer to it."""


@dataclass(frozen=True, slots=True)
class Submission:
    """All or nothing: one transaction Bundle, or a single resource."""

    source: str
    puts: tuple[Put, ...]
    client: str
    received: str
    """UTC, to the second."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One record as stored."""

    resource_type: str
    id: str
    version: int
    created: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """An outbox row: what the entry says of the submission (counts and a digest, no value)."""

    outbox: str
    event_id: str
    source: str
    client: str
    stored: tuple[Stored, ...]
    digest: str
    """SHA-256, base64url, of the canonical versions, salted with the event id."""
    findings: tuple[str, ...] = ()
    """Codes reported to the publisher, such as CONSENT_SHAPE or UNKNOWN_CODE; the same whatever was linked."""


@dataclass(frozen=True, slots=True)
class Protection:
    """A protection in force, as a reviewer meets it."""

    id: str
    label: str
    organisation: str
    """Of the source that flagged it; its PRIVACY-OFFICER alone may end it."""
    since: str
    ended: bool = False
