"""YAML of the policy folder, read so that a mistake is named with file, line and remedy.

Promise: a scalar is what the file says: dates stay text; only plain whole numbers, true, false and null are
anything else. What another reader of YAML would take for something else (`yes`, `no`, `012`, `1_000`, `0x1F`,
`1e3`, `10:30`) is refused unless it stands in quotes. A key that stands twice is refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.runtime.yaml_nodes import nodes_of
from services.runtime.yaml_scalars import Refused, read_otherwise, remedy, scalar_of

Place = tuple[str | int, ...]
_TAGS = {"str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value"}
_MOST = 100_000
"""Places of one file: more come only from names that multiply each other."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong:
    `file` relative to the policy folder, `line` from 1, and what to do about it.
    """

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Located:
    """A file's content as plain data, and the line of each place in it."""

    file: str
    data: Any
    lines: Mapping[Place, int]

    def line(self, place: Sequence[str | int]) -> int:
        """The line of a place, or of the nearest place above it that the file has."""
        here = tuple(place)
        while here and here not in self.lines:
            here = here[:-1]
        return self.lines.get(here, 1)

    def finding(self, place: Sequence[str | int], what: str) -> Finding:
        """A finding at a place of this file."""
        return Finding(self.file, self.line(place), what)


def read_yaml(path: Path, file: str) -> Located | Finding:
    """One file. `file` is how it is named in messages. Never raises for its content."""
    try:
        return parse_yaml(path.read_bytes(), file)
    except OSError as error:
        return Finding(file, 1, f"cannot be read ({error.strerror}); restore the file")


# A change touches one file: the others are not parsed again.
@lru_cache(maxsize=256)
def parse_yaml(content: bytes, file: str) -> Located | Finding:
    """The same of bytes at hand, as a book keeps them."""
    try:
        node = nodes_of(content.decode())
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Finding(file, mark.line + 1 if mark else 1, f"is not YAML: {remedy(error)}")
    except UnicodeDecodeError:
        return Finding(file, 1, "is not UTF-8 text; save it as UTF-8")
    except (YAMLError, RecursionError) as error:
        return Finding(file, 1, f"cannot be read ({type(error).__name__})")
    lines: dict[Place, int] = {}
    try:
        return Located(file, _plain(node, (), lines), lines)
    except Refused as refused:
        return Finding(file, refused.line, refused.what)
    except RecursionError:
        return Finding(file, 1, "refers to itself or is nested too deeply")


def faults(
    document: Located, check: jsonschema_rs.Draft202012Validator, schema: Mapping[str, Any]
) -> list[Finding]:
    """What the JSON Schema says is wrong, in words, with the line and a near word where there is one."""
    return [
        finding
        for error in check.iter_errors(document.data)
        for finding in _in_words(document, error, schema)
    ]


def _plain(node: Node | None, place: Place, lines: dict[Place, int]) -> Any:
    if node is None:
        return None
    # A value written elsewhere (`*name`) has the line of its first use.
    lines.setdefault(place, node.start_mark.line + 1)
    if len(lines) > _MOST:
        raise Refused(node.start_mark.line + 1, "repeats itself too often by names (& and *); write it out")
    if str(node.tag).removeprefix("tag:yaml.org,2002:") not in _TAGS or _begins(node) == "!":
        raise Refused(node.start_mark.line + 1, "has a tag (!); take it out")
    if isinstance(node, ScalarNode):
        return scalar_of(node)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*place, number), lines) for number, item in enumerate(node.value)]
    if not isinstance(node, MappingNode):
        raise Refused(node.start_mark.line + 1, "is neither text, list nor mapping")
    found: dict[str, Any] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if not isinstance(key, ScalarNode) or name in ("<<", ""):
            raise Refused(line, "has a key that is not a word")
        if key.style is None and read_otherwise(name):
            raise Refused(line, f"'{name}' is read as something else by other programs; put it in quotes")
        if name in found:
            raise Refused(line, f"'{name}' stands twice; keep one")
        lines[(*place, name)] = line
        found[name] = _plain(value, (*place, name), lines)
    return found


def _begins(node: Node) -> str:
    mark = node.start_mark
    return str(mark.buffer[mark.index : mark.index + 1]) if isinstance(mark, StringMark) else ""


