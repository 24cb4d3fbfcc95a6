"""Walking the tables: a context and a profile to a row of cells.

Promise: what comes out is what the engine answers to the same question (the proof test asks both 100,000 times); what was seen
before is not walked again.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from services.contract.decisions import Cell, Context, Profile
from services.contract.vocabulary import codes
from services.policy.cells import cell_of
from services.policy.tables.artefact import Tables
from services.policy.tables.compose import Composing, Finding
from services.policy.tables.domains import slot
from services.policy.tables.factors import Factor, Row, factors_of
from services.policy.tables.lookup import Lookup, Places
from services.policy.tables.normalise import Normaliser

CONTEXTS, SEEN, COMPOSED = 5_000, 200_000, 50_000
"""What is remembered at most, of all contexts together; beyond it a memory is begun anew."""


@dataclass(frozen=True, eq=False, slots=True)
class Found:
    """The row of one profile: a cell for each class of `slots()`, as cells and as an engine writes them."""

    cells: tuple[Cell, ...]
    asked: tuple[Cell, ...]
    """Those of the vocabulary's classes."""
    written: tuple[Mapping[str, Any], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """What is the same for every profile of one context, and what was seen under it."""

    places: Places
    seen: dict[tuple[Any, ...], Found] = field(default_factory=dict)
    rows: tuple[dict[Any, Any], ...] = ()
    """For each factor: the places of the members it rests on -> its rows."""


class Walk:
    """The tables of one book, ready. Satisfies `Rows`. Thread-safe."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._composing = Composing(tables.composing)
        self._context, self._profile = Normaliser(tables, "context"), Normaliser(tables, "profile")
        lookup = Lookup(tables)
        self._factors = factors_of(lookup, self._composing, self._profile.names)
        self._keys = tuple(_key(factor, self._profile.names) for factor in self._factors)
        self._sent = attrgetter(*self._profile.sent), attrgetter(*self._context.sent)
        self._flags = attrgetter(*self._profile.flags)
        self._lookup = lookup
        self._plans: dict[tuple[Any, ...], Plan] = {}
        self._plan_of: dict[Context, Plan] = {}
        self._composed: dict[tuple[Any, ...], Found] = {}
        self._cells: dict[tuple[Any, ...], tuple[Mapping[str, Any], Cell]] = {}
        self._asked = len(codes("classes"))
        self._seen = 0

    # --- For those who have contexts and profiles -------------------------------------------------------

    def rows(
        self, context: Context, profiles: Sequence[Profile], classes: Sequence[str] | None = None
    ) -> Sequence[tuple[Cell, ...]]:
        """One row per profile, one cell per class: those asked for, else all of `codes("classes")`."""
        found = self.found(context, profiles)
        if classes is None:
            return [row.asked for row in found]
        places = [slot(name) for name in classes]
        return [tuple([row.cells[place] for place in places]) for row in found]

    def found(self, context: Context, profiles: Sequence[Profile]) -> list[Found]:
        """Everything found of each profile, in their order."""
        plan = self._plan_for(context)
        sent, flags, seen = self._sent[0], self._flags, plan.seen
        found = []
        for profile in profiles:
            raw = sent(profile)
            try:
                # 1 is equal to True and no truth value: only what is one is remembered.
                row = seen.get(raw) if set(map(type, flags(profile))) == {bool} else None
            except TypeError:
                row = None
            found.append(row or self._row(plan, raw))
        return found

    def forget_profiles(self) -> None:
        """Forget which profiles were seen; what was composed stays."""
        for plan in [*self._plans.values()]:
            plan.seen.clear()

    def forget(self) -> None:
        """Forget everything that was seen."""
        self._plans, self._plan_of, self._composed, self._cells, self._seen = {}, {}, {}, {}, 0

    # --- For those who have a document, whatever it holds -----------------------------------------------

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """What `data.mash.main.answer` gives for the same document."""
        plan = self._plan(self._context.raw(question.get("context")))
        profiles, classes = question.get("profiles"), question.get("classes")
        wanted = [slot(name) for name in _items(classes)]
        rows = [
            self._row(plan, self._profile.raw(profile)) if isinstance(profile, dict) else None
            for profile in (profiles if isinstance(profiles, list) else ())
        ]
        return {
            "revision": self.tables.revision,
            "warnings": sorted({code for row in rows if row for code in row.warnings}),
            "cells": [[row.written[place] for place in wanted] if row else None for row in rows],
        }

    # --- Walking ----------------------------------------------------------------------------------------

    def _plan_for(self, context: Context) -> Plan:
        if not all(type(getattr(context, name)) is bool for name in self._context.flags):
            return self._plan(self._sent[1](context))
        try:
            plan = self._plan_of.get(context)
        except TypeError:
            return self._plan(self._sent[1](context))
        if plan is None:
            if len(self._plan_of) >= CONTEXTS:
                self._plan_of = {}
            plan = self._plan_of[context] = self._plan(self._sent[1](context))
        return plan

    def _plan(self, raw: Sequence[Any]) -> Plan:
        places = self._context.places(raw)
        plan = self._plans.get(places)
        if plan is None:
            if len(self._plans) >= CONTEXTS:
                self._plans, self._plan_of = {}, {}
            known = self._lookup.settled(dict(zip(self._context.names, places, strict=True)))
            plan = self._plans[places] = Plan(known, rows=tuple({} for _ in self._factors))
        return plan

    def _row(self, plan: Plan, raw: tuple[Any, ...]) -> Found:
        places = self._profile.places(raw)
        known: Places = {}
        parts = []
        for factor, key, memory in zip(self._factors, self._keys, plan.rows, strict=True):
            at = key(places)
            part = memory.get(at)
            if part is None:
                if not known:
                    known = {**plan.places, **dict(zip(self._profile.names, places, strict=True))}
                part = memory[at] = factor.of(known)
                self._seen += 1
            parts.append(part)
        found = self._compose(tuple(parts))
        self._remember(plan, raw, found)
        return found

    def _remember(self, plan: Plan, raw: tuple[Any, ...], found: Found) -> None:
        flags = [
            value for name, value in zip(self._profile.names, raw, strict=True) if name in self._profile.flags
        ]
        if set(map(type, flags)) <= {bool}:
            # A list where a word should be is walked each time.
            with suppress(TypeError):
                plan.seen[raw] = found
                self._seen += 1
        if self._seen >= SEEN:
            # Whoever walks a plan that is forgotten here goes on with it to the end of its call.
            self._plans, self._plan_of, self._seen = {}, {}, 0

    def _compose(self, parts: tuple[Any, ...]) -> Found:
        found = self._composed.get(parts)
        if found is None:
            if len(self._composed) >= COMPOSED:
                self._composed = {}
            found = self._composed[parts] = self._whole(parts)
        return found

    def _whole(self, parts: tuple[Any, ...]) -> Found:
        rows: list[Row] = []
        owed: tuple[str, ...] = ()
        warnings: set[str] = set()
        for factor, part in zip(self._factors, parts, strict=True):
            if factor.kind == "owed":
                owed = part
            elif factor.kind == "warns":
                warnings |= set(part)
            else:
                rows += part
        of_class = zip(*(row.findings for row in rows), strict=True)
        both = [self._cell(tuple(filter(None, findings)), owed) for findings in of_class]
        written, cells = zip(*both, strict=True)
        return Found(cells, cells[: self._asked], written, tuple(sorted(warnings)))

    def _cell(self, findings: tuple[Finding, ...], owed: tuple[str, ...]) -> tuple[Mapping[str, Any], Cell]:
        known = self._cells.get((findings, owed))
        if known is None:
            if len(self._cells) >= COMPOSED:
                self._cells = {}
            written = self._composing.cell(findings, owed)
            known = self._cells[findings, owed] = written, cell_of(written)
        return known


def _key(factor: Factor, names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """The places of what a factor rests on, as something that can be remembered."""
    at = [names.index(name) for name in factor.rests_on]
    return itemgetter(*at) if at else lambda _: ()


def _items(classes: Any) -> Sequence[Any]:
    if isinstance(classes, dict):
        return [*classes.values()]
    return classes if isinstance(classes, list) else ()
