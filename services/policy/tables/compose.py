"""Putting findings together into a cell: the most restrictive wins, silence beats everything, the coarser level of each axis.

Promise: the same cell as `data.mash.main.composed` gives, from the same findings in the same order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.policy.tables.shape import CannotTabulate

EFFECT, GENERALISE = "effect", 1


@dataclass(frozen=True, eq=False, slots=True)
class Finding:
    """What one rule takes away of one class. Compared by identity: equal ones are one object."""

    rule: str
    effect: int
    silent: bool
    code: str
    how: Mapping[str, str]
    missing: tuple[str, ...]
    tasks: tuple[str, ...]


def finding_of(found: Mapping[str, Any]) -> Finding:
    """A finding as a rule gives it."""
    return Finding(
        rule=found["rule"],
        effect=found["effect"],
        silent=found["silent"],
        code=found["code"],
        how=found["how"],
        missing=tuple(found["missing"]),
        tasks=tuple(found["tasks"]),
    )


class Composing:
    """Composes by the orders, words and axes that the rules themselves name."""

    def __init__(self, by: Mapping[str, Any]) -> None:
        self.order: tuple[str, ...] = tuple(by["order"])
        self._effects: Sequence[str] = by["effects"]
        self._recorded_at: Mapping[str, int] = by["recorded_at"]
        self._shown_at: Mapping[str, int] = by["shown_at"]
        self._shown_as: Mapping[str, str] = by["shown_as"]
        self._axes: Mapping[str, Mapping[str, int]] = by["axes"]

    def refuse_unknown(self, found: Mapping[str, Any]) -> None:
        """Raise `CannotTabulate` for a finding that no order, word or axis of the rules' own fits."""
        rule, effect = found["rule"], found["effect"]
        known = rule in self._recorded_at and rule in self._shown_at and effect in range(len(self._effects))
        if effect > GENERALISE and not found["silent"]:
            known = known and found["code"] in self._shown_as
        for axis, level in found["how"].items():
            known = known and level in self._axes.get(axis, {})
        if not known:
            raise CannotTabulate(f"{rule} takes away in a way that main does not know how to put together")

    def cell(self, findings: Sequence[Finding], owed: Sequence[str]) -> dict[str, Any]:
        """The cell as an engine writes it: what is empty is left out."""
        worst = max((finding.effect for finding in findings), default=0)
        telling = [finding for finding in findings if finding.effect == worst]
        found = self._told(worst, telling, owed)
        tasks = sorted({task for finding in findings for task in finding.tasks})
        return {**found, "tasks": tasks} if tasks else found

    def _told(self, worst: int, telling: Sequence[Finding], owed: Sequence[str]) -> dict[str, Any]:
        if worst <= GENERALISE:
            found: dict[str, Any] = {EFFECT: self._effects[worst]}
            if owed:
                found["obligations"] = list(owed)
            if worst == GENERALISE:
                code = self._first(self._recorded_at, telling).code
                found |= {"how": self._coarsest(telling), "code": code, "shown_as": "MINIMISATION"}
            return found
        silent = [finding for finding in telling if finding.silent]
        if silent:
            code = self._first(self._recorded_at, silent).code
            return {EFFECT: self._effects[worst], "code": code, "visibility": "silent"}
        shown = self._first(self._shown_at, telling)
        found = {
            EFFECT: self._effects[worst],
            "code": self._first(self._recorded_at, telling).code,
            "shown_as": self._shown_as[shown.code],
            "visibility": "shown",
        }
        return {**found, "missing": list(shown.missing)} if shown.missing else found

    def _first(self, order: Mapping[str, int], found: Sequence[Finding]) -> Finding:
        return min(found, key=lambda finding: order[finding.rule])

    def _coarsest(self, telling: Sequence[Finding]) -> dict[str, str]:
        levels: dict[str, str] = {}
        for finding in telling:
            for axis, level in finding.how.items():
                ranks = self._axes[axis]
                if axis not in levels or ranks[level] > ranks[levels[axis]]:
                    levels[axis] = level
        return levels
