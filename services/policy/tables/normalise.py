"""From what was sent to places in the tables: each member's value as its place among the values that the rules tell apart.

Promise: as `keys.rego` reads them: whatever is missing, of another kind or a word of nobody's is ANY_OTHER. A number is no
truth value, whatever Python says of 1 and True.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.policy.tables.artefact import Tables
from services.policy.tables.domains import ANY_OTHER, DAY, place_of_day
from services.policy.tables.shape import ELEMENTS

Place = Callable[[Any], Any]


class Normaliser:
    """The members of one part of a question, `context` or `profile`, in a fixed order."""

    def __init__(self, tables: Tables, part: str) -> None:
        kinds = tables.members[part]
        ways: dict[str, Place] = {name: _word(tables.domains[name]) for name in kinds["words"]}
        ways |= dict.fromkeys(kinds["flags"], _flag)
        ways |= {name: _elements(tables.domains[ELEMENTS[name]]) for name in kinds["lists"]}
        if part == "context":
            ways[DAY] = _day(tables)
        if "labels" in kinds["lists"]:
            ways["labels_listed"] = _listed
        self.names = tuple(sorted(ways))
        self.flags = tuple(sorted(kinds["flags"]))
        self.sent = tuple("labels" if name == "labels_listed" else name for name in self.names)
        """The member of the question behind each name."""
        self._ways = tuple(ways[name] for name in self.names)

    def places(self, raw: Sequence[Any]) -> tuple[Any, ...]:
        """The places of what was sent, in the order of `names`; of a list, those of its elements."""
        return tuple([way(value) for way, value in zip(self._ways, raw, strict=True)])

    def raw(self, found: Any) -> tuple[Any, ...]:
        """What a document holds under these names; None where it does not."""
        members = found if isinstance(found, dict) else {}
        return tuple(members.get(name) for name in self.sent)


def _word(domain: Sequence[Any]) -> Place:
    known: Mapping[Any, int] = {value: place for place, value in enumerate(domain[:-1])}
    other = len(known)

    def place(value: Any) -> int:
        return known.get(value, other) if isinstance(value, str) else other

    return place


def _flag(value: Any) -> int:
    return 0 if value is True else 1 if value is False else 2


def _listed(value: Any) -> int:
    return 0 if isinstance(value, list | tuple) else 1


def _elements(domain: Sequence[Any]) -> Place:
    word = _word(domain)

    def places(value: Any) -> tuple[int, ...]:
        # One that stands twice says nothing more.
        return tuple(dict.fromkeys(map(word, value))) if isinstance(value, list | tuple) else ()

    return places


def _day(tables: Tables) -> Place:
    boundaries, places = tables.days.boundaries, tables.days.places()
    other = tables.domains[DAY].index(ANY_OTHER)

    def place(value: Any) -> int:
        return place_of_day(value, boundaries, places, other)

    return place
