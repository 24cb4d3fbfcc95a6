"""The marks of a record: all by which labels and an adoption are read, kept beside it, so that nobody opens it for them.

Promise: under any book the marks of a record give the same labels and the same adoption as the record itself; they are kept
sealed, and hold codes alone: no name, number, date, address or text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.index.read import codings, security, text_of

LABEL = "urn:mash:cs:label"


@dataclass(frozen=True, slots=True, repr=False)
class Marks:
    """What one version of a record carries. Which of it is a label, the book says on the day it is asked."""

    security: tuple[tuple[str, str], ...] = ()
    """(system, code) of `meta.security`, in their order."""
    flags: tuple[str, ...] = ()
    """The labels that a Flag is about."""
    codes: tuple[str, ...] = ()
    """Every other code in it, once."""

    def plain(self) -> list[Any]:
        """As JSON."""
        return [self.security, self.flags, self.codes]


def from_plain(value: Any) -> Marks:
    """The marks that `plain` made."""
    said, flags, codes = value
    return Marks(tuple((system, code) for system, code in said), tuple(flags), tuple(codes))


def marks_of(resource: Mapping[str, Any]) -> Marks:
    """The marks of a resource; never raises on a valid one."""
    return Marks(
        tuple(security(resource)), tuple(_flags(resource)), tuple(dict.fromkeys(_all_codings(resource)))
    )


def _flags(resource: Mapping[str, Any]) -> Iterator[str]:
    if resource.get("resourceType") == "Flag":
        for concept in (resource.get("code"), resource.get("category")):
            yield from (code for system, code in codings(concept) if system == LABEL)


def _all_codings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if "code" in value and "system" in value:
            yield text_of(value["code"])
        for member in value.values():
            if isinstance(member, dict | list):
                yield from _all_codings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _all_codings(member)
