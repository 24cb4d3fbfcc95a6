"""Invented people: nobody real, every label true, the same bytes again."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from services.contract.problems import BadInput
from services.index import normalise
from services.index.read import summarise
from services.index.synth import numbers
from services.index.synth.cultures import MAJORITY, cultures, nicknames, spellings
from services.index.synth.draw import Draw
from services.index.synth.fhir import patient
from services.index.synth.noise import RATES
from services.index.synth.pairs import CATEGORIES, NEVER
from services.index.synth.people import ON, Record, record_of
from services.index.synth.population import Order, Told, population
from services.index.synth.write import write
from services.runtime import fhir
from tests.unit.index.hard_pairs import SAYS

ORDER = Order(seed=11, size=2_500, noise=1.0)
Row = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("people") / "all"
    write(made, ORDER, fhir=True)
    return made


@pytest.fixture(scope="module")
def told() -> list[Told]:
    return [*population(ORDER)]


def rows(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def pairs(folder: Path) -> list[tuple[Row, Record, Record]]:
    found = rows(folder, "pairs.csv")
    return [(row, record_of(row, "one_"), record_of(row, "other_")) for row in found]


# --- Nobody real -------------------------------------------------------------------------------------------


def test_the_range_of_tests_holds_as_many_numbers_as_it_says_each_once_and_valid() -> None:
    given = [*numbers.numbers(3, "all")]
    assert len(given) == len(set(given)) == numbers.HELD
    assert {one[:3] for one in given} == {"999"}
    assert all(normalise.number(one) == one for one in given[::97])
    draw = Draw("broken")
    assert not any(normalise.number(numbers.broken(one, draw)) for one in given[::997])


def test_every_number_place_and_telephone_belongs_to_nobody(folder: Path) -> None:
    people, records, queries = (rows(folder, f"{name}.csv") for name in ("people", "records", "queries"))
    held = [one["nhs_number"] for one in people if one["nhs_number"]]
    assert len(held) == len(set(held)) and 0.8 < len(held) / len(people) < 0.95
    assert all(one.startswith("999") and normalise.number(one) == one for one in held)
    both = [record for _, *of in pairs(folder) for record in of]
    for record in [*map(record_of, records), *map(record_of, queries), *both]:
        assert not record.nhs_number or record.nhs_number.startswith("999")
        assert not record.postcode or record.postcode.startswith("ZZ98 ")
        assert not record.phone or record.phone.startswith("06")
        assert not record.uprn or record.uprn.startswith("99999")


# --- The same again ----------------------------------------------------------------------------------------

SMALL = {
    "people.csv": "b6e3e52e8063f47db572e2fae38c3be61e17c5e57e14a1bf3d457915bef09b59",
    "records.csv": "3e630c58e739be5e509649d7982eb657bf7c83bc3146ef09a8347c8aa003c5c0",
    "queries.csv": "2382c09b4b5417c32d88c81889e92f80abf0da043ee9dac7eea5d448c71066a4",
    "pairs.csv": "053f229009e525c0f584e4a8b17760acf1f0f5e83a6991f42abcdc0d011e33dc",
}
"""SHA-256 of what seed 5, 200 people and noise 1.5 make: on every machine, on every Python from 3.11 on."""


def test_seed_size_and_noise_make_the_same_bytes_everywhere(tmp_path: Path) -> None:
    assert write(tmp_path / "here", Order(5, 200, 1.5)) == SMALL
    # Another process, another order of hashes.
    code = "from services.cli.main import app; app()"
    command = [sys.executable, "-c", code, "synth", str(tmp_path / "there"), "--size", "200"]
    command += ["--seed", "5", "--noise", "1.5"]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": "77"}, capture_output=True)
    said = json.loads((tmp_path / "there/population.json").read_text())
    assert said["sha256"] == SMALL
    assert (tmp_path / "here/population.json").read_bytes() == (
        tmp_path / "there/population.json"
    ).read_bytes()
    for other in (Order(6, 200, 1.5), Order(5, 200, 1.0)):
        digests = write(tmp_path / f"{other.seed}-{other.noise}", other)
        assert digests["queries.csv"] != SMALL["queries.csv"]


@pytest.mark.parametrize("size", [1, 7, 50, 333, 1_000])
def test_there_are_exactly_as_many_as_asked_for(size: int) -> None:
    order = Order(2, size)
    made = [*population(order)]
    assert sum(one.record is not None for one in made) == size
    asked = [one.query for one in made if one.query]
    assert sum(query.person == "" for query in asked) == order.absent
    assert sum(query.person != "" for query in asked) == order.queries


def test_a_million_is_asked_as_the_table_says() -> None:
    order = Order(1, 1_000_000)
    assert (order.queries, order.absent) == (20_000, 2_000)


# --- Every label true --------------------------------------------------------------------------------------


def test_people_are_what_their_labels_say(folder: Path) -> None:
    people = {row["id"]: row for row in rows(folder, "people.csv")}
    kinds = Counter(
        key for row in people.values() for key in ("twin", "formerly", "named_after", "safe") if row[key]
    )
    assert all(kinds[key] for key in ("twin", "formerly", "named_after", "safe"))
    for id, row in people.items():
        mother, father = people.get(row["mother"]), people.get(row["father"])
        if mother:
            years = (
                date.fromisoformat(row["birth_date"]) - date.fromisoformat(mother["birth_date"])
            ).days / 365
            assert 15 <= years <= 60 and mother["sex"] == "female"
        if row["named_after"]:
            assert father and row["named_after"] == father["id"] and row["given"] == father["given"]
        if row["twin"]:
            twin = people[row["twin"]]
            assert twin["twin"] == id and twin["birth_date"] == row["birth_date"]
            assert (twin["given"], twin["more"]) != (row["given"], row["more"])
        if row["formerly"]:
            before = people[row["formerly"]]
            assert before["birth_date"] == row["birth_date"] and before["family"] != row["family"]
            assert before["nhs_number"] != row["nhs_number"] or not row["nhs_number"]
        unborn = date.fromisoformat(row["birth_date"]) > ON
        assert unborn == (row["role"] == "unborn") == (row["age_band"] == "unborn")
        assert not unborn or not (row["nhs_number"] or mother is None)


def test_children_of_one_household_have_names_of_their_own(folder: Path) -> None:
    children = [row for row in rows(folder, "people.csv") if row["role"] == "child"]
    named = Counter((row["household"], row["given"], row["more"]) for row in children)
    assert max(named.values()) == 1


def test_queries_are_about_whom_they_say(folder: Path) -> None:
    known = {row["person"]: row for row in rows(folder, "records.csv")}
    for row in rows(folder, "queries.csv"):
        assert not row["person"] or row["person"] in known
        assert set(filter(None, row["did"].split("+"))) <= RATES.keys()
        if (
            row["person"]
            and row["nhs_number"]
            and not {"number broken", "number of a relative"} & {*row["did"].split("+")}
        ):
            assert known[row["person"]]["nhs_number"] in ("", row["nhs_number"])
    assert not {row["id"][1:] for row in rows(folder, "queries.csv") if not row["person"]} & known.keys()


def test_without_noise_nothing_is_spoiled_and_with_it_each_kind_comes() -> None:
    assert all(one.query.did == () for one in population(Order(4, 300, 0)) if one.query)
    did = Counter(name for one in population(Order(4, 1_500, 12)) if one.query for name in one.query.did)
    assert did.keys() == RATES.keys()


def test_cultures_ages_and_names_are_many(told: list[Told]) -> None:
    found = Counter(one.person.culture for one in told)
    assert found.keys() == {culture.label for culture in cultures().things}
    assert 0.5 < found[MAJORITY] / len(told) < 0.68
    assert {one.person.band for one in told} == {
        "0-4",
        "5-12",
        "13-17",
        "18-24",
        "25-44",
        "45-64",
        "65+",
        "unborn",
    }
    assert len(spellings()) > 200 and len(nicknames()) > 100


# --- Hard pairs are what they say --------------------------------------------------------------------------


def test_there_are_eleven_kinds_of_two_people_and_thirteen_of_one() -> None:
    assert Counter(same for same, _ in CATEGORIES.values()) == {False: 11, True: 13}
    assert SAYS.keys() == CATEGORIES.keys()
    assert not any(CATEGORIES[name][0] for name in NEVER)


@pytest.mark.parametrize("category", SAYS)
def test_hard_pairs_are_what_they_say(folder: Path, category: str) -> None:
    found = [one for one in pairs(folder) if one[0]["category"] == category]
    assert len(found) == ORDER.size // 100
    assert [row["pair"] for row, one, other in found if not SAYS[category](one, other)] == []
    assert {row["same"] == "1" for row, _, _ in found} == {CATEGORIES[category][0]}


# --- As a source would publish them ------------------------------------------------------------------------


def test_patients_are_valid_and_say_what_the_record_says(folder: Path) -> None:
    resources = [
        json.loads(line) for line in (folder / "records.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    records = [record_of(row) for row in rows(folder, "records.csv")]
    assert len(resources) == len(records)
    for resource, record in [*zip(resources, records, strict=True)][::10]:
        assert resource == patient(record)
        assert fhir.faults(resource) == []
        read = summarise(resource, traces=False, confidentiality="R" if record.safe else "N")
        assert (read.verified or "") == (record.nhs_number if record.traced else "")
        assert [one.value for one in read.numbers] == [record.nhs_number] * bool(record.nhs_number)
        assert read.birth_date == record.birth_date and read.sex == record.sex
        assert read.names[0].family == normalise.name_key(record.family)
        assert read.phones == ((record.phone,) if record.phone else ())
        assert read.multiple == bool(record.multiple) and read.restricted == bool(record.safe)
        now = [home for home in read.homes if home.current(ON.isoformat())]
        assert [home.uprn for home in now] == [record.uprn]
        assert len(read.homes) == 1 + bool(record.former_line)


# --- The command -------------------------------------------------------------------------------------------


def test_the_command_says_what_it_did_and_never_mixes_two_populations(tmp_path: Path) -> None:
    arguments = ["synth", str(tmp_path / "new"), "--size", "60", "--seed", "3"]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0 and "Invented 60 people from seed 3" in first.output
    assert "Example: mash synth" in CliRunner().invoke(app, ["synth", "--help"]).output
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2 and "folder is not empty" in again.output
    with pytest.raises(BadInput):
        write(tmp_path / "none", Order(1, 0))
