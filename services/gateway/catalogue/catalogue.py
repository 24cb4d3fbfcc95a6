"""Which class of information each element of a record has, and in what form it may leave where it is generalised.

Promise: every element has exactly one class, the one of the longest path of `policies/catalogue/fields.yaml` that leads to
it; an element that no path leads to is UNCLASSIFIED, and so is every extension whose URL is not listed. A catalogue that
names an element R4 does not have, or a class, axis, level or form nobody knows, is refused whole (`CatalogueFault`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.contract.vocabulary import code_list
from services.gateway.catalogue.elements import Elements, shipped
from services.gateway.catalogue.paths import CatalogueFault, Step, read_forms, read_layers
from services.gateway.catalogue.statement import STATEMENT
from services.gateway.catalogue.tree import NEVER_COPIED, NO_FORMS, SAME, UNCLASSIFIED, Grower, Met, Node

__all__ = ["NEVER_COPIED", "SAME", "UNCLASSIFIED", "Catalogue", "CatalogueFault", "Node"]


class Catalogue:
    """The catalogue of one policy book, compiled once. `book` is the document of fields.yaml as a plain mapping."""

    def __init__(self, book: Mapping[str, Any], elements: Elements | None = None) -> None:
        self.elements = elements or shipped()
        named = {code for code, row in code_list("classes").items() if not row["question"]}
        self._grower = Grower(self.elements, named | {SAME, UNCLASSIFIED})
        forms = read_forms(book.get("forms", {}))
        self._layers = read_layers(book["fields"], forms)
        self._when = {name: _When.read(row) for name, row in book.get("when", {}).items()}
        self._trees: dict[tuple[str, tuple[str, ...]], Node] = {}
        self.services: Mapping[str, Mapping[str, str]] = book.get("services", {})
        """Kind of source -> words for `kind` and `in-service`."""
        self.top_labels: Mapping[str, Mapping[str, str]] = book.get("top_labels", {})
        """Code -> the coding that stands for it at the level `top-label`."""
        self.public_systems = tuple(book.get("public_systems", ()))
        if not all(isinstance(beginning, str) for beginning in self.public_systems):
            raise CatalogueFault("public_systems", "each is a text; quote one that ends with a colon")
        """Beginnings of code system addresses that name no publisher."""
        self.extensions = self._everywhere()
        listed = {(layer.type, layer.variant) for layer in self._layers}
        self._variants = {
            type_: tuple(name for name in self._when if (type_, name) in listed)
            for type_ in {layer.type for layer in self._layers}
        }
        self._types = {name for layer in self._layers for name in [layer.type] if name != "*"}
        for layer in self._layers:
            if layer.variant and layer.variant not in self._when:
                raise CatalogueFault(f"{layer.type}[{layer.variant}]", "no such `when`")
        for name in sorted(self._types):
            self._tree(
                name, tuple(layer.variant for layer in self._layers if layer.type == name and layer.variant)
            )

    def node_of(self, resource: Mapping[str, Any]) -> Node | None:
        """The tree for this record, told apart by its labels and codes; None for a type the catalogue does not list."""
        name = resource.get("resourceType")
        if name not in self._types:
            return None
        labels: set[str] | None = None
        variants: tuple[str, ...] = ()
        for variant in self._variants.get(name, ()):
            if labels is None:
                labels = _labels(resource)
            if self._when[variant].holds(resource, labels):
                variants = (*variants, variant)
        return self._tree(name, variants)

    def meet(self, node: Node, key: str) -> Met | None:
        """What the JSON member `key` of this node's object is; None where R4 does not know it."""
        known = node.met.get(key)
        if known is None:
            twin = key[:1] == "_"
            plain = key[1:] if twin else key
            element = self.elements.of(node.type).get(plain)
            if element is None or (twin and not element.primitive):
                return None
            listed = node.members.get(plain)
            known = node.met[key] = (element, listed[1] if listed else None, twin)
        return known

    def classes_of(self, resource: Mapping[str, Any]) -> set[str]:
        """Every class that something in the record has, contained resources included."""
        found: set[str] = set()
        node = self.node_of(resource)
        if node is None:
            return {UNCLASSIFIED}
        self._collect(resource, node, found)
        meta = resource.get("meta", {})
        found |= {
            node.members["meta"][1].members[key][1].class_ for key in ("source", "lastUpdated") if key in meta
        }
        if "tag" in meta:
            found |= {self.class_at(f"{resource['resourceType']}.{STATEMENT}", resource)} - {SAME}
        for contained in resource.get("contained", ()):
            found |= self.classes_of(contained)
        return found

    def class_at(self, path: str, resource: Mapping[str, Any]) -> str:
        """The class of the element at `path` (`Patient.contact.telecom`, without indexes) in this record."""
        node = self.node_of(resource)
        if node is None:
            return UNCLASSIFIED
        for step in Step.read(path)[1]:
            node = self._next(node, step)
        return node.class_

    def nearest(self, path: str, resource: Mapping[str, Any]) -> str:
        """The path of the listed element that covers `path`."""
        node = self.node_of(resource)
        if node is None:
            return ""
        for step in Step.read(path)[1]:
            found = self._listed(node, step)
            if found is None:
                break
            node = found
        return node.path

    def _next(self, node: Node, step: Step) -> Node:
        found = self._listed(node, step)
        if found is not None:
            return found
        if step.name == "extension":
            class_ = self.extension_class({"url": step.by}, node.class_, inside=node.type == "Extension")
            return Node(step.name, class_, NO_FORMS, False, "Extension")
        element = next(
            (e for e in self.elements.of(node.type).values() if step.name in (e.name, e.key)), None
        )
        if element is None:
            return Node(step.name, UNCLASSIFIED, NO_FORMS, False, "")
        return Node(step.name, node.class_, NO_FORMS, False, element.type)

    def _listed(self, node: Node, step: Step) -> Node | None:
        for element, child in node.members.values():
            if step.name in (element.name, element.key):
                if step.name == "extension":
                    return child.by.get(step.by)
                return child.by.get(step.by, child)
        return None

    def _collect(self, value: Mapping[str, Any], node: Node, found: set[str]) -> None:
        elements = self.elements.of(node.type)
        for key, sub in value.items():
            if key in NEVER_COPIED and node.type == value.get("resourceType"):
                continue
            listed = node.members.get(key.lstrip("_"))
            if key == "extension":
                by_url = listed[1].by if listed else {}
                for item in sub if isinstance(sub, list) else (sub,):
                    own = by_url.get(item.get("url", "")) if isinstance(item, dict) else None
                    if own is None:
                        # No line of this element's own names it: what holds for an extension anywhere.
                        self._collect_extensions({key: [item]}, node.class_, found)
                    else:
                        found.add(own.class_)
                        self._collect_extensions(item, own.class_, found, inside=True)
                continue
            if listed is None:
                found.add(node.class_ if key.lstrip("_") in elements else UNCLASSIFIED)
                if not isinstance(sub, str):
                    self._collect_extensions(sub, node.class_, found)
                continue
            for item in sub if isinstance(sub, list) else (sub,):
                child = listed[1].which(item)
                found.add(child.class_)
                if isinstance(item, dict):
                    if child.members:
                        self._collect(item, child, found)
                    else:
                        self._collect_extensions(item, child.class_, found)

    def _collect_extensions(self, value: Any, class_: str, found: set[str], *, inside: bool = False) -> None:
        if isinstance(value, list):
            for item in value:
                self._collect_extensions(item, class_, found, inside=inside)
        elif isinstance(value, dict):
            for key, sub in value.items():
                if key == "extension":
                    for one in sub:
                        own = self.extension_class(one, class_, inside=inside)
                        found.add(own)
                        self._collect_extensions(one, own, found, inside=True)
                elif not isinstance(sub, str):
                    self._collect_extensions(sub, class_, found)

    def extension_class(self, extension: Mapping[str, Any], bearer: str, *, inside: bool) -> str:
        """The class of an extension on an element of class `bearer`. `inside` a listed one, a plain name inherits."""
        url = extension.get("url")
        if not isinstance(url, str):
            return UNCLASSIFIED
        class_ = self.extensions.get(url, SAME if inside and ":" not in url else UNCLASSIFIED)
        return bearer if class_ == SAME else class_

    def _everywhere(self) -> Mapping[str, str]:
        rows = (layer for layer in self._layers if layer.type == "*")
        return {
            step.by: layer.class_
            for layer in rows
            for step in layer.steps
            if len(layer.steps) == 1 and step.name == "extension"
        }

    def _tree(self, name: str, variants: tuple[str, ...]) -> Node:
        known = self._trees.get((name, variants))
        if known is None:
            order = ("", *variants)
            rows = [row for row in self._layers if row.type == "*" and row.steps[0].name != "extension"]
            rows += [
                row for variant in order for row in self._layers if (row.type, row.variant) == (name, variant)
            ]
            known = self._trees[(name, variants)] = self._grower.compile(name, rows)
        return known


@dataclass(frozen=True, slots=True)
class _When:
    """A kind of record told apart within its type by a label, or by a code in one of some elements."""

    labels: frozenset[str]
    codes: frozenset[str]
    where: tuple[str, ...]

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "_When":
        return cls(
            frozenset(row.get("labels", ())),
            frozenset(map(str, row.get("codes", ()))),
            tuple(row.get("in", ())),
        )

    def holds(self, resource: Mapping[str, Any], labels: set[str]) -> bool:
        if not self.labels.isdisjoint(labels):
            return True
        return bool(self.codes) and any(
            not self.codes.isdisjoint(_codes(resource.get(name))) for name in self.where
        )


def _labels(resource: Mapping[str, Any]) -> set[str]:
    return {label["code"] for label in resource.get("meta", {}).get("security", ()) if "code" in label}


def _codes(concepts: Any) -> Iterator[str]:
    for concept in concepts if isinstance(concepts, list) else (concepts,):
        if isinstance(concept, dict):
            yield from (coding["code"] for coding in concept.get("coding", ()) if "code" in coding)
