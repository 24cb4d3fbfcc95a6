"""The JSON Schemas that an editor reads: each shipped file names its own, is accepted by it, and a planted slip is not."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from services.contract.places import policies, schemas

FILES = sorted(policies().rglob("*.yaml"))
LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def read(path: Path) -> Any:
    """As an editor's YAML 1.2 parser does, dates as text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.yaml_constructors["tag:yaml.org,2002:timestamp"] = lambda _, node: node.value
    return yaml.load(path.read_text(encoding="utf-8"))


def schema_of(path: Path) -> Path:
    found = LINE.match(path.read_text(encoding="utf-8"))
    assert found, "its first line names no schema"
    return (path.parent / found[1]).resolve()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(policies()).as_posix())
def test_each_file_names_a_published_schema_that_accepts_it(path: Path) -> None:
    named = schema_of(path)
    assert named.parent == (schemas() / "policies").resolve()
    check = jsonschema_rs.validator_for(json.loads(named.read_text(encoding="utf-8")))
    assert [error.message for error in check.iter_errors(read(path))] == []


def test_every_published_schema_is_one() -> None:
    for path in sorted((schemas() / "policies").glob("*.schema.json")):
        jsonschema_rs.meta.validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("file", "place", "value"),
    [
        ("isa/panels.yaml", ("roles", 0), "SW-CHILDD"),
        ("isa/panels.yaml", ("purposes", 0), "MARAK"),
        ("isa/panels.yaml", ("last_day",), "31 March 2031"),
        ("isa/panels.yaml", ("journey", "aims"), "x"),
        ("isa/panels.yaml", ("answers", "complaints", "acknowledge_days"), 40),
        ("frameworks/northshire.yaml", ("status",), "singed"),
        ("frameworks/northshire.yaml", ("signatories", 0, "date"), "2025-01-01"),
        ("gateways/ca89-47.yaml", ("askers",), ["LA-CCS"]),
        ("organisations.yaml", ("organisations", 0, "type"), "LA-CCS"),
        ("organisations.yaml", ("organisations", 0, "sources", 0, "mode"), "coppy"),
        ("catalogue/matrix.yaml", ("columns", "C-S47", "DM0"), "X"),
        ("catalogue/fields.yaml", ("fields", "Patient.name", "class"), "DM11"),
        ("labels.yaml", ("tables", 0, "binds"), "persons"),
        ("examples/row-01.yaml", ("stories", 0, "asks", "who"), "SW-CHILDD"),
    ],
)
def test_a_planted_slip_is_refused(file: str, place: tuple[str | int, ...], value: Any) -> None:
    path = policies() / file
    check = jsonschema_rs.validator_for(json.loads(schema_of(path).read_text(encoding="utf-8")))
    data = read(path)
    assert check.is_valid(data)
    here = data
    for step in place[:-1]:
        here = here[step]
    here[place[-1]] = value
    assert not check.is_valid(data)


def test_an_editor_is_told_what_each_code_and_key_means() -> None:
    isa = json.loads((schemas() / "policies/isa.schema.json").read_text(encoding="utf-8"))
    told = json.dumps(isa)
    assert "Social worker, children" in told
    assert isa["properties"]["last_day"]["description"].startswith("Last day on which it counts")
    assert all("description" in isa["properties"][name] or "$ref" in isa["properties"][name] for name in isa["properties"]
               if name not in ("lawful_basis", "processing", "answers"))  # fmt: skip
