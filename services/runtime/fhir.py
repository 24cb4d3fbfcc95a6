"""The gate: whether a resource is valid FHIR R4, at publish and again as it leaves.

Promise: it never raises on what a JSON parser returns, never changes what it is given, and never repeats a
value. Shape, codes, formats and rules of presence are in schemas/fhir/r4.schema.json, generated from HL7's
definitions; rules over several elements are in fhir_rules.py. A schema is compiled when its type is first
seen (10 to 30 ms).

It takes parsed JSON whose decimals are `Decimal` or a subclass. jsonschema-rs knows neither a subclass nor
that 1.0 is no FHIR integer, so of a resource that holds decimals it is shown a copy in which 0.5 stands for
each: all that a decimal has to be is a number, and what an integer must not have is a fraction. A float is
taken as it is.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs
import orjson

from services.contract import places
from services.runtime.fhir_faults import NONE, Fault, outcome, within, worded
from services.runtime.fhir_invariants import Invariants, Scope

__all__ = ["MAX_DEPTH", "Fault", "faults", "is_valid", "outcome"]

MAX_DEPTH = 60
"""Levels of nested objects and arrays; deeper input is refused before any of it is judged."""

_ENOUGH = 100  # schema faults told of one resource
_PLAIN_ONLY = orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATETIME
_NESTED = frozenset({dict, list})  # exactly these: an object of a subclass is passed through, and is no JSON
_TOO_DEEP = Fault("Resource", "too-costly", f"It is nested deeper than {MAX_DEPTH} levels.")
_NOT_JSON = Fault("Resource", "structure", "It holds something that JSON, or this hub, cannot hold.")


def faults(resource: object, *, limit: int = 20) -> list[Fault]:
    """Why `resource` (parsed JSON) is not valid R4, at most `limit` reasons; empty means valid.

    A resource of wrong shape is not asked about rules over several elements, nor a Bundle of wrong shape
    about what stands in it. Integers beyond 64 bits are refused, as everywhere in the hub.
    """
    try:
        return list(_examined(resource)[:limit])
    except ValueError:  # jsonschema-rs met a Python object that it does not know
        return [_NOT_JSON]


def is_valid(resource: object) -> bool:
    """Whether `resource` is valid R4: the same judgement as `faults`, without the reasons."""
    return not faults(resource, limit=1)


def _examined(resource: object) -> Sequence[Fault]:
    met: list[object] = []
    try:
        text = _written(resource, met)
    except orjson.JSONEncodeError:
        return [_TOO_DEEP if _too_deep(resource) else _NOT_JSON]
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH and _too_deep(resource):
        return [_TOO_DEEP]
    shown, enter = (orjson.loads(text), _entered_with_decimals) if met else (resource, _entered)
    found = _judged(resource, shown, Scope(enter))
    return within(_kind(resource) or "Resource", found) if found else NONE


def _written(resource: object, met: list[object]) -> bytes:
    """The quickest sight of the whole: `met` gets each decimal and whatever else is not plain JSON.

    0.5 stands for a decimal, and for the rest something that is right nowhere. Raises JSONEncodeError for what
    cannot be JSON, and for more than 254 levels.
    """

    def stand_in(value: object) -> object:
        met.append(value)
        return 0.5 if isinstance(value, Decimal) and value.is_finite() else {"": ""}

    return orjson.dumps(resource, default=stand_in, option=_PLAIN_ONLY)


def _too_deep(resource: object) -> bool:
    level: list[Any] = [resource] if type(resource) in _NESTED else []
    for _ in range(MAX_DEPTH):
        inside = (node.values() if type(node) is dict else node for node in level)
        level = [child for children in inside for child in children if type(child) in _NESTED]
        if not level:
            return False
    return True


def _entered(resource: Any, around: Scope) -> Sequence[Fault]:
    return _judged(resource, resource, around)


def _entered_with_decimals(resource: Any, around: Scope) -> Sequence[Fault]:
    met: list[object] = []
    text = _written(resource, met)
    return _judged(resource, orjson.loads(text) if met else resource, around)


def _judged(resource: Any, shown: Any, around: Scope) -> Sequence[Fault]:
    """The faults of one resource and of those in it, paths beginning below its own name."""
    kind = _kind(resource)
    if kind is None:
        return [Fault("", "structure", "It has no resourceType that the hub takes.")]
    validator = _compiled(kind)
    if validator.is_valid(shown):
        return _invariants().broken(resource, around)
    errors = islice(validator.iter_errors(shown), _ENOUGH)
    return [worded(error, _definitions(), _names()) for error in errors]


def _kind(resource: object) -> str | None:
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    return kind if isinstance(kind, str) and kind in _types() else None


@cache
def _definitions() -> dict[str, Any]:
    schema = orjson.loads((places.schemas() / "fhir" / "r4.schema.json").read_bytes())
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


@cache
def _types() -> frozenset[str]:
    return frozenset(_definitions()["Resource"]["properties"]["resourceType"]["enum"])


@cache
def _names() -> frozenset[str]:
    """Every element name of R4: what a message may repeat."""
    return frozenset(name for shape in _definitions().values() for name in shape.get("properties", ()))


@cache
def _invariants() -> Invariants:
    references = orjson.loads((places.schemas() / "fhir" / "references.json").read_bytes())
    return Invariants(_definitions(), references)


@cache
def _compiled(kind: str) -> jsonschema_rs.Draft202012Validator:
    """The validator of one type, whose regular expressions run in linear time, whatever the input.

    A resource that stands in another is judged on its own, by its own type, so here it is any object.
    """
    definitions = _definitions()
    held = {"type": "object", "required": ["resourceType"]} | {
        "properties": {"resourceType": {"type": "string"}, "id": {"type": "string"}}
    }
    wanted, reached = [kind], {"Resource": held}
    while wanted:
        name = wanted.pop()
        if name not in reached:
            reached[name] = definitions[name]
            wanted += _referred(definitions[name])
    schema = {"$ref": f"#/$defs/{kind}", "$defs": reached}
    linear = jsonschema_rs.RegexOptions()
    return jsonschema_rs.Draft202012Validator(schema, pattern_options=linear, offline=True)


def _referred(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value.removeprefix("#/$defs/")
            else:
                yield from _referred(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _referred(value)
