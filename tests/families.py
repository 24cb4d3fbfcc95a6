"""The families of the demonstration, for tests: the same people, homes and records, on any day."""

from services.cli.demo.families import Northshire, northshire
from services.cli.demo.families.build import Resource, Shelf, bundle
from services.cli.demo.families.people import (
    ARTHUR,
    DANA,
    EVIE_AFTER,
    EVIE_BEFORE,
    FLED,
    JOAN,
    KERRY,
    LEE,
    LEO,
    MIA,
    MYA,
    ORCHARD,
    QUARRY,
    SAFE,
    SEAN,
    TYLER,
    Home,
    Person,
)

__all__ = [
    "ARTHUR",
    "DANA",
    "EVIE_AFTER",
    "EVIE_BEFORE",
    "FLED",
    "JOAN",
    "KERRY",
    "LEE",
    "LEO",
    "MIA",
    "MYA",
    "ORCHARD",
    "QUARRY",
    "SAFE",
    "SEAN",
    "TYLER",
    "Home",
    "Northshire",
    "Person",
    "Resource",
    "Shelf",
    "bundle",
    "northshire",
    "records",
]


def records(families: Northshire) -> list[tuple[str, Resource]]:
    """Every record with the source that holds it, published and live alike."""
    published = [
        (source, entry["resource"]) for source, sent in families.bundles.items() for entry in sent["entry"]
    ]
    return published + [(source, held) for source, holds in families.live.items() for held in holds]
