"""Records of one holder that leave in one answer, and whether the holder may learn of it.

Promise: a value and no more; who is who in it stands sealed wherever it is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """Records of one holder that are about to leave."""

    holder: str
    purpose: str
    held_back: str
    people: tuple[str, ...] = field(repr=False)
    records: tuple[str, ...] = field(repr=False)
    """The holder's own references, as it published them."""
    plan: tuple[tuple[str, str], ...] = field(repr=False)
    """(person, the holder's reference) of what says that somebody is on a plan or looked after."""


def told(given: Given) -> dict[str, Any]:
    """As JSON."""
    return {name: getattr(given, name) for name in given.__dataclass_fields__}


def read(kept: Mapping[str, Any]) -> Given:
    """What `told` wrote."""
    return Given(
        kept["holder"],
        kept["purpose"],
        kept["held_back"],
        tuple(kept["people"]),
        tuple(kept["records"]),
        tuple((person, record) for person, record in kept["plan"]),
    )
