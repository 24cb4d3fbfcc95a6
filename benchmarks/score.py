"""The score alone, guards off, on published sets with known answers: FEBRL 3 and 4, and 50,000 historical figures.

Usage: python -m benchmarks.score --data FOLDER [--set febrl4]

For each set a model is trained on it without its labels (Splink), its pairs are found by wide blocks and weighed by
`services/index/matching/score.py`, and F1 is taken at the threshold that serves the set best, as published figures are. These
sets hold no families: they say how well the score reads mistakes, and nothing of how safe it is.
"""

import argparse
import csv
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import duckdb

from services.index import normalise
from services.index.matching import model, traits
from services.index.matching.score import weigh
from services.index.read import Home, Name, Number, Summary
from services.index.training import export, pairs, rows
from services.index.training.learn import NUMBER_BLOCK, PERSON_BLOCK, Plan, learn

FEBRL = Path("febrl")
HISTORICAL = Path("splink_datasets/data/historical_figures_with_errors_50k.parquet")


@dataclass(frozen=True)
class Labelled:
    """Records with their true person and their source; pairs are looked for between sources, or within one."""

    records: list[Summary]
    persons: list[str]
    sources: list[str]

    @cached_property
    def _one_source(self) -> bool:
        # Asked for each of millions of pairs: looked up once.
        return len(set(self.sources)) == 1

    def counts(self, one: int, other: int) -> bool:
        """Whether this pair counts: between sources where there are several."""
        return self._one_source or self.sources[one] != self.sources[other]

    def true_pairs(self) -> int:
        """How many pairs are to be found."""
        groups: dict[str, list[int]] = {}
        for place, person in enumerate(self.persons):
            groups.setdefault(person, []).append(place)
        return sum(
            self.counts(one, other)
            for group in groups.values()
            for n, one in enumerate(group)
            for other in group[n + 1 :]
        )


@dataclass(frozen=True)
class Measured:
    """One set: F1 at the best threshold, and what stands behind it."""

    name: str
    target: float
    f1: float
    precision: float
    recall: float
    threshold: float
    blocked: float
    """Share of the true pairs that the blocks find at all."""
    pairs: int
    training_seconds: float
    seconds: float


@dataclass(frozen=True)
class _Set:
    target: float
    read: Callable[[Path], Labelled]
    plan: Plan
    blocks: tuple[str, ...]
    """By which pairs are found to be weighed."""


def measure(data: Path, name: str) -> Measured:
    """Train on one set and weigh its pairs. Raises `FileNotFoundError` where the folder does not hold it."""
    wanted = SETS[name]
    labelled = wanted.read(data)
    began = time.perf_counter()
    trained = _trained(labelled.records, wanted.plan)
    taught = time.perf_counter()
    known = [traits.of(one) for one in labelled.records]
    weighed: list[tuple[float, bool]] = []
    for one, other in pairs.found(rows.table(labelled.records), wanted.blocks):
        if labelled.counts(one, other):
            same = labelled.persons[one] == labelled.persons[other]
            weighed.append((weigh(trained, known[one], known[other]).weight, same))
    wanted_pairs = labelled.true_pairs()
    f1, precision, recall, threshold = _best(weighed, wanted_pairs)
    blocked = sum(same for _, same in weighed) / wanted_pairs
    ended = time.perf_counter()
    return Measured(name, wanted.target, f1, precision, recall, threshold, blocked, len(weighed),
                    taught - began, ended - taught)  # fmt: skip


def _trained(records: Sequence[Summary], plan: Plan) -> model.Model:
    document, _ = export.document(
        learn(records, plan), model.shipped(), {"by": "benchmarks/score.py"}, invented=True
    )
    return model.parse(model.seal(document), "model")


def _best(weighed: list[tuple[float, bool]], wanted: int) -> tuple[float, float, float, float]:
    """F1, precision, recall and the threshold, at the threshold of the highest F1."""
    best = (0.0, 0.0, 0.0, 0.0)
    right = 0
    weighed.sort(reverse=True)
    for count, (weight, same) in enumerate(weighed, 1):
        right += same
        if count < len(weighed) and weighed[count][0] == weight:
            continue
        f1 = 2 * right / (count + wanted)
        best = max(best, (f1, right / count, right / wanted, weight))
    return best


def _febrl(*names: str) -> Callable[[Path], Labelled]:
    def read(data: Path) -> Labelled:
        lines = [(name, line) for name in names for line in _lines(data / FEBRL / name)]
        return Labelled(
            [_of_febrl(line) for _, line in lines],
            [line["rec_id"].split("-")[1] for _, line in lines],
            [name for name, _ in lines],
        )

    return read


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file, skipinitialspace=True)


