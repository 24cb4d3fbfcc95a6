"""The tables of one book as a file: one document, in canonical bytes.

Promise: the same book gives the same bytes on every machine; a file that is damaged, or of another book, is no tables.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from services.contract.canonical import canonical, digest
from services.policy.tables.domains import Days
from services.policy.tables.shape import Node

VERSION = 1


@dataclass(frozen=True, slots=True)
class Table:
    """What one factor or group says of every key it can have."""

    node: Node
    digest: str
    """Over the rule, the data that it depends on and the values of what it reads: equal digest, equal table."""
    values: tuple[Any, ...] = field(repr=False)
    """The distinct answers."""
    cells: tuple[int, ...] = field(repr=False)
    """For each key, in the order of the product of what is read, the place of its answer among `values`."""


@dataclass(frozen=True)
class Tables:
    """Every table of one book."""

    book: str
    """The digest of the book."""
    revision: str
    days: Days
    composing: Mapping[str, Any] = field(repr=False)
    """What putting findings together goes by, as the rules say it."""
    members: Mapping[str, Mapping[str, tuple[str, ...]]] = field(repr=False)
    """context | profile -> words | flags | lists -> the names of its members."""
    domains: Mapping[str, tuple[Any, ...]] = field(repr=False)
    """Member or element of a key -> its values."""
    tables: tuple[Table, ...] = field(repr=False)
    """In an order in which each comes after all that it reads."""

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(len(table.cells) for table in self.tables)


def as_bytes(tables: Tables) -> bytes:
    """The file's content: its digest (SHA-256, 32 bytes), then canonical JSON."""
    document = canonical(
        {
            "v": VERSION,
            "book": tables.book,
            "revision": tables.revision,
            "days": list(tables.days.boundaries),
            "composing": dict(tables.composing),
            "members": tables.members,
            "domains": {name: list(values) for name, values in tables.domains.items()},
            "tables": [
                {
                    "node": {**asdict(table.node), "reads": list(table.node.reads)},
                    "digest": table.digest,
                    "values": list(table.values),
                    "cells": list(table.cells),
                }
                for table in tables.tables
            ],
        }
    )
    return digest(document) + document


def from_bytes(raw: bytes) -> Tables | None:
    """The tables of a file; None where it is not whole or of another form."""
    try:
        document = raw[32:]
        if digest(document) != raw[:32]:
            return None
        found = orjson.loads(document)
        if found["v"] != VERSION:
            return None
        return Tables(
            book=found["book"],
            revision=found["revision"],
            days=Days(tuple(found["days"])),
            composing=found["composing"],
            members={
                part: {kind: tuple(names) for kind, names in kinds.items()}
                for part, kinds in found["members"].items()
            },
            domains={name: tuple(values) for name, values in found["domains"].items()},
            tables=tuple(
                Table(
                    Node(**{**each["node"], "reads": tuple(each["node"]["reads"])}),
                    each["digest"],
                    tuple(each["values"]),
                    tuple(each["cells"]),
                )
                for each in found["tables"]
            ),
        )
    except (ValueError, KeyError, TypeError):
        return None


def read_tables(path: Path) -> Tables | None:
    """The tables that stand at `path`; None where there are none that can be read."""
    try:
        return from_bytes(path.read_bytes())
    except OSError:
        return None


def write_tables(tables: Tables, path: Path) -> int:
    """Put the tables at `path`, replacing what stood there in one step; returns the size in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = as_bytes(tables)
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=".tables-")
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
    Path(scratch).chmod(0o644)
    Path(scratch).replace(path)
    return len(raw)
