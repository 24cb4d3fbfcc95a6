"""Whether what one rule lets through more is kept back by another rule wherever it arises, so that nothing comes of it.

Promise: excused is only what another rule, under the new book, keeps back at least as far as the first did under the old, for
every question that can be; where that is not shown, nothing is excused.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.policy.comparing.beside import PAPER, Beside, Where, meeting
from services.policy.comparing.order import Said, gives, said
from services.policy.tables.domains import slots
from services.policy.tables.shape import Node

ASK_OWNER = 2
MOST = 60_000
"""Pairs of rows that are looked at for one rule; beyond it nothing is excused."""


class Guards:
    """The rules that rest on paper: where paper lapses they are the ones that keep back what others no longer do."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._nodes = [node for node in beside.nodes if node.kind == "factor" and self._rests_on_paper(node)]
        self._rows: dict[str, list[tuple[Mapping[str, Any], Where]]] = {}
        self._left: dict[str, int] = {}

    def keep_back(self, node: Node, before: Said | None, class_: str, where: Where) -> bool:
        """Whether, in every question of `where`, one of them keeps back what `node` said before. Without `before`: everything
        is kept back, so that no duty is owed."""
        return any(self._keeps(guard, node, before, class_, where) for guard in self._nodes if guard != node)

    def _keeps(self, guard: Node, node: Node, before: Said | None, class_: str, where: Where) -> bool:
        rows = self._rows_of(guard)
        self._left[node.name] = self._left.get(node.name, MOST) - len(rows)
        if self._left[node.name] < 0:
            return False
        together = [row for row, there in rows if self._together(where, there)]
        return bool(together) and all(_kept_back(row, before, class_) for row in together)

    def _together(self, one: Where, other: Where) -> bool:
        both = meeting([one, other])
        return both is not None and self._beside.can_be(both)

    def _rows_of(self, guard: Node) -> list[tuple[Mapping[str, Any], Where]]:
        if guard.name not in self._rows:
            answers = self._beside.values(guard)[1]
            self._rows[guard.name] = [(answers[now], where) for (_, now), where in self._beside.rows(guard)]
        return self._rows[guard.name]

    def _rests_on_paper(self, node: Node) -> bool:
        groups = {one.name: one for one in self._beside.nodes if one.kind == "group"}
        return any(name in PAPER for name in _members(node, groups))


def _members(node: Node, groups: Mapping[str, Node]) -> Iterator[str]:
    for name in node.reads:
        if name in groups:
            yield from _members(groups[name], groups)
        else:
            yield name


def _kept_back(row: Mapping[str, Any], before: Said | None, class_: str) -> bool:
    if before is None:
        return all(said(row.get(one)).effect >= ASK_OWNER for one in slots())
    return not gives(before, said(row.get(class_)))
