"""The folder of an invented population (`mash synth`), read a row at a time.

Promise: nothing is held but what a row needs; a folder of another format is refused by name.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from services.index.synth.fhir import patient
from services.index.synth.people import Record, record_of
from services.index.synth.population import Order
from services.index.synth.write import FORMAT, write

SOURCE = "nhs"
"""The agency whose register is the index."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query. `expected`: FHIR id of the record of the same person; empty where nobody must be found."""

    culture: str
    age_band: str
    missing: str
    did: str
    expected: str
    record: Record


@dataclass(frozen=True, slots=True)
class Pair:
    """A hard pair."""

    category: str
    same: bool
    one: Record
    other: Record


@dataclass(frozen=True, slots=True)
class Folder:
    """A population."""

    path: Path
    said: Mapping[str, Any]

    @property
    def size(self) -> int:
        """People in the register."""
        return int(self.said["size"])

    def name(self) -> str:
        """Seed, size and noise in words."""
        return f"{self.size:,} people of seed {self.said['seed']}, noise {self.said['noise']:g}"

    def patients(self, most: int | None = None) -> Iterator[dict[str, Any]]:
        """The register, in its order."""
        rows = self._rows("records.csv")
        return (patient(record_of(row)) for row in islice(rows, most))

    def queries(self) -> Iterator[Asked]:
        """What the second agency sends."""
        for row in self._rows("queries.csv"):
            expected = fhir_id(f"a{row['person']}") if row["person"] else ""
            yield Asked(row["culture"], row["age_band"], row["missing"], row["did"], expected, record_of(row))

    def pairs(self) -> Iterator[Pair]:
        """Hard pairs."""
        for row in self._rows("pairs.csv"):
            one, other = record_of(row, "one_"), record_of(row, "other_")
            yield Pair(row["category"], row["same"] == "1", one, other)

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def fhir_id(id: str) -> str:
    """The id of a record as a FHIR id."""
    return id.replace(".", "-")


def opened(path: Path) -> Folder:
    """The population of a folder that `mash synth` wrote to its end."""
    said = json.loads((path / "population.json").read_text(encoding="utf-8"))
    if said["format"] != FORMAT:
        raise SystemExit(f"{path.name}: of another format; make it again with `mash synth`")
    return Folder(path, said)


def made(path: Path, order: Order) -> Folder:
    """A population made now."""
    write(path, order)
    return opened(path)
