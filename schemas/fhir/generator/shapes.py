"""Builds one JSON Schema definition for each R4 type and each of its inner elements, from its snapshot.

Promise: every element of the snapshot appears with its type, its cardinality and its required binding, and
nothing else is let in. Rules of the JSON form are those of https://hl7.org/fhir/R4/json.html
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from schemas.fhir.generator.definitions import Definitions, Structure
from schemas.fhir.generator.presence import Beyond, Member, present, translate
from schemas.fhir.generator.primitives import primitive
from schemas.fhir.generator.terms import Expansion, expand

Schema = dict[str, Any]

_SYSTEM = "http://hl7.org/fhirpath/"
_NAMES_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_PROFILED = {"SimpleQuantity", "MoneyQuantity"}
_OWN_PARTS = {"BackboneElement", "Element"}
_OWN_FORM = {"ele-1", "ext-1"}  # written below


def reference(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


@dataclass
class Shapes:
    """All definitions by name: "Patient", "Patient.contact", "code:name-use", "string?" (or null)."""

    definitions: Definitions
    defs: dict[str, Schema] = field(default_factory=dict)
    nullable: set[str] = field(default_factory=lambda: {"Element"})

    def build(self) -> dict[str, Schema]:
        for structure in self.definitions.structures.values():
            if structure.kind == "primitive-type":
                self.defs[structure.name] = primitive(structure)
            elif not structure.abstract or structure.name == "Element":
                self._type(structure)
        for name in self.nullable:
            self.defs[f"{name}?"] = _or_null(self.defs[name])
        self.defs["Resource"] = any_resource(self.definitions.resources)
        return dict(sorted(self.defs.items()))

    def _type(self, structure: Structure) -> None:
        inside: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for element in structure.elements[1:]:
            inside[element["path"].rpartition(".")[0]].append(element)
        constraints = {e["path"]: e.get("constraint", ()) for e in structure.elements}
        for path, elements in inside.items():
            root = path == structure.elements[0]["path"]
            shape = _Object(self, structure, resource=root and structure.kind == "resource")
            for element in elements:
                shape.add(element, own=element["path"] in inside)
            for constraint in constraints[path]:
                self._rule(shape, constraint, structure.name)
            self.defs[structure.name if root else path] = shape.schema()

    def _rule(self, shape: "_Object", constraint: dict[str, Any], root: str) -> None:
        if constraint["severity"] != "error" or constraint["key"] in _OWN_FORM:
            return
        try:
            rule = translate(constraint.get("expression", ""), shape.members, root)
        except Beyond:
            return
        shape.rules.append({"$comment": constraint["key"], "description": constraint["human"], **rule})

    def coded(self, type_name: str, canonical: str) -> Schema:
        """A code or CodeableConcept of a required binding; the plain type where its codes have no end."""
        expansion = expand(self.definitions, canonical)
        if expansion is None:
            return reference(type_name)
        name = f"{type_name}:{canonical.split('|', 1)[0].rpartition('/')[2]}"
        if name not in self.defs:
            codes = sorted({code for codes in expansion.values() for code in codes})
            self.defs[name] = {"enum": codes} if type_name == "code" else _concept(expansion)
        return reference(name)


def any_resource(names: list[str]) -> Schema:
    """A resource of whatever type it says it is."""
    by_type = [{"if": {"properties": {"resourceType": {"const": n}}}, "then": reference(n)} for n in names]
    return {
        "type": "object",
        "required": ["resourceType"],
        "properties": {"resourceType": {"enum": names}},
        "allOf": by_type,
    }


def _or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


def _concept(expansion: Expansion) -> Schema:
    """One coding is from the set, or an extension says why there is none (https://hl7.org/fhir/R4/terminologies.html)."""
    coding = [
        {"required": ["system", "code"], "properties": {"system": {"const": system}, "code": {"enum": codes}}}
        for system, codes in expansion.items()
    ]
    bound = {"required": ["coding"], "properties": {"coding": {"contains": {"anyOf": coding}}}}
    rule = {"$comment": "binding", "anyOf": [bound, {"required": ["extension"]}]}
    return {"allOf": [reference("CodeableConcept"), rule]}


@dataclass
class _Object:
    """One JSON object in the making."""

    shapes: Shapes
    structure: Structure
    resource: bool
    properties: dict[str, Schema] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    rules: list[Schema] = field(default_factory=list)

    def schema(self) -> Schema:
        if self.resource:
            self.properties = {"resourceType": {"const": self.structure.name}, **self.properties}
            self.required.insert(0, "resourceType")
        schema: Schema = {"type": "object", "properties": self.properties, "additionalProperties": False}
        if self.required:
            schema["required"] = self.required
        if not self.resource:  # ele-1: an element has a value or children besides its id
            schema["minProperties"] = 1
            if self.structure.name != "Element":  # there the value stands beside it, in the twin member
                schema["dependentSchemas"] = {"id": {"minProperties": 2}}
        if self.rules:
            schema["allOf"] = self.rules
        return schema

    def add(self, element: dict[str, Any], *, own: bool) -> None:
        name, many = element["path"].rpartition(".")[2], element["max"] == "*"
        if element["max"] == "0":
            return
        if name.endswith("[x]"):
            self._choice(name[:-3], element)
            return
        names = self._member(name, element, self._type_of(element, own=own), many=many)
        compared = element["min"] == 1 and not many and _codes(element) in ("code", "boolean")
        self.members[name] = Member(names, compared)
        if element["min"]:
            self._demand(name, names, many=many)

    def _member(
        self, name: str, element: dict[str, Any], kind: tuple[str, Schema], *, many: bool
    ) -> tuple[str, ...]:
        type_name, schema = kind
        bare = type_name == "xhtml" or _codes(element).startswith(_SYSTEM)  # ids and urls take no extension
        simple = self._is_primitive(type_name) and not bare
        if many and simple:  # null holds the place of an item that is in the twin array only
            self.shapes.nullable.add(schema["$ref"].removeprefix("#/$defs/"))
            schema = {"$ref": f"{schema['$ref']}?"}
        self.properties[name] = {"type": "array", "minItems": 1, "items": schema} if many else schema
        if not simple:
            return (name,)
        twin = reference("Element?") if many else reference("Element")
        self.properties[f"_{name}"] = {"type": "array", "minItems": 1, "items": twin} if many else twin
        return (name, f"_{name}")

    def _demand(self, name: str, names: tuple[str, ...], *, many: bool) -> None:
        if len(names) == 1:
            self.required.append(name)
            return
        why: Schema = {"required": [f"_{name}"]}
        if not many:  # a value may only be missing where an extension says why
            why["properties"] = {f"_{name}": {"required": ["extension"]}}
        self.rules.append({"$comment": f"required {name}", "anyOf": [{"required": [name]}, why]})

    def _choice(self, stem: str, element: dict[str, Any]) -> None:
        every: list[tuple[str, ...]] = []
        for one in element["type"]:
            name = stem + one["code"][0].upper() + one["code"][1:]
            typed = {**element, "type": [one]}
            every.append(self._member(name, typed, self._type_of(typed, own=False), many=False))
        self.members[stem] = Member(tuple(name for names in every for name in names))
        if self.structure.name == "Extension":
            self.rules.append(_extension([*every, ("extension",)]))
        elif len(every) > 1:
            alternatives = [present(Member(names)) for names in every]
            if not element["min"]:
                alternatives.append({"not": present(self.members[stem])})
            self.rules.append({"$comment": f"choice {stem}[x]", "oneOf": alternatives})
        elif element["min"]:
            self._demand(every[0][0], every[0], many=False)

    def _is_primitive(self, name: str) -> bool:
        known = self.shapes.definitions.structures.get(name)
        return known is not None and known.kind == "primitive-type"

    def _type_of(self, element: dict[str, Any], *, own: bool) -> tuple[str, Schema]:
        if "contentReference" in element:
            name = element["contentReference"].removeprefix("#")
            return name, reference(name)
        (one,) = element["type"]
        code = one["code"]
        if own and code in _OWN_PARTS:
            return element["path"], reference(element["path"])
        if code.startswith(_SYSTEM):
            code = next(e["valueUrl"] for e in one["extension"] if e["url"] == _NAMES_TYPE)
            root_id = self.resource and element["path"].endswith(".id")
            return "id" if root_id else code, reference("id" if root_id else code)
        binding = element.get("binding", {})
        if binding.get("strength") == "required" and code in ("code", "CodeableConcept"):
            return code, self.shapes.coded(code, binding["valueSet"])
        profiles = {p.rpartition("/")[2] for p in one.get("profile", ())} & _PROFILED
        return code, reference(profiles.pop() if profiles else code)


def _codes(element: dict[str, Any]) -> str:
    return element["type"][0]["code"] if "type" in element else ""


def _extension(every: list[tuple[str, ...]]) -> Schema:
    """ext-1: one value, or extensions. The short form comes first: nearly all have it, and it costs less."""
    short = {"minProperties": 2, "maxProperties": 2, "not": {"required": ["id"]}}
    return {"$comment": "ext-1", "anyOf": [short, {"oneOf": [present(Member(names)) for names in every]}]}
