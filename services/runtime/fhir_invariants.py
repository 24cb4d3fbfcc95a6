"""What R4 asks beyond shape: references that point at what they may, and rules over several elements.

Promise: it is given a resource whose shape is right, visits only what R4 defines, and reports each breach
once. The rules that speak of presence alone are in the schema already (schemas/fhir/generator/presence.py).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from services.runtime.fhir_faults import NONE, Fault, within
from services.runtime.fhir_rules import RULES, Rule

Table = Mapping[str, Mapping[str, Sequence[str]]]
Visit = Callable[[dict[str, Any], "Scope"], Sequence[Fault]]
Beside = Callable[
    [Any, dict[str, Any], "Scope"], Sequence[Fault]
]  # the element, what it stands in, the scope

_CANONICAL = "http://hl7.org/fhir/StructureDefinition/"
_ABSOLUTE = re.compile(
    r"https?://[^?#]*/([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?"
)
# A resource in one of these stands for itself: what it contains, and "#", are its own.
_HOLDERS = ("Bundle", "Parameters")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*:")


class Scope(NamedTuple):
    """Where a reference is looked up.

    `own` is the type of the resource it stands in, `contained` the types of what that contains by id,
    `bundle` of what the Bundle around it holds by full URL. `enter` judges a resource that stands in another.
    """

    enter: Callable[[dict[str, Any], "Scope"], Sequence[Fault]]
    own: str = ""
    contained: Mapping[str, str] = {}
    bundle: Mapping[str, str] = {}


class _Node:
    """What to do at each element of one definition, and which rules hold for the whole of it."""

    __slots__ = ("beside", "keys", "many", "one", "rules")

    def __init__(self) -> None:
        self.one: dict[str, Visit] = {}
        self.many: dict[str, Visit] = {}
        self.beside: dict[str, Beside] = {}
        self.rules: Sequence[Rule] = ()
        self.keys: frozenset[str] = frozenset()

    def close(self) -> None:
        self.keys = frozenset((*self.one, *self.many, *self.beside))

    def visit(self, value: dict[str, Any], scope: Scope) -> Sequence[Fault]:
        # This runs for every element of every resource, so it is one frame, and short where all is primitive.
        found: list[Fault] = []
        if not self.keys.isdisjoint(value):
            one, many, beside = self.one, self.many, self.beside
            for key, child in value.items():
                if key in one:
                    faults = one[key](child, scope)
                    if faults:
                        found += within(f".{key}", faults)
                elif key in many:
                    visit = many[key]
                    for place, item in enumerate(child):
                        faults = visit(item, scope)
                        if faults:
                            found += within(f".{key}[{place}]", faults)
                elif key in beside:
                    found += within(f".{key}", beside[key](child, value, scope))
        if self.rules and not found:  # a rule over the whole may rely on its parts
            for rule in self.rules:
                found += rule(value)
        return found or NONE


class Invariants:
    """The rules, laid out along the schema's definitions; a type's nodes are made when it is first met."""

    def __init__(self, definitions: Mapping[str, Any], references: Table) -> None:
        self._definitions = definitions
        self._references = references
        # Also the types that may be pointed at and that the hub does not take.
        pointed_at = (t for members in references.values() for allowed in members.values() for t in allowed)
        self._types = frozenset((*definitions["Resource"]["properties"]["resourceType"]["enum"], *pointed_at))
        self._nodes: dict[str, _Node] = {}

    def broken(self, resource: dict[str, Any], around: Scope) -> Sequence[Fault]:
        """Faults of a resource of right shape that stands in `around`; paths begin below its own name."""
        kind = resource["resourceType"]
        contained = around.contained
        if "contained" in resource:
            contained = {r["id"]: r["resourceType"] for r in resource["contained"] if "id" in r}
        bundle = around.bundle
        if kind == "Bundle":
            entries = (e for e in resource.get("entry", ()) if "fullUrl" in e and "resource" in e)
            bundle = {e["fullUrl"]: e["resource"]["resourceType"] for e in entries}
        own = "" if kind in _HOLDERS else around.own or kind
        return self._node(kind).visit(resource, Scope(around.enter, own, contained, bundle))

    def _node(self, name: str) -> _Node:
        node = self._nodes.get(name)
        if node is None:
            node = self._nodes[name] = _Node()  # before its steps: definitions are recursive
            properties = self._definitions[name]["properties"]
            for key, schema in properties.items():
                self._lay(node, name, key, schema)
            node.close()
            rules = RULES.get(name, ())
            node.rules = (*rules, *RULES["DomainResource"]) if "contained" in properties else rules
        return node

    def _lay(self, node: _Node, holder: str, key: str, schema: Mapping[str, Any]) -> None:
        many = schema.get("type") == "array"
        item = schema["items"] if many else schema
        if key.startswith("_"):
            node.beside[key] = self._twins(key) if many else self._twin(key)
        elif item.get("$ref", "").endswith("?"):
            node.beside[key] = _nulls(key)
        else:
            visit = self._visit(holder, key, item)
            if visit is not None:
                (node.many if many else node.one)[key] = visit

    def _visit(self, holder: str, key: str, schema: Mapping[str, Any]) -> Visit | None:
        name = self._object(schema)
        if name is None:
            return None
        if name == "Resource":
            return _enter
        if name == "Reference":
            return self._reference(frozenset(self._references.get(holder, {}).get(key, ())))
        return self._node(name).visit

    def _object(self, schema: Mapping[str, Any]) -> str | None:
        """The definition of a JSON object that the schema refers to, or None where it is a primitive."""
        name: str = schema.get("$ref", "").removeprefix("#/$defs/")
        if name.startswith("CodeableConcept:"):
            return "CodeableConcept"
        return name if name == "Resource" or "properties" in self._definitions.get(name, ()) else None

    def _twin(self, key: str) -> Beside:
        inside = self._node("Element").visit

        def step(child: Any, value: dict[str, Any], scope: Scope) -> Sequence[Fault]:
            if key[1:] not in value and "extension" not in child:
                return [_no_value()]
            return inside(child, scope)

        return step

    def _twins(self, key: str) -> Beside:
        inside = self._node("Element").visit

        def step(child: Any, value: dict[str, Any], scope: Scope) -> Sequence[Fault]:
            found: list[Fault] = []
            values = value.get(key[1:], ())
            for place, item in enumerate(child):
                bare = place >= len(values) or values[place] is None
                if item is not None:
                    wrong = bare and "extension" not in item
                    faults = [_no_value()] if wrong else inside(item, scope)
                    found += within(f"[{place}]", faults)
                elif place >= len(values):  # a null in both is reported once, at the values
                    found.append(_no_place(place))
            return found

        return step

    def _reference(self, allowed: frozenset[str]) -> Visit:
        node, quick = self._node("Reference"), allowed or self._types

        def visit(child: dict[str, Any], scope: Scope) -> Sequence[Fault]:
            text = child.get("reference")
            if text is None or "type" in child or text.partition("/")[0] not in quick:
                wrong = self._misdirected(child, allowed, scope)
                if wrong:
                    return [wrong]
            return node.visit(child, scope)

        return visit

    def _misdirected(self, reference: dict[str, Any], allowed: frozenset[str], scope: Scope) -> Fault | None:
        """What is wrong with where it points; a target whose type cannot be known is let pass."""
        text = reference.get("reference")
        kind = None
        if text is not None:
            kind = self._target(text, scope)
            if kind is None and text.startswith("#"):
                return Fault(".reference", "not-found", "Nothing contained has this id (ref-1).")
            if kind is None and not _SCHEME.match(text):
                return Fault(
                    ".reference", "value", "A relative reference names a type of resource and an id."
                )
        told = reference.get("type", "").removeprefix(_CANONICAL) or None
        if kind and told and told != kind:
            return Fault(".type", "invariant", "The type named here is not the type of the reference.")
        kind = kind or told
        if kind and allowed and kind not in allowed:
            return Fault("", "structure", f"This may only point at {' or '.join(sorted(allowed))}.")
        return None

    def _target(self, text: str, scope: Scope) -> str | None:
        head = text.partition("/")[0].partition("?")[0]
        if head in self._types:
            return head
        if text.startswith("#"):
            return scope.contained.get(text[1:]) if len(text) > 1 else scope.own
        absolute = _ABSOLUTE.fullmatch(text)
        if absolute and absolute[1] in self._types:
            return absolute[1]
        return scope.bundle.get(text)


def _enter(child: dict[str, Any], scope: Scope) -> Sequence[Fault]:
    return scope.enter(child, scope)


def _nulls(key: str) -> Beside:
    """A null in an array of primitives holds the place of an item that its twin array has."""
    twin = f"_{key}"

    def step(child: Any, value: dict[str, Any], _scope: Scope) -> Sequence[Fault]:
        if None not in child:
            return NONE
        others = value.get(twin, ())
        bare = (place for place, item in enumerate(child) if item is None)
        return [_no_place(place) for place in bare if place >= len(others) or others[place] is None]

    return step


def _no_place(place: int) -> Fault:
    return Fault(f"[{place}]", "structure", "A null may only hold the place of a value or an extension.")


def _no_value() -> Fault:
    return Fault("", "invariant", "Without a value there must be an extension (ele-1).")
