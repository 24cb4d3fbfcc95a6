"""Breaks valid R4 in known ways, one at a time.

Where an element may be broken is read from fhir.resources' own R4B models, not from our schema: what the
schema forgot would else be forgotten here too. A type that R4B does not have gives no mutants.
"""

import copy
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel
from pydantic.fields import FieldInfo

Json = dict[str, Any]
Edit = Callable[[Json], object]

_COMPLEX = re.compile(r"abc\.(\w+)Type\b")
_DATE = re.compile(r"\b(Date|DateTime|Instant)\(")
_EMPTY: tuple[tuple[str, Any], ...] = (("empty array", []), ("empty object", {}))


class Mutant(NamedTuple):
    """`kind` is the way it was broken, `path` where (as in a Fault), `resource` the broken copy."""

    kind: str
    path: str
    resource: Json


class _Site(NamedTuple):
    steps: tuple[str | int, ...]
    node: Json
    model: type[BaseModel]


def mutants(resource: Json) -> Iterator[Mutant]:
    """Every mutant of `resource`, deterministic in order."""
    for site in _sites(resource):
        for kind, member, edit in _edits(site):
            broken = copy.deepcopy(resource)
            node: Any = broken
            for step in site.steps:
                node = node[step]
            edit(node)
            where = (*site.steps, member) if member else site.steps
            yield Mutant(kind, path(resource["resourceType"], where), broken)


def path(root: str, steps: tuple[str | int, ...]) -> str:
    return root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The model's fields by their names in JSON."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def model_of(name: str) -> type[BaseModel] | None:
    try:
        model: type[BaseModel] = get_fhir_model_class(name)
    except (KeyError, ValueError):
        return None
    return model


def _sites(node: Json, steps: tuple[str | int, ...] = (), name: str = "") -> Iterator[_Site]:
    """Every JSON object in the resource, with the model that says what it may hold."""
    model = model_of(node.get("resourceType", name))
    if model is None:
        return
    yield _Site(steps, node, model)
    known = fields(model)
    for member, value in node.items():
        inner = _COMPLEX.search(str(known[member].annotation)) if member in known else None
        if inner is None:
            continue
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            at = (*steps, member, place) if isinstance(value, list) else (*steps, member)
            if isinstance(child, dict):
                yield from _sites(child, at, inner[1])


def _edits(site: _Site) -> Iterator[tuple[str, str, Edit]]:
    """Way, member (or nothing for the whole object) and edit of each mutation of one object."""
    known = fields(site.model)
    yield "unknown property", "", lambda node: node.update(zzz="x")
    if site.model.__name__ == "Extension":
        yield from _extension_edits(site.node)
    if site.model.__name__ == "Period" and {"start", "end"} <= site.node.keys():
        yield "period order", "", lambda node: node.update(start="2021-01-02", end="2021-01-01")
    if "resourceType" in site.node and "id" in site.node:
        yield "bad id", "id", lambda node: node.update(id="not an id!")
    for member, value in site.node.items():
        field = known.get(member)
        if field is not None:
            yield from ((kind, member, edit) for kind, edit in _member_edits(member, value, field))
            yield from _second_choice(member, field, known)


def _extension_edits(node: Json) -> Iterator[tuple[str, str, Edit]]:
    values = [member for member in node if member.startswith("value")]
    yield "extension without url", "", lambda extension: extension.pop("url")
    if values:
        inner = {"url": "https://example.org/inner", "valueString": "x"}
        yield "ext-1 both", "", lambda extension: extension.update(extension=[inner])
        yield "ext-1 neither", "", lambda extension: extension.pop(values[0])


def _member_edits(member: str, value: Any, field: FieldInfo) -> Iterator[tuple[str, Edit]]:
    about, extra = str(field.annotation), _extra(field)
    put = _putter(member)
    listed, complex_type = isinstance(value, list), _COMPLEX.search(about)
    yield "null", put(None)
    if isinstance(value, str):
        yield "empty string", put("")
    if listed or isinstance(value, dict):
        yield from ((kind, put(empty)) for kind, empty in _EMPTY if isinstance(value, type(empty)))
    if not listed and member != "resourceType":
        yield "array for single", put([value])
    if _required(field):
        kind = "missing required complex" if complex_type else "missing required primitive"
        yield kind, lambda node: node.pop(member)
    if "Code()" in about and extra.get("enum_values") and not listed:
        yield "bad required code", put("bogus-code")
    if isinstance(value, bool):
        yield "boolean as string", put(str(value).lower())
    elif not isinstance(value, str | list | dict) and not complex_type:
        yield "number as string", put(str(value))
    if _DATE.search(about) and isinstance(value, str):
        yield "bad date", put("2021/02/03")
        yield "impossible date", put(f"2021-02-31{value[10:]}" if len(value) >= 10 else "2021-02-31")
    targets = extra.get("enum_reference_types")
    if targets and "Resource" not in targets and isinstance(value, dict) and "reference" in value:
        yield "wrong reference target", put(_aside(value, targets))


def _aside(reference: Json, targets: list[str]) -> Json:
    """The same reference, aimed at a type that is not among its targets."""
    wrong = next(name for name in ("Slot", "Binary", "Schedule") if name not in targets)
    return {**{k: v for k, v in reference.items() if k != "type"}, "reference": f"{wrong}/1"}


def _second_choice(
    member: str, field: FieldInfo, known: dict[str, FieldInfo]
) -> Iterator[tuple[str, str, Edit]]:
    """A second type of a choice beside the one that is there: the first of four that it takes."""
    group = _extra(field).get("one_of_many")
    if group is None:
        return
    for suffix, value in (
        ("String", "x"),
        ("Boolean", True),
        ("Period", {"start": "2020"}),
        ("DateTime", "2020"),
    ):
        other = f"{group}{suffix}"
        if other in known and other != member:
            yield "two value[x]", "", _putter(other)(value)
            return


def _extra(field: FieldInfo) -> Json:
    extra = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def _required(field: FieldInfo) -> bool:
    return bool(_extra(field).get("element_required")) or field.is_required()


def _putter(member: str) -> Callable[[Any], Edit]:
    def put(value: Any) -> Edit:
        return lambda node: node.update({member: value})

    return put
