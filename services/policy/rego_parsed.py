"""The Rego of a policy folder as OPA parses it: modules, rules, what they call and read, each with its line.

Promise: read by the very OPA that compiles the rules, so that nothing is seen otherwise than it is evaluated.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from services.contract.problems import Problem

Part = Mapping[str, Any]


class CannotParse(Problem):
    """OPA cannot read a file. `detail` is what it said."""

    kind = "cannot-parse"
    title = "A rule cannot be read"
    next_step = "Mend the place named; `opa check` says the same."


@dataclass(frozen=True, eq=False)
class Module:
    """One `.rego` file."""

    file: str
    """Below the policy folder, as findings name it."""
    document: Mapping[str, Any]

    @property
    def is_test(self) -> bool:
        return self.file.endswith("_test.rego")

    @cached_property
    def package(self) -> str:
        """The last word of the package: the rule's own name."""
        return str(self.document["package"]["path"][-1]["value"])

    @cached_property
    def rules(self) -> Mapping[str, list[Part]]:
        """Each rule's clauses by its name."""
        found: dict[str, list[Part]] = {}
        for rule in self.document.get("rules", []):
            found.setdefault(rule_name(rule), []).append(rule)
        return found

    @cached_property
    def imported(self) -> Mapping[str, tuple[str, ...]]:
        """Name in this file -> what it stands for, as `("data", "mash", "groups")`."""
        found = {}
        for each in self.document.get("imports", []):
            path = tuple(str(step["value"]) for step in each["path"]["value"])
            found[str(each.get("alias") or path[-1])] = path
        return found


def parsed(opa: Path, folder: Path) -> tuple[Module, ...]:
    """Every module below `folder/rego`, tests included. Raises `CannotParse`."""
    return tuple(
        Module(path.relative_to(folder).as_posix(), _document(opa, path))
        for path in sorted((folder / "rego").rglob("*.rego"))
    )


def _document(opa: Path, path: Path) -> Mapping[str, Any]:
    command = [str(opa), "parse", "--format", "json", "--json-include", "locations", str(path)]
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    if run.returncode:
        raise CannotParse(f"{path.name}: {(run.stderr or run.stdout).strip()}")
    document: Mapping[str, Any] = json.loads(run.stdout)
    return document


def rule_name(rule: Part) -> str:
    """The name of a rule's head."""
    head = rule["head"]
    return str(head["name"] if "name" in head else head["ref"][0]["value"])


def inside(value: Any) -> Iterator[Part]:
    """Every object in a part of a module, itself first; annotations are words, not rules, and are left out."""
    if isinstance(value, dict):
        yield value
        for name, member in value.items():
            if name not in ("location", "annotations"):
                yield from inside(member)
    elif isinstance(value, list):
        for item in value:
            yield from inside(item)


def line(part: Any) -> int:
    """The line of a part, or of the first thing in it that has one."""
    for each in inside(part):
        if "location" in each:
            return int(each["location"]["row"])
    return 1


def called(part: Any) -> Iterator[tuple[tuple[str, ...], int]]:
    """What is called anywhere in a part, as `("time", "now_ns")`, with its line."""
    for each in inside(part):
        terms = each.get("terms") if isinstance(each.get("terms"), list) else None
        if each.get("type") == "call":
            terms = each["value"]
        if terms and isinstance(terms[0], dict) and terms[0].get("type") == "ref":
            yield tuple(str(step["value"]) for step in terms[0]["value"]), line(terms[0])


def references(part: Any) -> Iterator[tuple[tuple[Part, ...], int]]:
    """Every reference in a part, as its steps, with its line; a bare variable is a reference of one step."""
    steps_of_refs = set()
    for each in inside(part):
        if each.get("type") == "ref":
            steps_of_refs.add(id(each["value"][0]))
            yield tuple(each["value"]), line(each)
        elif each.get("type") == "var" and id(each) not in steps_of_refs:
            yield (each,), line(each)


def declared(part: Any) -> frozenset[str]:
    """The local names of a part: arguments, what `some` and `every` bring in, what `:=` gives a value."""
    found: set[str] = set()
    for each in inside(part):
        brought: list[Any] = [each.get("key"), each.get("value")] if "domain" in each else []
        brought += [*each.get("args", []), *_brought_in(each)]
        found |= {str(var["value"]) for var in inside(brought) if var.get("type") == "var"}
    return frozenset(found)


def _brought_in(part: Part) -> list[Any]:
    terms = part.get("terms")
    if isinstance(terms, dict) and "symbols" in terms:
        # `some x` has the name itself; of `some x in y` the names stand between the operator and what they are taken from.
        return [
            name
            for one in terms["symbols"]
            for name in (one["value"][1:-1] if one.get("type") == "call" else [one])
        ]
    if isinstance(terms, list) and len(terms) == 3 and terms[0].get("type") == "ref":
        return [terms[1]] if terms[0]["value"][0].get("value") == "assign" else []
    return []


def annotations(module: Module) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name of the rule, or nothing for the package; its METADATA)."""
    for each in module.document.get("annotations", []):
        if each.get("scope") == "package":
            yield "", each
    for name, clauses in module.rules.items():
        for clause in clauses:
            for each in clause.get("annotations", []):
                yield name, each
