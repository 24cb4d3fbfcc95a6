"""Looking one factor or group up: from the places of what it reads to the place of its answer.

Promise: only what a table says is looked up; what is true of any element of a list is asked of each.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import mul
from typing import Any

from services.policy.tables.artefact import Table, Tables
from services.policy.tables.shape import CLASS, ELEMENTS, Node

Places = dict[str, Any]
"""Name in a key -> place among its values."""


class Lookup:
    """Every table of a book, by name of its factor or group."""

    def __init__(self, tables: Tables) -> None:
        sizes = {name: len(values) for name, values in tables.domains.items()}
        self.groups: dict[str, _Index] = {}
        self.others: dict[str, _Index] = {}
        for table in tables.tables:
            index = _Index(table, sizes)
            (self.groups if table.node.kind == "group" else self.others)[table.node.name] = index
            if table.node.kind == "group":
                sizes[table.node.name] = len(table.values)

    def support(self, node: Node) -> frozenset[str]:
        """The members of context and profile that an answer rests on, through whatever groups."""
        found: set[str] = {node.any or node.each} - {""}
        for name in node.reads:
            if name in self.groups:
                found |= self.support(self.groups[name].node)
            elif name not in (*ELEMENTS.values(), CLASS):
                found.add(name)
        return frozenset(found)

    def settled(self, places: Places) -> Places:
        """The same with every group that rests on these members alone."""
        known = dict(places)
        for name, index in self.groups.items():
            if (
                not index.node.each
                and self.support(index.node) <= places.keys()
                and CLASS not in index.node.reads
            ):
                known[name] = self._group(index, known)
        return known

    def answer(self, node: Node, places: Places) -> int:
        """The place of the answer, where `places` has every member it rests on; groups found on the way are added."""
        index = (self.groups if node.kind == "group" else self.others)[node.name]
        for name in node.reads:
            if name not in places and name in self.groups:
                places[name] = self._group(self.groups[name], places)
        return index.of(places)

    def _group(self, index: "_Index", places: Places) -> int:
        node = index.node
        if not node.any:
            return self.answer(node, places)
        return int(self.any_of(node, places, places[node.any]))

    def any_of(self, node: Node, places: Mapping[str, Any], elements: Iterable[int]) -> bool:
        """Whether it is true of any of these elements."""
        known = {name: places[name] for name in node.reads if name in places}
        return any(self.answer(node, {**known, ELEMENTS[node.any]: place}) for place in elements)


class _Index:
    """A table with the step of each of its axes."""

    def __init__(self, table: Table, sizes: Mapping[str, int]) -> None:
        self.node, self.values = table.node, table.values
        lengths = [sizes[name] for name in table.node.reads]
        if reduce(mul, lengths, 1) != len(table.cells):
            raise ValueError(f"the table of {table.node.name} has not a row for each key")
        steps = [reduce(mul, lengths[place + 1 :], 1) for place in range(len(lengths))]
        self._steps = tuple(zip(table.node.reads, steps, strict=True))
        self._cells = table.cells

    def of(self, places: Mapping[str, Any]) -> int:
        """The place of the answer to a key."""
        at = 0
        for name, step in self._steps:
            at += step * places[name]
        return self._cells[at]
