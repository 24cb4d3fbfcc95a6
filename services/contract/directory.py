"""Organisations and their source systems, as `policies/organisations.yaml` registers them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One system of an organisation that holds records."""

    id: str
    """`[a-z0-9-]{2,32}`, unique in the hub."""
    organisation: str
    name: str
    kind: str
    """A code of schemas/vocabulary/source-kinds.json."""
    mode: str
    """copy | live | pointer."""
    retention_days: int = 3650
    traces_nhs_numbers: bool = False
    """Whether the source's NHS numbers count as verified (traced on PDS by the source)."""
    reveals: bool = False
    """Whether the provider's very name reveals a category (sexual health, substance misuse)."""
    labels: tuple[str, ...] = ()
    """Sensitivity labels that every record of this source carries, flagged or not (a sexual health clinic's, for one)."""
    address: str = ""
    """A live source's FHIR base address."""
    budget_ms: int = 3000


@dataclass(frozen=True, slots=True)
class Organisation:
    """A partner: asker, publisher, or both."""

    id: str
    """`[a-z0-9-]{2,32}`, never `hub`: names its log."""
    name: str
    type: str
    """A code of schemas/vocabulary/organisation-types.json."""
    telephone: str = ""
    suspended: bool = False
    ods: str = ""
    dspt_until: str = ""
    sources: tuple[Source, ...] = ()
