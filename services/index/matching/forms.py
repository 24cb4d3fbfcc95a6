"""Given names that stand for one another: short forms, and the ways in which one name is written in Latin letters.

Promise: the names are data (`given-names.json`), read once. That two names share a group is graded evidence in a
comparison and a way of finding; nothing here says that they are the same name.
"""

import json
from functools import cache
from pathlib import Path

from services.index import normalise

FILE = Path(__file__).with_name("given-names.json")


def groups(name: str) -> frozenset[int]:
    """The groups in which a normalised given name stands, by number; none for a name that nobody listed."""
    return _listed().get(name, frozenset())


def others(name: str) -> frozenset[str]:
    """Every other name that shares a group with it, normalised."""
    return frozenset().union(*(_members()[group] for group in groups(name))) - {name}


@cache
def _members() -> tuple[frozenset[str], ...]:
    listed = json.loads(FILE.read_text(encoding="utf-8"))["groups"]
    return tuple(frozenset(filter(None, map(normalise.name_key, group))) for group in listed)


@cache
def _listed() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, members in enumerate(_members()):
        for name in members:
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}
