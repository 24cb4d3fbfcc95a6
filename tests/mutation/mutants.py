"""The mutants of one rule file: each is its text with one small mistake.

Promise: comments and METADATA are never touched; each mutant says line and mistake, and no two are the same text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.policy.rego_parsed import Module, inside

COMPARED = {"==": "!=", "!=": "==", "<=": "<", ">=": ">", "<": "<=", ">": ">="}
EFFECTS = {"0": "3", "1": "0", "2": "1", "3": "2"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake. `line` from 1; `rule`: in whose clause; `text` is the whole file with it."""

    file: str
    line: int
    rule: str
    mistake: str
    text: str

    @property
    def name(self) -> str:
        """What it is called in the list of survivors, whatever line it has come to stand in."""
        return f"{self.file} {self.rule}: {self.mistake}"


def mutants(module: Module, source: str) -> list[Mutant]:
    """Every mutant of a rule file, in the order of its lines."""
    lines = source.split("\n")
    found: dict[str, Mutant] = {}
    for number, mistake, changed in [*_dropped(module, lines), *_swapped(lines)]:
        text = "\n".join(changed)
        if text != source:
            found.setdefault(text, Mutant(module.file, number, _rule_at(lines, number), mistake, text))
    return sorted(found.values(), key=lambda one: (one.line, one.mistake))


def _rule_at(lines: list[str], number: int) -> str:
    """The name that the nearest clause at or above a line begins with."""
    heads = (re.match(r"(?:default )?([a-z_0-9]+)", line) for line in reversed(lines[:number]))
    return next((head[1] for head in heads if head and head[1] not in ("package", "import")), "")


Made = Iterator[tuple[int, str, list[str]]]


def _dropped(module: Module, lines: list[str]) -> Made:
    """A line of a body is dropped; where it is the only one, it becomes true."""
    for body in _bodies(module.document.get("rules", [])):
        for expression in body:
            place = expression.get("location")
            if place is None or expression.get("generated"):
                continue
            number, column = int(place["row"]), int(place["col"])
            line = lines[number - 1]
            said = line[column - 1 :]
            whole_line = not line[: column - 1].strip() or line[: column - 1].strip() in (
                "not",
                "some",
                "every",
            )
            if said.rstrip().endswith(("{", "[", "(")) or "some " in line:
                # What a name is brought in by is no condition.
                continue
            if whole_line and len(body) > 1:
                yield number, f"without `{line.strip()}`", [*lines[: number - 1], *lines[number:]]
            elif " if " in line and not said.rstrip().endswith("}"):
                kept = line[: line.index(" if ")]
                yield (
                    number,
                    f"`{said.strip()}` is true",
                    [*lines[: number - 1], f"{kept} if true", *lines[number:]],
                )


def _bodies(rules: Any) -> Iterator[list[Mapping[str, Any]]]:
    for part in inside(rules):
        body = part.get("body")
        if isinstance(body, list) and part.get("type") not in (
            "setcomprehension",
            "arraycomprehension",
            "objectcomprehension",
        ):
            yield body


def _swapped(lines: list[str]) -> Made:
    """A comparison, a negation, a default, a set, an effect, a silence, another way round."""
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("#") or not line.strip():
            continue
        for mistake, changed in _on_a_line(line):
            yield number, mistake, [*lines[: number - 1], changed, *lines[number:]]


def _on_a_line(line: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r" (==|!=|<=|>=|<|>) ", line):
        new = COMPARED[match[1]]
        yield (
            f"`{match[1]}` is `{new}` in `{line.strip()}`",
            line[: match.start(1)] + new + line[match.end(1) :],
        )
    for match in re.finditer(r"\bnot ", line):
        yield f"no `not` in `{line.strip()}`", line[: match.start()] + line[match.end() :]
    for match in re.finditer(r'\{("[^"{}:]*"(?:, "[^"{}:]*")*)\}', line):
        yield f"`{match[0]}` is empty", line[: match.start()] + "set()" + line[match.end() :]
        members = match[1].split(", ")
        for member in members if len(members) > 1 else ():
            rest = ", ".join(one for one in members if one != member)
            yield (
                f"no {member} in `{match[0]}`",
                line[: match.start()] + "{" + rest + "}" + line[match.end() :],
            )
    if line.startswith("default ") and line.rstrip().endswith(("false", "true")):
        new = (
            line.replace(":= false", ":= true")
            if line.rstrip().endswith("false")
            else line.replace(":= true", ":= false")
        )
        yield f"`{line.strip()}` the other way round", new
    for match in re.finditer(r'"effect": (\d)', line):
        new = EFFECTS[match[1]]
        yield f"effect {match[1]} is {new}", line[: match.start(1)] + new + line[match.end(1) :]
    for match in re.finditer(r'"silent": (true|false)', line):
        new = {"true": "false", "false": "true"}[match[1]]
        yield f"silent {match[1]} is {new}", line[: match.start(1)] + new + line[match.end(1) :]
