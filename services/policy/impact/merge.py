"""Questions with the same differences put together, so that what one change does is told once.

Promise: every question is in exactly one group; who is usual somewhere is kept apart from who is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.policy.impact.usual import usual_at
from services.runtime.book import Book

_ASKERS, _ROLES, _PURPOSES, _HOLDERS = range(4)
_ORDER = (_HOLDERS, _PURPOSES, _ROLES, _ASKERS, _HOLDERS, _ROLES)


@dataclass(frozen=True, slots=True)
class Group:
    """Every asker in every role for every purpose of every holder."""

    askers: frozenset[str]
    roles: frozenset[str]
    purposes: frozenset[str]
    holders: frozenset[str]
    usual: bool


Question = tuple[str, str, str, str]
"""(asker, role, purpose, source id)."""


def merged(questions: Iterable[Question], book: Book) -> list[Group]:
    """The groups. Holders are organisations."""
    # One set for each word: tens of thousands of questions name a few dozen.
    alone = cache(_alone)
    usual = cache(lambda role, asker: usual_at(role, _type(book, asker)))
    keys: list[tuple[Any, ...]] = [
        (alone(asker), alone(role), alone(purpose), alone(_holder(book, source)), usual(role, asker))
        for asker, role, purpose, source in questions
    ]
    for member in _ORDER:
        keys = _by(member, keys)
    return [Group(*key) for key in keys]


def _alone(word: str) -> frozenset[str]:
    return frozenset((word,))


def _by(member: int, keys: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Groups that differ in this member alone become one."""
    together: dict[tuple[Any, ...], set[str]] = {}
    for key in keys:
        together.setdefault((*key[:member], *key[member + 1 :]), set()).update(key[member])
    return [(*rest[:member], frozenset(one), *rest[member:]) for rest, one in together.items()]


def _holder(book: Book, source: str) -> str:
    found = book.sources.get(source)
    return found.organisation if found else source


def _type(book: Book, organisation: str) -> str:
    found = book.organisations.get(organisation)
    return found.type if found else ""
