"""The rules as Rego: OPA's own checks and tests, and what the house adds over the parsed sources."""

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.contract.places import policies
from services.policy.build import BUILT, compile_rules, read_built
from tests.policy_world import shipped_book

REGO = policies() / "rego"
RULES = sorted(path for path in REGO.rglob("*.rego") if not path.name.endswith("_test.rego"))
# These cannot fail on any value, or are no built-ins at all: under `not` they are safe.
INFALLIBLE = {
    "internal.member_2",
    "internal.member_3",
    "eq",
    "equal",
    "neq",
    "lt",
    "lte",
    "gt",
    "gte",
    "assign",
}
CLOCK = ("time.", "opa.runtime", "rand.", "uuid.", "http.", "net.")


def run(opa: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([opa, *arguments], check=False, capture_output=True, text=True)


@cache
def parsed(opa: Path, path: Path) -> Any:
    return json.loads(run(opa, "parse", "--format", "json", "--json-include", "locations", str(path)).stdout)


def inside(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a parsed module."""
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from inside(member)
    elif isinstance(value, list):
        for item in value:
            yield from inside(item)


def builtins_called(value: Any, functions: set[str]) -> Iterator[str]:
    """Names of built-ins called anywhere in a part of a module."""
    for part in inside(value):
        terms = part.get("terms") if isinstance(part.get("terms"), list) else None
        if part.get("type") == "call":
            terms = part["value"]
        if terms and isinstance(terms[0], dict) and terms[0].get("type") == "ref":
            name = ".".join(str(step["value"]) for step in terms[0]["value"])
            # A function of our own: a package's, imported, or of this file.
            if not name.startswith("data.") and name.split(".")[0] not in functions:
                yield name


def own_names(module: Any) -> set[str]:
    """Rules of the module, and what it imports."""
    rules = {rule["head"]["name"] for rule in module.get("rules", []) if "name" in rule["head"]}
    rules |= {
        str(rule["head"]["ref"][0]["value"]) for rule in module.get("rules", []) if "ref" in rule["head"]
    }
    imported = {str(each["path"]["value"][-1]["value"]) for each in module.get("imports", [])}
    return rules | imported


def fallible_under_not(module: Any) -> list[str]:
    """Built-ins that may fail under `not`, where a failure would read as true; those in functions called there too."""
    functions, waiting, seen = (
        own_names(module),
        [part for part in inside(module) if part.get("negated")],
        set(),
    )
    found: list[str] = []
    while waiting:
        part = waiting.pop()
        found += [name for name in builtins_called(part, functions) if name not in INFALLIBLE]
        named = {term["value"] for term in inside(part) if term.get("type") == "var"}
        for rule in module.get("rules", []):
            name = rule_name(rule)
            if name in named and name not in seen:
                waiting += [each for each in module["rules"] if rule_name(each) == name]
                seen.add(name)
    return found


def rule_name(rule: Any) -> str:
    head = rule["head"]
    return str(head["name"] if "name" in head else head["ref"][0]["value"])


def test_opa_check_strict(opa_program: Path) -> None:
    found = run(opa_program, "check", "--strict", str(REGO))
    assert found.returncode == 0, found.stderr


def test_opa_fmt(opa_program: Path) -> None:
    found = run(opa_program, "fmt", "--fail", "--list", str(REGO))
    assert found.returncode == 0, found.stdout


def test_opa_test(opa_program: Path) -> None:
    found = run(opa_program, "test", str(REGO))
    assert found.returncode == 0, found.stdout
    assert int(found.stdout.partition("PASS: ")[2].partition("/")[0]) > 100


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_each_rule_stands_in_its_folder_with_tests_beside_it(path: Path, opa_program: Path) -> None:
    tests = path.with_name(f"{path.stem}_test.rego")
    assert path.parent.name == path.stem
    assert tests.is_file()
    assert any(rule["head"]["name"].startswith("test_") for rule in parsed(opa_program, tests)["rules"])


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_no_built_in_that_may_fail_stands_under_not(path: Path, opa_program: Path) -> None:
    assert fallible_under_not(parsed(opa_program, path)) == []


def test_the_lint_sees_a_fallible_built_in_under_not(tmp_path: Path, opa_program: Path) -> None:
    planted = tmp_path / "planted.rego"
    planted.write_text(
        'package planted\n\nopen if not startswith(input.a, "x")\n\n'
        "deep if not count([1 | input.b]) == time.parse_rfc3339_ns(input.c)\n\n"
        "fine if not input.a in {1}\n",
        encoding="utf-8",
    )
    assert set(fallible_under_not(parsed(opa_program, planted))) >= {"startswith", "time.parse_rfc3339_ns"}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_no_rule_reads_a_clock_or_the_world_outside(path: Path, opa_program: Path) -> None:
    module = parsed(opa_program, path)
    called = set(builtins_called(module, own_names(module)))
    assert [name for name in called if name.startswith(CLOCK)] == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_each_package_and_each_rule_that_others_read_says_what_it_is_for(
    path: Path, opa_program: Path
) -> None:
    annotated = json.loads(run(opa_program, "inspect", "--annotations", "--format", "json", str(path)).stdout)
    described = {
        ".".join(str(step["value"]) for step in each["path"])
        for each in annotated.get("annotations", [])
        if each["annotations"].get("description")
    }
    package = f"data.mash.{path.stem}"
    others = [other.read_text(encoding="utf-8") for other in RULES if other != path]
    names = {rule["head"]["name"] for rule in parsed(opa_program, path)["rules"]}
    read = {name for name in names if any(re.search(rf"\b{path.stem}\.{name}\b", text) for text in others)}
    assert {package, *(f"{package}.{name}" for name in read)} - described == set()


def test_the_wasm_is_what_opa_makes_of_the_rules(opa_program: Path) -> None:
    wasm, manifest = read_built(BUILT)
    assert manifest.source_digest == shipped_book().rules_digest
    assert compile_rules(shipped_book(), opa_program)[0] == wasm
