"""How a line of `policies/catalogue/fields.yaml` is read: its path, its class, its forms.

Promise: a line that cannot be read whole is refused with its path (`CatalogueFault`), and never guessed at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.contract.decisions import AXES

Forms = Mapping[str, Mapping[str, str]]
"""Axis -> level -> form. An axis or level that is not there has no form: the element is withheld at it."""

WORDS = frozenset({"keep", "drop", "month", "year", "district", "kind", "in-service", "top-label", "yes"})
_TYPE = re.compile(r"(\*|[A-Z]\w+)(?:\[([\w-]+)\])?")
_STEP = re.compile(r"\.([a-z]\w*(?:\[x\])?)(?:\(([^()]+)\))?")


class CatalogueFault(ValueError):
    """A line of the catalogue that cannot stand, by its path and what is wrong with it."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"catalogue: {path}: {why}")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: `identifier(https://fhir.nhs.uk/Id/nhs-number)` is name and `by`."""

    name: str
    by: str = ""

    @staticmethod
    def read(path: str) -> tuple[tuple[str, str], tuple["Step", ...]]:
        """((type, variant), steps) of a path; indexes such as `[0]` are passed over. Raises `CatalogueFault`."""
        plain = re.sub(r"\[\d+\]", "", path)
        start = _TYPE.match(plain)
        if start is None:
            raise CatalogueFault(path, "a path begins with the type of the record")
        steps, place = [], start.end()
        while place < len(plain):
            match = _STEP.match(plain, place)
            if match is None:
                raise CatalogueFault(path, "not a path")
            steps.append(Step(match[1], match[2] or ""))
            place = match.end()
        return (start[1], start[2] or ""), tuple(steps)


@dataclass(frozen=True, slots=True)
class Layer:
    """One line: what stands at a path, for every record of a type or for one variant of it."""

    path: str
    type: str
    variant: str
    steps: tuple[Step, ...]
    class_: str
    forms: Forms
    frame: bool


def read_layers(fields: Mapping[str, Mapping[str, Any]], forms: Mapping[str, Forms]) -> list[Layer]:
    """Every line of `fields`, in the file's order."""
    return [_layer(path, row, forms) for path, row in fields.items()]


def _layer(path: str, row: Mapping[str, Any], forms: Mapping[str, Forms]) -> Layer:
    unknown = row.keys() - {"class", "at", "frame"}
    if unknown:
        raise CatalogueFault(path, f"unknown member: {min(unknown)}")
    (type_name, variant), steps = Step.read(path)
    if not steps:
        raise CatalogueFault(path, "a path names an element")
    at = row.get("at", {})
    if isinstance(at, str):
        if at not in forms:
            raise CatalogueFault(path, f"no such form: {at}")
        at = forms[at]
    else:
        at = read_form(path, at)
    return Layer(path, type_name, variant, steps, str(row["class"]), at, bool(row.get("frame", False)))


def read_forms(named: Mapping[str, Any]) -> Mapping[str, Forms]:
    """The forms that many lines share, by name."""
    return {name: read_form(f"forms.{name}", row) for name, row in named.items()}


def read_form(path: str, row: Mapping[str, Any]) -> Forms:
    """Axis -> level -> form; one word in place of the levels stands for every level of that axis."""
    read: dict[str, Mapping[str, str]] = {}
    for axis, levels in row.items():
        if axis not in AXES:
            raise CatalogueFault(path, f"no such axis: {axis}")
        coarser = AXES[axis][1:]
        given = dict.fromkeys(coarser, levels) if isinstance(levels, str) else dict(levels)
        for level, word in given.items():
            if level not in coarser:
                raise CatalogueFault(path, f"no such level of {axis}: {level}")
            if word not in WORDS:
                raise CatalogueFault(path, f"no such form: {word}")
        read[axis] = given
    return read
