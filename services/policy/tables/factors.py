"""A factor's rows: what it takes away of each class, for the places of the members that it rests on.

Promise: equal rows are one object; findings that composing could not put in order are refused when the tables are read, not
when somebody asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.policy.tables.compose import Composing, Finding, finding_of
from services.policy.tables.domains import slots
from services.policy.tables.lookup import Lookup, Places
from services.policy.tables.shape import CLASS, ELEMENTS, CannotTabulate, Node


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """A finding, or None, for each class of `slots()`."""

    findings: tuple[Finding | None, ...]


class Interned:
    """Findings and rows, each once."""

    def __init__(self, composing: Composing) -> None:
        self._composing = composing
        self._findings: dict[str, Finding] = {}
        self._rows: dict[tuple[Finding | None, ...], Row] = {}

    def row(self, found: Mapping[str, Any]) -> Row:
        """The row of a rule's answer, class to finding."""
        unknown = found.keys() - set(slots())
        if unknown:
            raise CannotTabulate(f"a rule answers for {min(unknown)}, which is no class")
        return self.of([self._finding(found[name]) if name in found else None for name in slots()])

    def of(self, findings: Iterable[Finding | None]) -> Row:
        """The row of these findings."""
        key = tuple(findings)
        return self._rows.setdefault(key, Row(key))

    def _finding(self, found: Mapping[str, Any]) -> Finding:
        self._composing.refuse_unknown(found)
        return self._findings.setdefault(repr(sorted(found.items())), finding_of(found))


class Factor:
    """One factor, what is owed, or what it warns of; over the members that it rests on."""

    def __init__(self, lookup: Lookup, node: Node, interned: Interned, profile: Sequence[str]) -> None:
        self.kind, self._node, self._lookup, self._interned = node.kind, node, lookup, interned
        self.rests_on = tuple(name for name in profile if name in lookup.support(node))
        values = lookup.others[node.name].values
        self._answers = tuple(
            interned.row(value) if node.kind == "factor" else tuple(value) for value in values
        )
        self._by_class = _reads_class(lookup, node)
        self._lists = [
            lookup.groups[name].node.any
            for name in node.reads
            if name in lookup.groups and _reads_class(lookup, lookup.groups[name].node)
        ]
        self._of_all_classes = [
            name
            for name in node.reads
            if name in lookup.groups and not _reads_class(lookup, lookup.groups[name].node)
        ]

    def of(self, places: Places) -> tuple[Any, ...]:
        """Its rows (of a rule for each label, one a label), or the codes that are owed or warned of.

        Groups that are worked out on the way are added to `places`.
        """
        if self._node.each:
            element = ELEMENTS[self._node.each]
            return tuple(self._answer({**places, element: place}) for place in places[self._node.each])
        answer: Any = self._by_classes(places) if self._by_class else self._answer(places)
        return (answer,) if self.kind == "factor" else tuple(answer)

    def _answer(self, places: Places) -> Any:
        return self._answers[self._lookup.answer(self._node, places)]

    def _by_classes(self, places: Places) -> Row:
        if not any(places[name] for name in self._lists):
            # Nothing is named, so no class is told from another.
            return self._answer({**places, CLASS: 0})  # type: ignore[no-any-return]
        rows = []
        for place in range(len(slots())):
            of_class = {**places, CLASS: place}
            rows.append(self._answer(of_class))
            places |= {name: of_class[name] for name in self._of_all_classes if name in of_class}
        return self._interned.of(row.findings[place] for place, row in enumerate(rows))


def factors_of(lookup: Lookup, composing: Composing, profile: Sequence[str]) -> tuple[Factor, ...]:
    """Every factor in the order in which findings are put together, then what is owed and warned of."""
    interned = Interned(composing)
    factors = {name: index.node for name, index in lookup.others.items() if index.node.kind == "factor"}
    if set(composing.order) != factors.keys():
        odd = min(set(composing.order) ^ factors.keys())
        raise CannotTabulate(f"{odd} is a factor or stands in main's order, and not both")
    for node in factors.values():
        _refuse_mixed(lookup, node)
    nodes = [factors[name] for name in composing.order]
    nodes += [index.node for _, index in sorted(lookup.others.items()) if index.node.kind != "factor"]
    return tuple(Factor(lookup, node, interned, profile) for node in nodes)


def _refuse_mixed(lookup: Lookup, node: Node) -> None:
    """A class may be read through a group over a list only: without an element it must tell no class from another."""
    reads = [lookup.groups[name].node for name in node.reads if name in lookup.groups]
    if CLASS in node.reads or any(_reads_class(lookup, group) and not group.any for group in reads):
        raise CannotTabulate(f"{node.name} reads the class by itself; read a group over a list that does")


def _reads_class(lookup: Lookup, node: Node) -> bool:
    return any(
        name == CLASS or (name in lookup.groups and _reads_class(lookup, lookup.groups[name].node))
        for name in node.reads
    )
