"""The invented families of Northshire, as FHIR R4 records of each source that knows them.

Promise: synthetic people only (numbers of the 999 range, pseudo-postcodes, drama telephone numbers, tagged
HTEST); the same day gives the same records; every source's records are its own, under ids that mean
nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from services.cli.demo.families import (
    carers,
    evie,
    lookalikes,
    penrose,
    pike,
    practice,
    reid_adults,
    reid_children,
)
from services.cli.demo.families.build import Resource, Shelf, bundle
from services.cli.demo.families.words import wordings_of, words_of

Part = Callable[[Shelf], None]

PUBLISHED: Mapping[str, tuple[Part, ...]] = {
    "northshire-csc": (reid_children.social_care, evie.before),
    "northshire-nhs": (reid_children.hospital, reid_adults.hospital, pike.hospital, lookalikes.hospital),
    "brook-hospice": (penrose.hospice,),
    "northshire-asc": (penrose.social_care, pike.social_care),
    "northshire-housing": (reid_adults.housing,),
    "northshire-education": (reid_children.schools, lookalikes.schools),
    "northshire-police": (reid_adults.police,),
    "northshire-mh": (reid_adults.mental_health, penrose.mental_health),
    "haven-sms": (reid_adults.substance_misuse,),
    "clearwater-shc": (reid_adults.sexual_health,),
    "northshire-amb": (reid_adults.ambulance,),
    "northshire-vcs": (penrose.voluntary, lookalikes.voluntary),
    "ashgrove-care": (carers.ashgrove,),
    "beacon-care": (carers.beacon,),
    "eastshire-csc": (evie.after_care,),
    "eastshire-nhs": (evie.after_health,),
}
"""Which parts of which families each publishing source holds."""
LIVE: Mapping[str, tuple[Part, ...]] = {
    "northshire-gp-live": (practice.practice, penrose.practice, pike.practice)
}
"""The same for the source that is asked and does not publish."""


@dataclass(frozen=True, slots=True)
class Northshire:
    """The families on one day."""

    bundles: Mapping[str, Resource]
    """A transaction Bundle for each publishing source."""
    live: Mapping[str, list[Resource]]
    """What each live source answers from."""
    words: tuple[str, ...]
    """Every name, number, address line, postcode, telephone number and phrase of free text in them."""
    wordings: tuple[str, ...]
    """The wordings of codes in them that say something by themselves."""


def northshire(on: date) -> Northshire:
    """The families as they stand on the day `on`."""
    published = {source: _records(source, parts, on) for source, parts in PUBLISHED.items()}
    live = {source: _records(source, parts, on) for source, parts in LIVE.items()}
    everything = [resource for held in (published, live) for records in held.values() for resource in records]
    return Northshire(
        bundles={source: bundle(records) for source, records in published.items()},
        live=live,
        words=words_of(everything),
        wordings=wordings_of(everything),
    )


def _records(source: str, parts: tuple[Part, ...], on: date) -> list[Resource]:
    shelf = Shelf(source, on)
    for part in parts:
        part(shelf)
    return shelf.resources
