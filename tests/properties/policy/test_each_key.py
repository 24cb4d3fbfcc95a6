"""Each key of each shipped file misspelt once, and each that is needed left out once: found, with the right line.

Every key in what was read of its file; and one of each kind in the text, as somebody editing the file would slip.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from services.contract.places import policies
from services.gateway.catalogue.check import catalogue_stands
from services.policy.story_form import schema as story_schema
from services.runtime.book import BadBook, read_book
from services.runtime.book_files import Finding, Located, Place, faults, parse_yaml
from services.runtime.book_read import FILES, FOLDERS, OPTIONAL
from services.runtime.book_schemas import schemas

NAMED_BY_THE_WRITER = {
    "catalogue/codes.yaml": [("codes", "*")],
    "labels.yaml": [("bites", "*")],
    "catalogue/fields.yaml": [("when", "*"), ("top_labels", "*"), ("forms", "*"), ("fields", "*")],
}
"""Keys that are codes or names of the file's own: none of them is a misspelling of another word. What `fields` names is R4's, and
the gateway's to check (below)."""

MAY_BE_LEFT_OUT = {
    "isa": {"only_with", "without_consent", "policy_document", "article_9", "article_10", "gateways", "schedule_1",
            "after_days", "transfers"},
    "gateway": {"without_isa", "holder_decides"},
    "framework": set(),
    "organisations": {"telephone", "suspended", "ods", "dspt_until", "dpo", "ig_lead", "caldicott_guardian", "sources",
                      "retention_days", "traces_nhs_numbers", "reveals", "labels", "address", "budget_ms"},
    "labels": {"classes", "when", "how", "task", "bar", "location", "room_only", "code", "A", "B", "C", "date", "provider",
               "place", "identity", "count"},
    "matrix": {"DM0p", "DM1i", "DM3s", "DM4r", "case-child", "same-place"},
    "role-purposes": set(),
    "lookback": {"months"},
    "generalise": {"code", "date", "count", "provider", "place", "identity"},
    "codes": set(),
    "fields": {"when", "public_systems", "services", "top_labels", "forms", "in-service", "codes", "labels", "in", "at",
               "frame", "code", "date", "count", "provider", "place", "identity", "top-label", "month", "year", "kind",
               "district", "birth-year", "stub", "full"},
}  # fmt: skip
BY_WORD = {
    "matrix": ("reasons",), "role-purposes": ("only_for",), "lookback": ("limits",), "generalise": ("forms", "purposes"),
    "codes": ("codes",), "labels": ("bites",), "fields": ("when", "services", "top_labels", "forms", "fields"),
}  # fmt: skip
"""Keys whose own members are words of a list, each of which may be left out."""


def files() -> list[tuple[str, str]]:
    """Every shipped file with the name of its schema."""
    known = {**FILES, **OPTIONAL}
    for below, name in {**FOLDERS, "examples": "story"}.items():
        known |= {f"{below}/{path.name}": name for path in sorted((policies() / below).glob("*.yaml"))}
    return [(file, name) for file, name in known.items() if (policies() / file).is_file()]


@cache
def check(name: str) -> tuple[Mapping[str, Any], jsonschema_rs.Draft202012Validator]:
    schema = story_schema() if name == "story" else schemas()[name]
    return schema, jsonschema_rs.Draft202012Validator(schema)


def found(text: str, file: str, name: str) -> list[Finding]:
    read = parse_yaml(text.encode(), file)
    return [read] if isinstance(read, Finding) else faults(read, check(name)[1], check(name)[0])


def keys(node: Node, place: Place = ()) -> Iterator[tuple[Place, ScalarNode, Node, MappingNode]]:
    """Each key of a file once: its place, itself, its value, and the mapping it stands in."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield (*place, key.value), key, value, node
            yield from keys(value, (*place, key.value))
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield from keys(item, (*place, number))


def distinct(text: str) -> list[tuple[Place, ScalarNode, Node, MappingNode]]:
    """What is written once and used twice (`*name`) is one."""
    node = YAML(typ="safe", pure=True).compose(text)
    return list({key.start_mark.index: row for row in keys(node) for key in [row[1]]}.values())


def of_the_writer(file: str, place: Place) -> bool:
    if file.startswith("examples/") and "set" in place[:-1]:
        # A story's edit of another file: judged as that file, when the story is told.
        return True
    return any(
        len(place) == len(pattern)
        and all(part in ("*", step) for part, step in zip(pattern, place, strict=True))
        for pattern in NAMED_BY_THE_WRITER.get(file, ())
    )


def misspelt(word: str) -> str:
    """A slip of the finger that is no other word."""
    if word == "of":
        # `off` is more than a misspelling to YAML; it is tried among the scalars.
        return "oof"
    return f"{word[:-1]}{word[-1]}{word[-1]}" if len(word) > 1 else f"{word}{word}"


def pattern(file: str, place: Place) -> Place:
    """The place without numbers and without the writer's own words: alike for keys that one part of a schema checks."""
    return tuple(
        "*" if isinstance(step, int) or of_the_writer(file, place[: number + 1]) else step
        for number, step in enumerate(place)
    )