def _of_febrl(line: dict[str, str]) -> Summary:
    """The number is an Australian one, so its check digit is not looked at; an address also stands without its town."""
    given, family = normalise.name_key(line["given_name"]), normalise.name_key(line["surname"])
    born = line["date_of_birth"]
    iso = f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else ""
    house, town = line["street_number"] + line["address_1"], line["suburb"] + line["postcode"]
    street, suburb = normalise.squeeze(line["address_1"]), normalise.squeeze(line["suburb"])
    whole = Home("", normalise.squeeze(house + town), line["postcode"], "", "", street)
    homes = [whole, Home("", normalise.squeeze(house), "", "", "", suburb)]
    number = line["soc_sec_id"]
    return Summary((Number(number, True),) if number else (), (Name(family, given, ""),), iso, iso, "",
                   tuple(home for home in homes if home.text), False)  # fmt: skip


def _historical(data: Path) -> Labelled:
    columns = "first_name, surname, full_name, dob, birth_place, postcode_fake, gender, cluster"
    path = data / HISTORICAL
    if not path.is_file():
        raise FileNotFoundError(path.name)
    lines = duckdb.connect().execute(f"SELECT {columns} FROM read_parquet(?)", [str(path)]).fetchall()
    records = [_of_historical(*(value or "" for value in line[:-1])) for line in lines]
    return Labelled(records, [line[-1] for line in lines], ["one"] * len(lines))


def _of_historical(
    given: str, family: str, full: str, born: str, place: str, postcode: str, sex: str
) -> Summary:
    """The place of birth stands for the street; years before our era are left out."""
    born = born if re.fullmatch(r"\d{4}-\d{2}-\d{2}", born) else ""
    names = [normalise.name_key(word) for word in full.split()]
    first, last = normalise.name_key(given), normalise.name_key(family)
    more = tuple(name for name in names if len(name) > 2 and name not in (first, last))
    code, street = normalise.postcode(postcode), normalise.squeeze(place)
    homes = (Home("", street + code, code, "", "", street),) if code else ()
    return Summary((), (Name(last, first, "", more),), born, born, sex, homes, False)


_POSTCODE = "l.postcodes[1] = r.postcodes[1]"
_EITHER_NAME = ("l.given = r.given AND l.family = r.family", "l.given = r.family AND l.family = r.given")
_BEGINNINGS = tuple(
    f"l.{whole} = r.{whole} AND left(l.{part}, {letters}) = left(r.{part}, {letters})"
    for whole, part, letters in (("family", "given", 2), ("given", "family", 3), ("year", "family", 3))
)
_NEARBY = tuple(
    f"{same} AND left(l.postcodes[1], 4) = left(r.postcodes[1], 4)"
    for same in ("left(l.family, 3) = left(r.family, 3)", "left(l.given, 3) = left(r.given, 3)")
) + tuple(
    f"l.streets[1] = r.streets[1] AND {same}"
    for same in (
        "l.family = r.family",
        "l.given = r.given",
        "l.year = r.year AND left(l.given, 1) = left(r.given, 1)",
    )
)
"""Half the errors of the historical set are in names: the blocks, not the score, are what caps its recall."""
SETS = {
    "febrl3": _Set(
        0.995,
        _febrl("dataset3.csv"),
        Plan((NUMBER_BLOCK, PERSON_BLOCK), people=2_000, pairs=4_000_000),
        ("l.numbers[1] = r.numbers[1]", "l.born = r.born", _POSTCODE, *_EITHER_NAME, "l.addresses[1] = r.addresses[1]",
         "l.streets[1] = r.streets[1]", "list_has_any(l.family_sounds, r.family_sounds)"),
    ),
    "febrl4": _Set(
        0.999,
        _febrl("dataset4a.csv", "dataset4b.csv"),
        Plan((NUMBER_BLOCK, PERSON_BLOCK), people=5_000, pairs=4_000_000),
        ("l.numbers[1] = r.numbers[1]", "l.born = r.born", _POSTCODE, *_EITHER_NAME, "l.addresses[1] = r.addresses[1]",
         "l.streets[1] = r.streets[1]"),
    ),
    "historical_50k": _Set(
        0.76,
        _historical,
        Plan(("l.given = r.given AND l.family = r.family", "l.born = r.born"), people=5_000, pairs=4_000_000),
        ("l.born = r.born", _POSTCODE, *_EITHER_NAME, *_BEGINNINGS, *_NEARBY),
    ),
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure and print; the exit code is 1 where a figure is below its target, 5 where a set is not there."""
    parser = argparse.ArgumentParser(description="The score alone on published sets.")
    parser.add_argument("--data", type=Path, required=True, help="Folder with febrl/ and splink_datasets/.")
    parser.add_argument("--set", choices=sorted(SETS), action="append", help="One of them; may be repeated.")
    asked = parser.parse_args(arguments)
    code = 0
    for name in asked.set or SETS:
        try:
            found = measure(asked.data, name)
        except FileNotFoundError as error:
            print(f"{name}: not run, {Path(str(error.filename or error)).name} is not in the folder")
            code = code or 5
            continue
        print(json.dumps(asdict(found)), flush=True)
        code = 1 if found.f1 < found.target else code
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
