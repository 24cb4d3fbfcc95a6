"""Pieces of which the JSON Schemas of the policy files are made.

Promise: every object is closed, so a misspelt key is refused at any depth; every piece has a title, so a
message can say in plain words what was expected.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.contract.vocabulary import code_list

Schema = dict[str, Any]
ID = {"type": "string", "pattern": "^[a-z0-9-]{2,32}$", "title": "an id of a-z, 0-9 and hyphens"}
TEXT = {"type": "string", "minLength": 1, "title": "text"}
DAY = {
    "type": "string",
    "pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
    "title": "a day, YYYY-MM-DD",
}


def words(name: str, title: str) -> Schema:
    """One code of a vocabulary list; an editor shows each code's title beside it."""
    return one_of({code: str(row.get("title", "")) for code, row in code_list(name).items()}, title)


def one_of(meanings: Mapping[str, str], title: str) -> Schema:
    """One of the words named, each with what it means."""
    return {
        "type": "string",
        "enum": list(meanings),
        "enumDescriptions": list(meanings.values()),
        "title": title,
    }


def told(schema: Schema, description: str) -> Schema:
    """The schema with the sentence that an editor shows when its key is pointed at."""
    return {**schema, "description": description}


def some(item: Schema, least: int = 1) -> Schema:
    """A list without repeats."""
    return {"type": "array", "items": item, "minItems": least, "uniqueItems": True}


def closed(properties: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    """An object of these members and no other."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


PERSON = closed({"name": TEXT, "contact": TEXT})
"""Somebody by name, and how they are reached."""


def classes() -> list[str]:
    """Classes that a field may have."""
    return [code for code, row in code_list("classes").items() if not row["question"]]


def a_class() -> Schema:
    """A class that a field may have."""
    return one_of({code: str(code_list("classes")[code]["title"]) for code in classes()}, "a class")


def published(name: str, schema: Schema) -> Schema:
    """The schema under its name, what stands in it more than once written once in `$defs`."""
    seen = Counter(_repeated(schema))
    names = {
        text: f"part-{number}"
        for number, text in enumerate(text for text, times in seen.items() if times > 1)
    }
    parts = {names[text]: _short(json.loads(text), names, top=True) for text in names}
    short = _short(schema, names, top=True)
    used, waiting = set[str](), [short]
    while waiting:
        found = set(re.findall(r"#/\$defs/(part-\d+)", json.dumps(waiting.pop()))) - used
        used |= found
        waiting += [parts[part] for part in found]
    defs = {part: parts[part] for part in parts if part in used}
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "$id": f"urn:mash:schema:{name}", **short, **({"$defs": defs} if defs else {})}


def _repeated(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        text = json.dumps(schema)
        if len(text) > 120 and ("type" in schema or "anyOf" in schema):
            yield text
        for member in schema.values():
            yield from _repeated(member)
    elif isinstance(schema, list):
        for item in schema:
            yield from _repeated(item)


def _short(schema: Any, names: Mapping[str, str], *, top: bool = False) -> Any:
    if isinstance(schema, list):
        return [_short(item, names) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = names.get(json.dumps(schema))
    if name and not top:
        return {"$ref": f"#/$defs/{name}"}
    return {member: _short(value, names) for member, value in schema.items()}
