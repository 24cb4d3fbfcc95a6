"""The tree of one type of record: the lines of the catalogue laid over what R4 says of the type.

Promise: of the lines that lead to an element the longest gives its class, of two equally long ones the later; an element
between two lines has the class of the one above it; a line that R4 has no element for is refused (`CatalogueFault`).
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from services.gateway.catalogue.elements import Element, Elements
from services.gateway.catalogue.paths import CatalogueFault, Forms, Layer, Step

UNCLASSIFIED = "UNCLASSIFIED"
SAME = "same"
"""The class of an extension that has the class of whatever bears it."""
NO_FORMS: Forms = {}
# Rebuilt by minimising, never copied; `resourceType` is what the rest hangs on.
NEVER_COPIED = frozenset({"resourceType", "id", "meta", "text", "contained", "language", "implicitRules"})


@dataclass(slots=True, eq=False)
class Node:
    """One element of the catalogue, bound to R4: its class, its forms, the elements under it with a line of their own."""

    path: str
    class_: str
    forms: Forms
    frame: bool
    """It only says whose record it is: it keeps a record standing, and is nothing of substance."""
    type: str
    members: dict[str, tuple[Element, "Node"]] = field(default_factory=dict)
    by: dict[str, "Node"] = field(default_factory=dict)
    """Told apart by value: an identifier's system, an extension's URL."""
    met: dict[str, "Met"] = field(default_factory=dict)
    """JSON member -> what it is, for members that were met before."""

    def which(self, value: Any) -> "Node":
        """The node for one value of this element."""
        if not self.by or not isinstance(value, dict):
            return self
        return self.by.get(value.get("url") or value.get("system") or "", self)


Met = tuple[Element, Node | None, bool]
"""A member of an object: the element, its node where it has a line of its own, whether it is an underscored twin."""


@dataclass(frozen=True, slots=True)
class Grower:
    """Grows trees over one version of R4; `classes` are those that a line may name."""

    elements: Elements
    classes: AbstractSet[str]

    def compile(self, name: str, layers: list[Layer]) -> Node:
        if not self.elements.of(name):
            raise CatalogueFault(name, "R4 has no such type")
        root = Node(name, UNCLASSIFIED, NO_FORMS, False, name)
        every: dict[str, Node] = {name: root}
        # Shorter paths first, so that a longer one finds the class it inherits; of equal paths the later line stands.
        for layer in sorted(layers, key=lambda layer: len(layer.steps)):
            self._add(root, layer, every)
        self._recur(every)
        return root

    def _add(self, root: Node, layer: Layer, every: dict[str, Node]) -> None:
        if layer.class_ not in self.classes:
            raise CatalogueFault(layer.path, f"no such class: {layer.class_}")
        nodes = [root]
        for step in layer.steps:
            nodes = [child for node in nodes for child in self._grow(node, step, layer, every)]
        for node in nodes:
            node.class_, node.forms, node.frame = layer.class_, layer.forms, layer.frame

    def _grow(self, node: Node, step: Step, layer: Layer, every: dict[str, Node]) -> list[Node]:
        found = [e for e in self.elements.of(node.type).values() if step.name in (e.name, e.key)]
        if not found:
            if layer.type == "*":
                return []
            raise CatalogueFault(layer.path, "R4 has no such element")
        grown = []
        for element in found:
            class_ = UNCLASSIFIED if element.key in ("extension", "modifierExtension") else node.class_
            fresh = Node(f"{node.path}.{step.name}", class_, NO_FORMS, False, element.type)
            child = node.members.setdefault(element.key, (element, fresh))[1]
            every[element.type] = child
            if step.by:
                inner = Node(
                    f"{child.path}({step.by})",
                    child.class_,
                    NO_FORMS,
                    False,
                    child.type,
                    members=child.members,
                )
                child = child.by.setdefault(step.by, inner)
            grown.append(child)
        return grown

    def _recur(self, every: Mapping[str, Node]) -> None:
        """An element that repeats the shape of one above it (QuestionnaireResponse.item.item) goes by the lines of that."""
        own = {name: node for name, node in every.items() if "." in name}
        for name, node in own.items():
            for element in self.elements.of(name).values():
                if element.type in own and element.key not in node.members and "." in element.type:
                    node.members[element.key] = (element, own[element.type])
