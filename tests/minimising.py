"""What the tests of minimising share: the shipped catalogue, records as the index gives them, cells, ids.

The ids are drawn from a counter, so that two runs can be compared; `leaves` finds every value of a record with its class
without going through the code under test, but for `Catalogue.class_at`.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from services.contract.canonical import parse
from services.contract.decisions import Cell
from services.contract.people import Item, RecordFacts
from services.contract.places import policies
from services.contract.vocabulary import code_list
from services.gateway.catalogue.catalogue import UNCLASSIFIED, Catalogue
from services.gateway.minimise import Minimised, Places, Rewrite, minimise
from tests.families import northshire, records

CLASSES = tuple(code for code, row in code_list("classes").items() if not row["question"])
RELEASE = Cell("release")
SHOWN = Cell("withhold", code="MINIMISATION", shown_as="MINIMISATION")
SILENT = Cell("withhold", code="SENSITIVE_CATEGORY", visibility="silent")
PERSON, RECORD, SOURCE = "p1", "r1", "s1"


@cache
def book() -> dict[str, Any]:
    text = (policies() / "catalogue" / "fields.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe").load(text)
    return loaded


@cache
def catalogue() -> Catalogue:
    return Catalogue(book())


def cells(**changed: Cell) -> dict[str, Cell]:
    """Every class released but those named."""
    return {**dict.fromkeys(CLASSES, RELEASE), **changed}


def generalised(**how: str) -> Cell:
    return Cell("generalise", code="MINIMISATION", shown_as="MINIMISATION", how=how)


def item(resource: Mapping[str, Any], references: Mapping[str, str] | None = None) -> Item:
    return Item(SOURCE, PERSON, RECORD, resource, RecordFacts(), "2026-01-01T00:00:00Z", (), references or {})


def rewrite(
    also: Mapping[str, str] | None = None, *, kind: str = "substance-misuse", start: int = 1
) -> Rewrite:
    """Ids for the one person and record, and for the records in `also`."""
    drawn = (f"urn:uuid:00000000-0000-4000-8000-{number:012}" for number in count(start))
    return Rewrite({PERSON: next(drawn)}, {RECORD: next(drawn), **(also or {})}, {SOURCE: kind})


@dataclass(frozen=True)
class Case:
    """One call of `minimise` with what is not said left as it is most often."""

    resource: Mapping[str, Any]
    cells: Mapping[str, Cell] = field(default_factory=cells)
    elements: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)
    places: Places | None = None
    rewrite: Rewrite = field(default_factory=rewrite)
    references: Mapping[str, str] = field(default_factory=dict)

    def made(self) -> Minimised:
        given = item(self.resource, self.references)
        return minimise(
            given,
            self.cells,
            self.elements,
            catalogue=catalogue(),
            places=self.places,
            rewrite=self.rewrite,
        )


def left(resource: Mapping[str, Any], **changed: Cell) -> dict[str, Any] | None:
    """What leaves of a record with these cells."""
    return Case(resource, cells(**changed)).made().resource


def referring(resource: Mapping[str, Any], **changed: Cell) -> Minimised:
    """What leaves where everything that the record refers to is in the answer as well."""
    leads = dict.fromkeys(texts_at(resource, "reference"), "record:r2")
    leads |= {written: f"person:{PERSON}" for written in leads if written.startswith("Patient/")}
    also = {"r2": "urn:uuid:00000000-0000-4000-8000-000000000099"}
    return Case(resource, cells(**changed), rewrite=rewrite(also), references=leads).made()


def demo() -> list[dict[str, Any]]:
    """The records of the demonstration's families."""
    return [resource for _, resource in records(northshire(date(2026, 11, 23)))]


def corpus() -> list[tuple[str, dict[str, Any]]]:
    """The examples under MASH_CORPUS by file name; none where it is not set."""
    folder = os.environ.get("MASH_CORPUS")
    found = sorted(Path(folder).rglob("*.json")) if folder else []
    read = ((path.name, parse(path.read_bytes())) for path in found)
    return [
        (name, resource)
        for name, resource in read
        if isinstance(resource, dict) and "resourceType" in resource
    ]


def leaves(value: Any, path: str, resource: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(class, value) of every primitive under `value`, which stands at `path` of the record."""
    if isinstance(value, list):
        for one in value:
            yield from leaves(one, path, resource)
    elif isinstance(value, Mapping):
        for key, sub in value.items():
            for one in sub if isinstance(sub, list) else [sub]:
                yield from leaves(one, f"{path}.{step(key, one)}", resource)
    elif value is not None:
        yield catalogue().class_at(path, resource), value


def step(key: str, value: Any) -> str:
    """The step of a path for a member: with what tells it apart, as the catalogue writes it."""
    plain = key.lstrip("_")
    if plain == "extension" and isinstance(value, Mapping):
        return f"{plain}({value.get('url', '?')})"
    if plain == "identifier" and isinstance(value, Mapping) and "system" in value:
        return f"{plain}({value['system']})"
    return plain


def texts(value: Any) -> Iterator[str]:
    """Every primitive in a JSON value, as text."""
    if isinstance(value, Mapping):
        for sub in value.values():
            yield from texts(sub)
    elif isinstance(value, list):
        for sub in value:
            yield from texts(sub)
    elif value is not None:
        yield str(value)


def texts_at(value: Any, name: str) -> Iterator[str]:
    """Every string that stands under a member of that name."""
    if isinstance(value, Mapping):
        for key, sub in value.items():
            if key == name and isinstance(sub, str):
                yield sub
            yield from texts_at(sub, name)
    elif isinstance(value, list):
        for sub in value:
            yield from texts_at(sub, name)


__all__ = [
    "CLASSES", "PERSON", "RECORD", "RELEASE", "SHOWN", "SILENT", "SOURCE", "UNCLASSIFIED", "Case", "Places", "book",
    "catalogue", "cells", "corpus", "demo", "generalised", "item", "leaves", "left", "referring", "rewrite", "step", "texts",
    "texts_at",
]  # fmt: skip
