"""Two books' tables side by side: which value of the one may stand where which value of the other does, through every group.

Promise: whatever one question gives a rule to read under both books is among the pairs; there may be more of them, never fewer.
With each pair stand the words of context and profile for which it can arise: pairs that no question has together are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import mul
from typing import Any

from services.policy.comparing.papers import Shift
from services.policy.tables.artefact import Table, Tables
from services.policy.tables.domains import ANY_OTHER, DAY, place_of_day
from services.policy.tables.shape import CLASS, ELEMENTS, Node

PAPER = ("paper", "isa", "paper_defect")
SHIFT = "#paper"
"""Under this name the words of a pair are the places of shifts of paper."""
Where = Mapping[str, frozenset[Any]]
"""Member -> the words for which something arises; of a member that is not in it, all."""
Pair = tuple[int, int]
Pairs = Mapping[Pair, Where]
OF_SHIFT = (("role", "roles"), ("purpose", "purposes"), ("source_organisation", "holders"))


class Beside:
    """The tables of two books of the same rules. `since`: no earlier day is looked at."""

    def __init__(self, before: Tables, after: Tables, papers: Sequence[Shift], since: str) -> None:
        self._sides = (_Side(before), _Side(after))
        self._papers, self._since = papers, since
        self._known: dict[str, Pairs] = {}
        self._arises: dict[frozenset[tuple[str, frozenset[Any]]], bool] = {}

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every factor and group, each after all that it reads."""
        return tuple(table.node for table in self._sides[1].tables.values())

    def changed(self, node: Node) -> bool:
        """Whether any question may read two values of it, or anything that it reads."""
        one, other = (side.tables[node.name] for side in self._sides)
        return one.digest != other.digest or any(
            place != now for name in node.reads for place, now in self.pairs(name)
        )

    def values(self, node: Node) -> tuple[Sequence[Any], Sequence[Any]]:
        """Its distinct answers under either book."""
        one, other = (side.tables[node.name].values for side in self._sides)
        return one, other

    def rows(self, node: Node) -> Iterator[tuple[Pair, Where]]:
        """The places of its two answers, for every combination of what it reads."""
        one, other = (side.index(node.name) for side in self._sides)
        for combination in product(*(self.pairs(name).items() for name in node.reads)):
            where = meeting([where for _, where in combination])
            if where is not None and self.can_be(where):
                places = [pair for pair, _ in combination]
                yield (one.at([was for was, _ in places]), other.at([now for _, now in places])), where

    def pairs(self, name: str) -> Pairs:
        """Of a member, an element of a list, or a group."""
        if name not in self._known:
            side = self._sides[1]
            group = side.tables.get(name) if name not in side.all.domains else None
            self._known[name] = self._group(group.node) if group else self._member(name)
        return self._known[name]

    # --- Members --------------------------------------------------------------------------------------------

    def _member(self, name: str) -> Pairs:
        if name in PAPER:
            return self._paper(name)
        if name == DAY:
            return self._days()
        one, other = (side.all.domains[name] for side in self._sides)
        words = dict.fromkeys((*one[:-1], *other[:-1], one[-1]))
        found: dict[Pair, Where] = {}
        for word in words:
            pair = (_place(one, word), _place(other, word))
            found[pair] = _joined(found.get(pair), {name: frozenset([word])})
        return found

    def _paper(self, name: str) -> Pairs:
        member = {"paper": "state", "isa": "isa", "paper_defect": "defect"}[name]
        one, other = (side.all.domains[name] for side in self._sides)
        found: dict[Pair, Where] = {}
        for number, shift in enumerate(self._papers):
            pair = (_place(one, getattr(shift.before, member)), _place(other, getattr(shift.after, member)))
            found[pair] = _joined(found.get(pair), {SHIFT: frozenset([number])})
        return found

    def _days(self) -> Pairs:
        """The day `since`, and the first of each later interval of either; and what is no day."""
        firsts = {first for side in self._sides for first, _ in side.all.days.intervals()}
        found: dict[Pair, Where] = {}
        for day in (self._since, *(first for first in firsts if first > self._since), ANY_OTHER):
            one, other = (side.day(day) for side in self._sides)
            found[one, other] = {}
        return found

    # --- Groups ---------------------------------------------------------------------------------------------

    def _group(self, node: Node) -> Pairs:
        found: dict[Pair, Where] = {}
        for pair, where in self.rows(node):
            found[pair] = _joined(found.get(pair), where)
        return _any_of(found) if node.any else found

    def can_be(self, where: Where) -> bool:
        """Whether any state of the paper arises for these roles, purposes and holders."""
        if SHIFT not in where:
            return True
        key = frozenset(where.items())
        if key not in self._arises:
            self._arises[key] = any(self._fits(self._papers[number], where) for number in where[SHIFT])
        return self._arises[key]

    def _fits(self, shift: Shift, where: Where) -> bool:
        return all(
            member not in where or not where[member].isdisjoint(getattr(shift, named))
            for member, named in OF_SHIFT
        )


class _Side:
    """One book's tables by name."""

    def __init__(self, tables: Tables) -> None:
        self.all = tables
        self.tables = {table.node.name: table for table in tables.tables}
        self._sizes = {name: len(values) for name, values in tables.domains.items()} | {
            table.node.name: len(table.values) for table in tables.tables if table.node.kind == "group"
        }

    def index(self, name: str) -> "_Index":
        return _Index(self.tables[name], self._sizes)

    def day(self, day: str) -> int:
        days = self.all.days
        other = self.all.domains[DAY].index(ANY_OTHER)
        return place_of_day(day, days.boundaries, days.places(), other)


class _Index:
    def __init__(self, table: Table, sizes: Mapping[str, int]) -> None:
        lengths = [sizes[name] for name in table.node.reads]
        self._steps = [reduce(mul, lengths[place + 1 :], 1) for place in range(len(lengths))]
        self._cells = table.cells

    def at(self, places: Sequence[int]) -> int:
        return self._cells[sum(step * place for step, place in zip(self._steps, places, strict=True))]


def _place(domain: Sequence[Any], word: Any) -> int:
    """Of a word that the book has not, that of any other."""
    return domain.index(word) if word in domain else len(domain) - 1


def meeting(several: Sequence[Where]) -> Where | None:
    """Where all of it arises; None where it never does together."""
    found: dict[str, frozenset[Any]] = {}
    for where in several:
        for member, words in where.items():
            both = found[member] & words if member in found else words
            if not both:
                return None
            found[member] = both
    return found


def _joined(one: Where | None, other: Where) -> Where:
    """Where either arises."""
    if one is None:
        return other
    return {member: one[member] | other[member] for member in one.keys() & other.keys()}


def _any_of(pairs: Pairs) -> Pairs:
    """What holds of any element of a list, from what holds of one: nothing of none, and of several what holds of either."""
    of_one = {pair: _without_element(where) for pair, where in pairs.items()}
    found: dict[Pair, Where] = {(0, 0): {}}
    while True:
        size = {pair: dict(where) for pair, where in found.items()}
        for (was, now), where in of_one.items():
            for (was_too, now_too), other in list(found.items()):
                both = meeting([where, other])
                if both is not None:
                    pair = (was | was_too, now | now_too)
                    found[pair] = _joined(found.get(pair), both)
        if found == size:
            return found


def _without_element(where: Where) -> Where:
    """An element is one of several, and a class is asked about one after another."""
    elements = (*ELEMENTS.values(), CLASS)
    return {member: words for member, words in where.items() if member not in elements}
