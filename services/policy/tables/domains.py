"""What values each member of a key can have: the words of its list, one that stands for all others, days by their boundaries.

Promise: every value that anybody could send falls into exactly one of them, and the rules cannot tell two values apart that
fall into the same.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from services.contract.vocabulary import codes
from services.policy.tables.shape import CLASS, ELEMENTS
from services.runtime.book import Book

ANY_OTHER = "ANY_OTHER"
DAY = "on"
FIRST, LAST = "1900-00-00", "9999-00-00"
"""Between these, both excluded, a text of ten characters is a day to the rules."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def slots() -> tuple[str, ...]:
    """The classes for which a rule answers: the vocabulary's, and the one that stands for a class in no list."""
    return (*codes("classes"), ANY_OTHER)


@cache
def _places() -> Mapping[str, int]:
    return {name: place for place, name in enumerate(slots())}


def slot(name: Any) -> int:
    """The place of a class among `slots()`; of a class in no list that of the one that stands for all of them."""
    places = _places()
    return places.get(name, places[ANY_OTHER]) if isinstance(name, str) else places[ANY_OTHER]


@dataclass(frozen=True, slots=True)
class Days:
    """The days that the rules and the book name, as boundaries; between two of them nothing can change."""

    boundaries: tuple[str, ...]

    def values(self) -> tuple[str, ...]:
        """One day of each interval, in order, then what is no day."""
        return (*(first for first, _ in self.intervals()), ANY_OTHER)

    def intervals(self) -> tuple[tuple[str, str], ...]:
        """First and last text of each interval. Ends that are no days of the calendar lie next to one that is."""
        return tuple(self._intervals())

    def _intervals(self) -> Iterator[tuple[str, str]]:
        for low, high in pairwise((FIRST, *self.boundaries, LAST)):
            if low != FIRST:
                yield low, low
            after = low[:-1] + chr(ord(low[-1]) + 1)
            # No text of ten characters lies between a text and its successor.
            if after < high:
                yield after, high

    def places(self) -> tuple[int, ...]:
        """By twice the place among the boundaries, one more on a boundary: the place among `values`."""
        found, place = [], -1
        for low, high in pairwise((FIRST, *self.boundaries, LAST)):
            if low != FIRST:
                place += 1
                found.append(place)
            if low[:-1] + chr(ord(low[-1]) + 1) < high:
                place += 1
            found.append(place)
        return tuple(found)


def days_of(book: Book) -> Days:
    """The days that the book's data and rules name."""
    found = set(_days_in(book.data)) | {day for source in book.rego.values() for day in _DAY.findall(source)}
    return Days(tuple(sorted(day for day in found if FIRST < day < LAST)))


def _days_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if _DAY.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _days_in(member)
    elif isinstance(value, Sequence):
        for member in value:
            yield from _days_in(member)


def place_of_day(value: Any, boundaries: Sequence[str], places: Sequence[int], other: int) -> int:
    """The place among the days' values of whatever was sent as a day."""
    if not isinstance(value, str) or len(value) != len(FIRST) or not FIRST < value < LAST:
        return other
    at = bisect_left(boundaries, value)
    return places[2 * at + (at < len(boundaries) and boundaries[at] == value)]


def domains_of(book: Book, days: Days) -> dict[str, tuple[Any, ...]]:
    """Member or element of a key -> its values, ANY_OTHER last."""
    found: dict[str, tuple[Any, ...]] = {
        DAY: days.values(),
        CLASS: slots(),
        "labels_listed": (True, ANY_OTHER),
    }
    for part in book.data["members"].values():
        found |= {name: (*sorted(words), ANY_OTHER) for name, words in part["words"].items()}
        found |= dict.fromkeys(part["flags"], (True, False, ANY_OTHER))
        found |= {ELEMENTS[name]: (*sorted(words), ANY_OTHER) for name, words in part["lists"].items()}
    return found
