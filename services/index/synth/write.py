"""A population as a folder of files: who the people are, their records, the queries about them, and the hard pairs.

Promise: byte for byte the same from (seed, size, noise) on any machine and Python from 3.11 on; each file is written as it
is made, so that memory does not grow with the size; `population.json`, written last, says what the folder is and the
SHA-256 of each file.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from services.contract.problems import BadInput
from services.index.synth.fhir import patient
from services.index.synth.pairs import Maker, Pair
from services.index.synth.people import COLUMNS, Person, Record
from services.index.synth.population import Order, Query, population

FORMAT = 1
PEOPLE = ("id", "household", "role", "culture", "sex", "birth_date", "age_band", "given", "more", "family", "nhs_number",
          "mother", "father", "twin", "formerly", "named_after", "safe", "indexed")  # fmt: skip
RECORDS = ("person", *COLUMNS)
QUERIES = ("person", "culture", "age_band", "missing", "did", *COLUMNS)
"""`person` is empty where nobody must be found; `did`: what was spoiled, joined by `+`."""
PAIRS = ("pair", "category", "same", "culture", "age_band", *(f"one_{name}" for name in COLUMNS),
         *(f"other_{name}" for name in COLUMNS))  # fmt: skip
_OFTEN = 2_000


class _Output:
    """One file, with its SHA-256."""

    def __init__(self, folder: Path, name: str, opened: ExitStack) -> None:
        self.name = name
        self.digest = hashlib.sha256()
        self._file = opened.enter_context((folder / name).open("wb"))
        self._csv = csv.writer(self, lineterminator="\n")

    def write(self, text: str) -> None:
        """Some text."""
        raw = text.encode()
        self.digest.update(raw)
        self._file.write(raw)

    def row(self, values: Iterable[str]) -> None:
        """One line of CSV."""
        self._csv.writerow(values)

    def resource(self, resource: dict[str, Any]) -> None:
        """One line of NDJSON."""
        self.write(json.dumps(resource, ensure_ascii=False, separators=(",", ":")) + "\n")


def write(
    folder: Path, order: Order, fhir: bool = False, told: Callable[[int], None] = lambda _: None
) -> dict[str, str]:
    """Write the folder; file name -> SHA-256. `told` hears now and then how many people stand. Raises `BadInput`."""
    if order.size < 1 or not 0 <= order.noise <= 20:
        raise BadInput("a population has at least one person, and noise is between 0 and 20")
    if folder.exists() and any(folder.iterdir()):
        raise BadInput("the folder is not empty: name a new one, so that two populations never mix")
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as opened:
        names = ["people.csv", "records.csv", "queries.csv", "pairs.csv"]
        names += ["records.ndjson", "queries.ndjson"] if fhir else []
        outputs = {name: _Output(folder, name, opened) for name in names}
        _write_people(outputs, order, told)
        _write_pairs(outputs["pairs.csv"], Maker(order).pairs())
    digests = {name: output.digest.hexdigest() for name, output in outputs.items()}
    said = {"format": FORMAT, "seed": order.seed, "size": order.size, "noise": order.noise, "sha256": digests}
    (folder / "population.json").write_bytes((json.dumps(said, indent=2) + "\n").encode())
    return digests


def _write_people(outputs: dict[str, _Output], order: Order, told: Callable[[int], None]) -> None:
    for name, columns in (("people.csv", PEOPLE), ("records.csv", RECORDS), ("queries.csv", QUERIES)):
        outputs[name].row(columns)
    for count, one in enumerate(population(order), 1):
        outputs["people.csv"].row(_person(one.person, indexed=one.record is not None))
        if one.record:
            outputs["records.csv"].row([one.person.id, *one.record.row()])
            _publish(outputs, "records.ndjson", one.record)
        if one.query:
            outputs["queries.csv"].row(_query(one.query))
            _publish(outputs, "queries.ndjson", one.query.record)
        if count % _OFTEN == 0 and count < order.size + order.absent:
            told(count)
    told(count)


def _publish(outputs: dict[str, _Output], name: str, record: Record) -> None:
    if name in outputs:
        outputs[name].resource(patient(record))


def _person(person: Person, indexed: bool) -> list[str]:
    return [
        person.id, person.household, person.role, person.culture, person.sex, person.born.isoformat(), person.band,
        person.given, person.more, person.family, person.nhs_number, person.mother, person.father, person.twin,
        person.formerly, person.named_after, "1" if person.safe else "", "1" if indexed else "",
    ]  # fmt: skip


def _query(query: Query) -> list[str]:
    did = "+".join(query.did)
    return [query.person, query.of.culture, query.of.band, query.record.missing(), did, *query.record.row()]


def _write_pairs(output: _Output, pairs: Iterable[Pair]) -> None:
    output.row(PAIRS)
    for pair in pairs:
        said = [pair.id, pair.category, "1" if pair.same else "", pair.of.culture, pair.of.band]
        output.row([*said, *pair.one.row(), *pair.other.row()])
