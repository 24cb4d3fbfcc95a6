"""The comparison: every rule's rows under two books, and what of it gives or takes.

Promise: a rule of which no row gives, for any question from the day `since` on, releases no more than it did; where all rules are
so, neither does the whole. Findings that do not compose by the order of effects are not compared, and said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from services.contract.vocabulary import codes
from services.policy.comparing.beside import Beside, Where
from services.policy.comparing.excused import Guards
from services.policy.comparing.order import Said, gives, owes_less, said, sound
from services.policy.comparing.papers import Shift, shifts
from services.policy.tables.artefact import Tables
from services.policy.tables.domains import slots
from services.policy.tables.shape import Node
from services.runtime.book import Book

OWED = "owed"
Progress = Callable[[str], None]


class NotCompared(Exception):
    """The two cannot be compared by their tables. Says why."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule says otherwise. `before`, `after`: of a class; of duties, the lists of them."""

    rule: str
    """The package, which is the rule's folder."""
    widens: bool
    before: Said | tuple[str, ...]
    after: Said | tuple[str, ...]


@dataclass(slots=True)
class Found:
    """For which classes, and where, the change holds."""

    classes: set[str] = field(default_factory=set)
    where: Where | None = None


@dataclass(frozen=True)
class Compared:
    """Every change, and what was compared."""

    changes: Mapping[Change, Found]
    rows: int
    words: Mapping[str, int]
    """Member -> how many words it has: where as many are named, it is everywhere."""
    papers: Sequence[Shift]

    @property
    def widens(self) -> bool:
        """Whether any rule lets through more than it did."""
        return any(change.widens for change in self.changes)


def compared(
    before: tuple[Book, Tables], after: tuple[Book, Tables], since: str, progress: Progress = lambda _: None
) -> Compared:
    """Two books by their tables. Raises `NotCompared`."""
    (old, was), (new, now) = before, after
    if old.rules_digest != new.rules_digest or was.composing != now.composing:
        raise NotCompared("the rules themselves were changed")
    progress("the paper between each two partners")
    papers = shifts(old, new, codes("roles"), codes("purposes"), since)
    comparing = _Comparing(Beside(was, now, papers, since))
    for node in comparing.beside.nodes:
        if node.kind in ("factor", OWED) and comparing.beside.changed(node):
            progress(f"the rows of {node.name}")
            comparing.compare(node)
    words = {name: len({*was.domains[name], *now.domains[name]}) for name in now.domains}
    return Compared(comparing.found, comparing.rows, words, papers)


class _Comparing:
    """What is found meanwhile."""

    def __init__(self, beside: Beside) -> None:
        self.beside, self.found, self.rows = beside, dict[Change, Found](), 0
        self._guards = Guards(beside)

    def compare(self, node: Node) -> None:
        """The changes of one rule are added."""
        one, other = self.beside.values(node)
        if node.kind == "factor":
            _refuse_unsound(node, (*one, *other))

        @cache
        def of_pair(was: int, now: int) -> tuple[tuple[Change, tuple[str, ...]], ...]:
            between = _duties if node.kind == OWED else _classes
            return tuple(between(node, one[was], other[now]))

        for (was, now), where in self.beside.rows(node):
            self.rows += 1
            for change, classes in of_pair(was, now):
                left = self._left(node, change, classes, where) if change.widens else classes
                if left is not None:
                    self._add(change, left, where)

    def _left(
        self, node: Node, change: Change, classes: tuple[str, ...], where: Where
    ) -> tuple[str, ...] | None:
        """The classes of which more gets through, whatever the other rules say; None where nothing does."""
        if not isinstance(change.before, Said):
            return None if self._guards.keep_back(node, None, "", where) else classes
        before = change.before
        left = tuple(one for one in classes if not self._guards.keep_back(node, before, one, where))
        return left or None

    def _add(self, change: Change, classes: tuple[str, ...], where: Where) -> None:
        known = self.found.setdefault(change, Found())
        known.classes |= set(classes)
        known.where = where if known.where is None else _either(known.where, where)


def _duties(node: Node, was: Sequence[str], now: Sequence[str]) -> Iterator[tuple[Change, tuple[str, ...]]]:
    if set(was) != set(now):
        yield Change(node.package, owes_less(was, now), tuple(was), tuple(now)), ()


def _classes(
    node: Node, was: Mapping[str, Any], now: Mapping[str, Any]
) -> Iterator[tuple[Change, tuple[str, ...]]]:
    by_change: dict[Change, list[str]] = {}
    for class_ in slots():
        one, other = said(was.get(class_)), said(now.get(class_))
        more = gives(one, other)
        if more or gives(other, one):
            by_change.setdefault(Change(node.package, more, one, other), []).append(class_)
    yield from ((change, tuple(classes)) for change, classes in by_change.items())


def _refuse_unsound(node: Node, answers: Sequence[Mapping[str, Any]]) -> None:
    if not all(sound(finding) for answer in answers for finding in answer.values()):
        raise NotCompared(f"the rule “{node.package}” takes away in a way that has no order")


def _either(one: Where, other: Where) -> Where:
    return {member: one[member] | other[member] for member in one.keys() & other.keys()}