def one_of_each(file: str, text: str) -> list[tuple[Place, ScalarNode, Node, MappingNode]]:
    """One key for each pattern, for what is tried on the text itself."""
    return list({pattern(file, row[0]): row for row in distinct(text)}.values())


@pytest.mark.parametrize(("file", "name"), files(), ids=str)
def test_each_kind_of_key_misspelt_in_the_text_is_found(file: str, name: str) -> None:
    text = (policies() / file).read_text(encoding="utf-8")
    assert found(text, file, name) == []
    tried = 0
    for place, key, _, _ in one_of_each(file, text):
        if of_the_writer(file, place):
            continue
        at, end = key.start_mark.index, key.end_mark.index
        quote = text[at] if text[at] in "\"'" else ""
        wrong = misspelt(key.value)
        told = found(f"{text[:at]}{quote}{wrong}{quote}{text[end:]}", file, name)
        lines = [each.line for each in told if f"'{wrong}' is not a word of this file" in each.what]
        assert key.start_mark.line + 1 in lines, (place, told)
        tried += 1
    assert tried > 5 or file == "catalogue/codes.yaml"


@pytest.mark.parametrize(("file", "name"), files(), ids=str)
def test_each_key_misspelt_is_found(file: str, name: str) -> None:
    """Every one, in what was read of the file."""
    read = parse_yaml((policies() / file).read_bytes(), file)
    assert isinstance(read, Located)
    for place in [place for place in read.lines if place and isinstance(place[-1], str)]:
        if of_the_writer(file, place):
            continue
        wrong = misspelt(str(place[-1]))
        lines = {**read.lines, (*place[:-1], wrong): read.lines[place]}
        told = faults(Located(file, renamed(read.data, place, wrong), lines), check(name)[1], check(name)[0])
        at = [each.line for each in told if f"'{wrong}' is not a word of this file" in each.what]
        assert read.lines[place] in at, (place, told)


def renamed(data: Any, place: Place, name: str) -> Any:
    """The data with one key under another name; the rest is shared."""
    step, *rest = place
    if isinstance(data, list):
        return [
            renamed(item, tuple(rest), name) if number == step else item for number, item in enumerate(data)
        ]
    if rest:
        return {key: renamed(item, tuple(rest), name) if key == step else item for key, item in data.items()}
    return {(name if key == step else key): item for key, item in data.items()}


def without(data: Any, place: Place) -> Any:
    """The data without one key; the rest is shared."""
    step, *rest = place
    if isinstance(data, list):
        return [without(item, tuple(rest)) if number == step else item for number, item in enumerate(data)]
    if rest:
        return {key: without(item, tuple(rest)) if key == step else item for key, item in data.items()}
    return {key: item for key, item in data.items() if key != step}


STORY_NEEDS = ("row", "title", "stories", "story", "asks", "record", "then", "who", "from", "why", "at", "held_by", "whose",
               "relationship")  # fmt: skip


def needed(name: str, place: Place) -> bool:
    word = place[-1]
    above = [step for step in place[:-1] if isinstance(step, str)]
    if name == "story":
        return word in STORY_NEEDS and not {"given", "then"} & {*above}
    if word in MAY_BE_LEFT_OUT[name]:
        return False
    return not any(step in BY_WORD.get(name, ()) for step in above[-2:])


@pytest.mark.parametrize(("file", "name"), files(), ids=str)
def test_each_key_that_is_needed_is_missed(file: str, name: str) -> None:
    read = parse_yaml((policies() / file).read_bytes(), file)
    assert isinstance(read, Located)
    for place in [place for place in read.lines if place and isinstance(place[-1], str)]:
        if not needed(name, place):
            continue
        told = faults(Located(file, without(read.data, place), read.lines), check(name)[1], check(name)[0])
        lines = [each.line for each in told if f"'{place[-1]}' is missing; add it" in each.what]
        assert read.line(place[:-1]) in lines, (place, told)


def test_a_path_that_r4_does_not_have_is_found_with_its_line() -> None:
    book = read_book(policies())
    lines = book.files["catalogue/fields.yaml"].decode().splitlines()
    paths = [path for path in book.fields["fields"] if not path.startswith("*") and path[-1].isalnum()]
    for path in paths[::60]:
        changed = {(f"{path}x" if path == name else name): row for name, row in book.fields["fields"].items()}
        text = "\n".join(lines).replace(f'"{path}":', f'"{path}x":').replace(f"  {path}:", f"  {path}x:")
        files = {**book.files, "catalogue/fields.yaml": text.encode()}
        with pytest.raises(BadBook) as bad:
            catalogue_stands(replace(book, fields={**book.fields, "fields": changed}, files=files))
        told = bad.value.findings[0]
        assert f"{path}x" in told.what
        assert f"{path}x" in text.splitlines()[told.line - 1], told
