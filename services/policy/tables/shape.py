"""Which factors and groups the rules have, read from the METADATA above each of them.

Promise: what is listed here is what the Rego says of itself, in an order in which each comes after all that it reads;
METADATA that cannot be understood is refused with file and line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from services.contract.problems import Problem

ELEMENTS = {"evidence": "evidence_kind", "labels": "label", "agreed_to": "agreed_word"}
"""Members that are lists, and the name under which a key holds one element of each."""
KINDS = ("group", "factor", "owed", "warns")
CLASS = "class"
_NAME = re.compile(r"(?:default )?([a-z_]+)\(")


class CannotTabulate(Problem):
    """The rules cannot be made into tables. `detail` says which and why."""

    kind = "cannot-tabulate"
    title = "The rules cannot be made into tables"
    next_step = "Mend the rule named; until then the engine decides by itself."


@dataclass(frozen=True, slots=True)
class Node:
    """One factor or group."""

    name: str
    kind: str
    """group | factor | owed (obligations) | warns (warnings)."""
    package: str
    reads: tuple[str, ...]
    each: str = ""
    """The list of whose elements it is worked out one at a time, each for itself."""
    any: str = ""
    """The list of whose elements it is worked out one at a time; it holds where it is true of any."""


@lru_cache(maxsize=8)
def _shape(rego: tuple[tuple[str, str], ...]) -> tuple[Node, ...]:
    nodes = [node for path, source in rego for node in _nodes(path, source)]
    by_name = {node.name: node for node in nodes}
    if len(by_name) != len(nodes):
        raise CannotTabulate("two rules have one name in their METADATA")
    for node in nodes:
        for group in (
            by_name[name] for name in node.reads if name in by_name and by_name[name].kind == "group"
        ):
            if group.each and group.each != node.each:
                raise CannotTabulate(
                    f"{node.name} reads {group.name}, which is worked out for each of {group.each} by itself; "
                    f"say `any` there, or `each` of {node.name}"
                )
    return tuple(_sorted(by_name))


def shape_of(rego: Mapping[str, str]) -> tuple[Node, ...]:
    """The nodes of a book's Rego, each after what it reads. Raises `CannotTabulate`."""
    return _shape(tuple(sorted(rego.items())))


def _nodes(path: str, source: str) -> Iterator[Node]:
    package = path.rpartition("/")[2].removesuffix(".rego")
    lines = source.splitlines()
    for number, line in enumerate(lines):
        if line != "# METADATA":
            continue
        end = number + 1
        while end < len(lines) and lines[end].startswith("#"):
            end += 1
        text = "\n".join(each[2:] for each in lines[number + 1 : end])
        custom = _custom(text, f"{path} line {number + 1}")
        if custom is not None:
            yield _node(custom, package, f"{path} line {number + 1}")


def _custom(text: str, place: str) -> Any:
    if "custom:" not in text:
        return None
    try:
        return YAML(typ="safe", pure=True).load(StringIO(text)).get("custom")
    except (YAMLError, AttributeError):
        raise CannotTabulate(f"{place}: the METADATA is no YAML") from None


def _node(custom: Any, package: str, place: str) -> Node:
    kinds = [kind for kind in KINDS if isinstance(custom, dict) and kind in custom]
    if len(kinds) != 1 or not isinstance(custom.get("reads"), list):
        raise CannotTabulate(f"{place}: say one of {', '.join(KINDS)}, and `reads` as a list")
    for way in ("each", "any"):
        if way in custom and custom[way] not in ELEMENTS:
            raise CannotTabulate(f"{place}: `{way}` names one of {', '.join(ELEMENTS)}")
    return Node(
        name=custom[kinds[0]],
        kind=kinds[0],
        package=package,
        reads=tuple(custom["reads"]),
        each=custom.get("each", ""),
        any=custom.get("any", ""),
    )


def _sorted(nodes: Mapping[str, Node]) -> Iterator[Node]:
    """By what they read; those that stand side by side by name."""
    done: set[str] = set()
    groups = {name for name, node in nodes.items() if node.kind == "group"}
    while len(done) < len(nodes):
        ready = [
            node
            for name, node in sorted(nodes.items())
            if name not in done and groups.intersection(node.reads) <= done
        ]
        if not ready:
            raise CannotTabulate("groups read one another in a circle")
        yield from ready
        done |= {node.name for node in ready}
