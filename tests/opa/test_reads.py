"""What each rule reads is what it says that it reads: its METADATA against the parsed Rego."""

import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.contract.decisions import Context, Profile
from services.contract.places import policies
from services.policy.tables.shape import ELEMENTS, shape_of
from tests.opa.test_rego import RULES, inside, parsed, rule_name
from tests.policy_world import shipped_book

KINDS = {"factor", "group", "owed", "warns"}
COMPOSING = {"main", "keys", "tables"}
"""What builds the keys and puts the findings together; everything else reads keys."""
RULE_FILES = [path for path in RULES if path.stem not in COMPOSING]
UNREAD = {"organisation", "no_consent_reason"}
"""Members that no rule reads: the ISA between two organisations is worked out before (paper)."""


@cache
def declared(opa: Path, path: Path) -> dict[str, dict[str, Any]]:
    """Name of a function -> its `custom` METADATA."""
    command = [str(opa), "inspect", "--annotations", "--format", "json", str(path)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {
        str(each["path"][-1]["value"]): each["annotations"]["custom"]
        for each in found.get("annotations", [])
        if each["annotations"].get("custom")
    }


def everything(opa: Path) -> dict[str, dict[str, Any]]:
    """Name of every factor and group -> its METADATA."""
    found = {}
    for path in RULE_FILES:
        for custom in declared(opa, path).values():
            (kind,) = KINDS & custom.keys()
            assert custom[kind] not in found, f"two are called {custom[kind]}"
            found[custom[kind]] = custom
    return found


def refs(part: Any) -> Iterator[list[dict[str, Any]]]:
    for term in inside(part):
        if term.get("type") == "ref":
            yield term["value"]


def reads(module: Any, name: str, seen: set[str]) -> set[str]:
    """Members of `key` that a function reads, by itself or by a function of its module to which it hands its key."""
    seen.add(name)
    found: set[str] = set()
    names = {rule_name(rule) for rule in module["rules"]}
    for rule in module["rules"]:
        if rule_name(rule) != name:
            continue
        for ref in refs(rule):
            if ref[0]["value"] == "key":
                assert len(ref) > 1 and ref[1]["type"] == "string", f"{name} reads its key by no name"
                found.add(ref[1]["value"])
        for term in inside(rule):
            if term.get("type") == "var" and term["value"] in names - seen:
                found |= reads(module, term["value"], seen)
    return found


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_each_factor_and_group_reads_what_it_says(path: Path, opa_program: Path) -> None:
    module = parsed(opa_program, path)
    for name, custom in declared(opa_program, path).items():
        found = reads(module, name, set())
        assert found == set(custom["reads"]), name
        assert len(custom["reads"]) == len(set(custom["reads"]))


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.stem)
def test_no_rule_reads_the_question_or_another_rule(path: Path, opa_program: Path) -> None:
    module = parsed(opa_program, path)
    heads = [".".join(str(step["value"]) for step in ref[:2]) for ref in refs(module.get("rules", []))]
    assert [head for head in heads if head.split(".")[0] == "input"] == []
    imported = [
        ".".join(str(step["value"]) for step in each["path"]["value"]) for each in module.get("imports", [])
    ]
    assert set(imported) <= {"data.mash.classes"}
    assert {head for head in heads if head.startswith("data.")} <= {"data.book"}


def test_every_rule_says_what_it_reads_and_is_part_of_the_answer(opa_program: Path) -> None:
    composing = {path.stem: path.read_text(encoding="utf-8") for path in RULES if path.stem in COMPOSING}
    for path in RULE_FILES:
        found = declared(opa_program, path)
        assert found or path.stem == "classes", path
        for name, custom in found.items():
            where = "keys" if "group" in custom else "main"
            assert f"{path.stem}.{name}(" in composing[where], f"{path.stem}.{name}"


def test_the_tables_are_made_of_the_same_rules_read_by_the_hub_itself(opa_program: Path) -> None:
    by_opa = everything(opa_program)
    nodes = {node.name: node for node in shape_of(shipped_book().rego)}
    assert nodes.keys() == by_opa.keys()
    tables = (policies() / "rego/tables/tables.rego").read_text(encoding="utf-8")
    for path in RULE_FILES:
        for function, custom in declared(opa_program, path).items():
            (kind,) = KINDS & custom.keys()
            node = nodes[custom[kind]]
            said = (node.kind, node.package, list(node.reads), node.each, node.any)
            assert said == (kind, path.stem, custom["reads"], custom.get("each", ""), custom.get("any", ""))
            assert f'decided("{node.name}", key) := {path.stem}.{function}(key)' in tables


def test_what_is_read_is_a_member_an_element_or_a_group_and_no_group_is_read_by_nobody(
    opa_program: Path,
) -> None:
    members = shipped_book().data["members"]
    known = {"on", "labels_listed", "class"} | set(ELEMENTS.values())
    for part in members.values():
        known |= {*part["words"], *part["flags"]}
        assert part["lists"].keys() <= ELEMENTS.keys()
    found = everything(opa_program)
    groups = {name for name, custom in found.items() if "group" in custom}
    read = {name for custom in found.values() for name in custom["reads"]}
    assert read <= known | groups
    assert groups <= read
    assert not groups & known
    for name, custom in found.items():
        for way in {"each", "any"} & custom.keys():
            assert custom[way] in ELEMENTS, name
            element = ELEMENTS[custom[way]]
            reached = {other for other in custom["reads"] if found.get(other, {}).get("each")}
            assert element in custom["reads"] or reached, name


def test_every_member_of_context_and_profile_has_its_words_or_is_read_by_nobody() -> None:
    members = shipped_book().data["members"]
    for part, shape in (("context", Context), ("profile", Profile)):
        named = {*members[part]["words"], *members[part]["flags"], *members[part]["lists"], "on"} | UNREAD
        assert set(shape.__dataclass_fields__) <= named


def test_a_reading_that_is_not_said_is_seen(tmp_path: Path, opa_program: Path) -> None:
    planted = tmp_path / "planted.rego"
    planted.write_text(
        "package planted\n\n# METADATA\n# custom:\n#   factor: planted\n#   reads: [own]\n"
        'of(key) := {} if {\n\tkey.own == true\n\tother(key)\n}\n\nother(key) if key.role == "GP"\n',
        encoding="utf-8",
    )
    assert declared(opa_program, planted)["of"]["reads"] == ["own"]
    assert reads(parsed(opa_program, planted), "of", set()) == {"own", "role"}
