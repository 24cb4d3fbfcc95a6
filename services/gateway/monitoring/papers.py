"""The state of the paper on a day: which ISAs end soon, have lapsed, are past their review; and which gateway stood in.

Promise: what is said of an ISA is what its file says; a gateway is named only where it names purpose, asker and holder.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from services.runtime.book import Book
from services.runtime.book_files import Located, parse_yaml

SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class PaperState:
    """One ISA that needs somebody's attention."""

    id: str
    title: str
    state: str
    """ends-soon | lapsed | review-overdue | not-signed."""
    day: str
    parties: tuple[str, ...]


def attention(book: Book, on: str) -> Iterator[PaperState]:
    """Every ISA that ends within 30 days, has ended, is past its review, or is not signed."""
    soon = (date.fromisoformat(on) + timedelta(SOON_DAYS)).isoformat()
    for isa in book.isas:
        told = (isa["id"], isa["title"])
        parties = tuple(isa["parties"])
        if isa["status"] != "signed":
            yield PaperState(*told, "not-signed", isa["effective_from"], parties)
            continue
        if isa["last_day"] < on:
            yield PaperState(*told, "lapsed", isa["last_day"], parties)
        elif isa["last_day"] <= soon:
            yield PaperState(*told, "ends-soon", isa["last_day"], parties)
        if isa["review_by"] < on and isa["last_day"] >= on:
            yield PaperState(*told, "review-overdue", isa["review_by"], parties)


def gateways_for(book: Book, asker: str, holder: str, purpose: str, on: str) -> tuple[str, ...]:
    """The ids of the gateways under which something goes on between the two on that day."""
    kinds = [book.organisations[one].type if one in book.organisations else "" for one in (asker, holder)]
    return tuple(
        str(one["id"])
        for one in _gateways(book)
        if one["status"] == "signed"
        and purpose in one["purposes"]
        and all(
            one[name] == "any" or kind in one[name]
            for name, kind in zip(("askers", "holders"), kinds, strict=True)
        )
        and one["effective_from"] is not None
        and one["effective_from"] <= on <= (one["last_day"] or "9999-12-31")
    )


def _gateways(book: Book) -> Sequence[Mapping[str, Any]]:
    return _read(
        tuple((name, content) for name, content in sorted(book.files.items()) if name.startswith("gateways/"))
    )


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[str, bytes], ...]) -> Sequence[Mapping[str, Any]]:
    read = [parse_yaml(content, name) for name, content in files]
    return tuple(found.data for found in read if isinstance(found, Located))