def _in_words(document: Located, error: Any, schema: Mapping[str, Any]) -> list[Finding]:
    place, kind = _place(document.data, error.instance_path), error.kind.as_dict()
    about = _title(schema, error.schema_path)
    name = error.kind.name
    if name == "additionalProperties":
        known = _known_keys(schema, error.schema_path)
        return [
            document.finding((*place, key), f"'{key}' is not a word of this file.{near(key, known)}")
            for key in kind["unexpected"]
        ]
    if name == "anyOf" and isinstance(error.instance, list | dict):
        inner = _in_branch(document, place, error, schema)
        if inner:
            return inner
    value = f"'{error.instance}'" if isinstance(error.instance, str | int) else "this"
    words: dict[str, Callable[[], str]] = {
        "enum": lambda: f"{value} is not {about or 'one of the words allowed here'}.{near(error.instance, kind['options'])}",
        "anyOf": lambda: f"{value} is not {about or 'of the form allowed here'}",
        "const": lambda: f"{value} is not {about or 'what stands here'}",
        "required": lambda: f"'{kind['property']}' is missing; add it",
        "pattern": lambda: f"{value} is not {about or 'of the form allowed here'}",
        "type": lambda: f"{value} is not {about or 'of the kind allowed here: ' + ', '.join(kind['types'])}",
        "propertyNames": lambda: f"{_name_at_fault(error)} is not {about or 'a word allowed here'}."
        + near(_bare(_name_at_fault(error)), _names_allowed(schema, error.schema_path)),
        "minItems": lambda: "is empty; name at least one" if not error.instance else f"is not whole: {error.message}",
        "uniqueItems": lambda: "names one thing twice",
        **dict.fromkeys(("minimum", "maximum", "minLength", "not"), lambda: f"{value} is not {about or 'allowed here'}"),
    }  # fmt: skip
    return [document.finding(place, words.get(name, lambda: str(error.message))())]


def _place(data: Any, path: Sequence[str | int]) -> Place:
    """A path as the file has it: a key of digits is text."""
    place: Place = ()
    for step in path:
        named = str(step) if isinstance(data, dict) else int(step)
        data, place = data[named], (*place, named)
    return place


def _in_branch(document: Located, place: Place, error: Any, schema: Mapping[str, Any]) -> list[Finding]:
    """Where one of several forms may stand: what is wrong with the one that this was most likely meant to be."""
    wanted = "array" if isinstance(error.instance, list) else "object"
    part, tried = Located(document.file, error.instance, {}), []
    for branch in _at(schema, error.schema_path):
        whole = {**_resolved(schema, branch), "$defs": schema.get("$defs", {})}
        if whole.get("type") == wanted:
            found = jsonschema_rs.Draft202012Validator(whole).iter_errors(error.instance)
            tried.append(
                [(_place(part.data, each.instance_path), _in_words(part, each, whole)) for each in found]
            )
    return [
        document.finding((*place, *inner), finding.what)
        for inner, findings in min(tried, key=len, default=[])
        for finding in findings
    ]


def near(word: object, options: Sequence[object]) -> str:
    """` Did you mean X?`, or nothing where no option is near."""
    found = get_close_matches(str(word), [str(option) for option in options], n=1, cutoff=0.6)
    return f" Did you mean {found[0]}?" if found else ""


def _at(schema: Mapping[str, Any], path: Sequence[str | int]) -> Any:
    here: Any = schema
    for step in path:
        here = _resolved(schema, here)
        if step == "$ref":
            continue
        here = here[int(step) if isinstance(here, list) else step]
    return here


def _resolved(schema: Mapping[str, Any], part: Any) -> Any:
    if isinstance(part, Mapping) and "$ref" in part:
        return schema["$defs"][str(part["$ref"]).rsplit("/", 1)[-1]]
    return part


def _title(schema: Mapping[str, Any], path: Sequence[str | int]) -> str:
    parent = _at(schema, list(path)[:-1])
    return str(parent.get("title", "")) if isinstance(parent, Mapping) else ""


def _known_keys(schema: Mapping[str, Any], path: Sequence[str | int]) -> list[str]:
    parent = _at(schema, list(path)[:-1])
    return list(parent.get("properties", {})) if isinstance(parent, Mapping) else []


def _names_allowed(schema: Mapping[str, Any], path: Sequence[str | int]) -> list[str]:
    names = _at(schema, path)
    return list(names.get("enum", [])) if isinstance(names, Mapping) else []


def _name_at_fault(error: Any) -> str:
    return str(error.message).split(" ", maxsplit=1)[0].replace('"', "'")


def _bare(word: str) -> str:
    return word.strip("'")
