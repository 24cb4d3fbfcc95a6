"""A recorded decision as the vault keeps it, read back: the context, the profiles as policy was shown them, the cells.

Promise: a record that is not of a known shape is told from one that decided otherwise; nothing of it is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import orjson

from services.contract.decisions import Cell, Context, Profile

Told = tuple[Any, ...]
"""What a record says of a cell: effect, code, visibility, how (sorted pairs), obligations, tasks."""


class AnotherShape(Exception):
    """The record has members that this version does not know, or lacks its own."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision in the ledger: the event id of its entry, the digest of the book, and what the vault opened."""

    event: str
    digest: str
    body: bytes | None
    """None: forgotten, or never kept."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call to policy."""

    digest: str
    classes: tuple[str, ...]
    profiles: tuple[Profile, ...]
    cells: tuple[tuple[Told, ...], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One request, decided in one or more calls under one context."""

    context: Context
    calls: tuple[Call, ...]


def told(cell: Cell) -> Told:
    """A cell as a record keeps it."""
    return (
        cell.effect, cell.code, cell.visibility, tuple(sorted(cell.how.items())),
        tuple(cell.obligations), tuple(cell.tasks),
    )  # fmt: skip


def read_record(body: bytes) -> Decision:
    """The decision of a sealed record's bytes. Raises `AnotherShape`."""
    try:
        document = orjson.loads(body)
        distinct = [_told(cell) for cell in document["cells"]]
        calls = tuple(
            Call(
                call["digest"],
                tuple(call["classes"]),
                tuple(_profile(profile) for profile in call["profiles"]),
                tuple(tuple(distinct[place] for place in row) for row in call["cells"]),
            )
            for call in document["calls"]
        )
        return Decision(_context(document["context"]), calls)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise AnotherShape(type(error).__name__) from None


def _told(cell: list[Any]) -> Told:
    effect, code, visibility, how, obligations, tasks = cell
    return (effect, code, visibility, tuple(sorted(how.items())), tuple(obligations), tuple(tasks))


_CONTEXT = frozenset(field.name for field in fields(Context))
_PROFILE = frozenset(field.name for field in fields(Profile))


def _context(members: Mapping[str, Any]) -> Context:
    return Context(**_members(members, _CONTEXT))


def _profile(members: Mapping[str, Any]) -> Profile:
    return Profile(**_members(members, _PROFILE))


def _members(members: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Lists as tuples. A member that a later version added has its default; one that nobody knows is another shape."""
    if not members.keys() <= known:
        raise KeyError
    return {name: tuple(value) if isinstance(value, list) else value for name, value in members.items()}
